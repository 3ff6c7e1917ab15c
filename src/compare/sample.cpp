// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/sample.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

std::ptrdiff_t edge_at(const Distribution& d, double at) {
  const auto near = std::min_element(d.edges.begin(), d.edges.end(),
                                     [&](double a, double b) { return std::abs(a - at) < std::abs(b - at); });
  const double width = (d.edges.back() - d.edges.front()) / static_cast<double>(d.shares.size());
  if (std::abs(*near - at) > 1e-6 * width)
    throw SpecError("the window's end " + std::to_string(at) + " is not a bin edge of the histogram (nearest: " +
                    std::to_string(*near) + "): choose the window or the bins so that it is");
  return near - d.edges.begin();
}

}  // namespace

Distribution::Distribution(const Histogram& h) : edges(h.edges) {
  if (h.edges.size() < 2 || h.counts.size() + 1 != h.edges.size())
    throw SpecError("a histogram needs one count a bin and one edge more");
  for (std::size_t i = 0; i + 1 < h.edges.size(); ++i)
    if (!(h.edges[i] < h.edges[i + 1])) throw SpecError("the edges of a histogram must increase");
  const double total = static_cast<double>(h.total());
  if (total == 0) throw SpecError("the histogram is empty: there is nothing to compare");
  under = static_cast<double>(h.under) / total;
  over = static_cast<double>(h.over) / total;
  shares.reserve(h.counts.size());
  for (const std::uint64_t c : h.counts) shares.push_back(static_cast<double>(c) / total);
}

std::vector<double> Distribution::cumulative() const {
  double sum = under;
  std::vector<double> f{sum};
  for (const double share : shares) f.push_back(sum += share);
  return f;
}

double share_inside(const Distribution& d, const Window& window) {
  const auto f = d.cumulative();
  return f[edge_at(d, window.upper)] - f[edge_at(d, window.lower)];
}

Distribution restrict_to(const Distribution& d, const Window& window) {
  const auto first = edge_at(d, window.lower), last = edge_at(d, window.upper);
  if (first >= last) throw SpecError("the window holds no bin of the histogram");
  Distribution part;
  part.edges.assign(d.edges.begin() + first, d.edges.begin() + last + 1);
  part.shares.assign(d.shares.begin() + first, d.shares.begin() + last);
  const double inside = part.cumulative().back();
  if (!(inside > 0)) throw SpecError("no value lies in the window: there is nothing to compare");
  for (double& share : part.shares) share /= inside;
  return part;
}

Sample::Sample(const ObservableResult& r)
    : name(r.name), distribution(r.histogram), mean(r.mean), standard_error(r.standard_error), variance(r.variance),
      variance_standard_error(r.variance_standard_error), effective_sample_size(r.effective_sample_size),
      stationary(r.stationary), lost_share(r.lost_share), blown_up(r.blown_up) {}

Sample extrapolate(const Sample& at, const Sample& at_fraction, double fraction, double order) {
  if (!(fraction > 0) || fraction == 1 || !(order > 0))
    throw SpecError("an extrapolation needs a second run at a factor f > 0 other than 1 and an order p > 0");
  if (at.distribution.edges != at_fraction.distribution.edges)
    throw SpecError("two samples are combined on the same edges only");
  const double shrink = std::pow(fraction, order), b = 1 / (1 - shrink), a = -shrink * b;
  const auto value = [&](double x, double y) { return a * x + b * y; };
  const auto error = [&](double x, double y) { return std::hypot(a * x, b * y); };
  Sample limit = at;
  Distribution& d = limit.distribution;
  for (std::size_t i = 0; i < d.shares.size(); ++i)
    d.shares[i] = value(d.shares[i], at_fraction.distribution.shares[i]);
  d.under = value(d.under, at_fraction.distribution.under);
  d.over = value(d.over, at_fraction.distribution.over);
  limit.mean = value(at.mean, at_fraction.mean);
  limit.variance = value(at.variance, at_fraction.variance);
  // The variance of a mixture has a term of (difference of means)², of order x^2p, as everything that is left out here.
  limit.standard_error = error(at.standard_error, at_fraction.standard_error);
  limit.variance_standard_error = error(at.variance_standard_error, at_fraction.variance_standard_error);
  limit.effective_sample_size = 1 / (a * a / at.effective_sample_size + b * b / at_fraction.effective_sample_size);
  const auto either = [&](Stationarity answer) { return at.stationary == answer || at_fraction.stationary == answer; };
  limit.stationary = either(Stationarity::no)           ? Stationarity::no
                     : either(Stationarity::not_tested) ? Stationarity::not_tested
                                                        : Stationarity::yes;
  limit.lost_share = std::abs(a) * at.lost_share + std::abs(b) * at_fraction.lost_share;
  limit.blown_up = at.blown_up || at_fraction.blown_up;
  return limit;
}

}  // namespace orbitwalk
