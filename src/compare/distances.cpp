// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/compare/distances.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orbitwalk/core/error.hpp"

namespace orbitwalk {
namespace {

void check(const Histogram& h) {
  if (h.edges.size() < 2 || h.counts.size() + 1 != h.edges.size())
    throw SpecError("a histogram needs one count a bin and one edge more");
  for (std::size_t i = 0; i + 1 < h.edges.size(); ++i)
    if (!(h.edges[i] < h.edges[i + 1])) throw SpecError("the edges of a histogram must increase");
  if (h.total() == 0) throw SpecError("the histogram is empty: there is nothing to compare");
}

/// Empirical distribution function at every edge.
std::vector<double> cumulative(const Histogram& h) {
  const double total = static_cast<double>(h.total());
  std::uint64_t sum = h.under;
  std::vector<double> f{static_cast<double>(sum) / total};
  for (const std::uint64_t c : h.counts) f.push_back(static_cast<double>(sum += c) / total);
  return f;
}

Histogram conditioned(const Histogram& h, const Law& law) { return law.window ? restrict_to(h, *law.window) : h; }

}  // namespace

Histogram restrict_to(const Histogram& h, const Window& window) {
  if (h.edges.size() < 2 || h.counts.size() + 1 != h.edges.size())
    throw SpecError("a histogram needs one count a bin and one edge more");
  const auto edge = [&](double at) {
    const auto near = std::min_element(h.edges.begin(), h.edges.end(),
                                       [&](double a, double b) { return std::abs(a - at) < std::abs(b - at); });
    const double width = (h.edges.back() - h.edges.front()) / static_cast<double>(h.counts.size());
    if (std::abs(*near - at) > 1e-6 * width)
      throw SpecError("the window's end " + std::to_string(at) + " is not a bin edge of the histogram (nearest: " +
                      std::to_string(*near) + "): choose the window or the bins so that it is");
    return near - h.edges.begin();
  };
  const auto first = edge(window.lower), last = edge(window.upper);
  if (first >= last) throw SpecError("the window holds no bin of the histogram");
  Histogram part;
  part.edges.assign(h.edges.begin() + first, h.edges.begin() + last + 1);
  part.counts.assign(h.counts.begin() + first, h.counts.begin() + last);
  return part;
}

double ks_distance(const Histogram& sample, const Law& law) {
  const Histogram h = conditioned(sample, law);
  check(h);
  const std::vector<double> f = cumulative(h);
  double d = 0;
  for (std::size_t e = 0; e < f.size(); ++e) d = std::max(d, std::abs(f[e] - law.cdf(h.edges[e])));
  return d;
}

double ks_distance(const Histogram& a, const Histogram& b) {
  check(a), check(b);
  if (a.edges != b.edges) throw SpecError("two histograms are compared on the same edges only");
  const std::vector<double> f = cumulative(a), g = cumulative(b);
  double d = 0;
  for (std::size_t e = 0; e < f.size(); ++e) d = std::max(d, std::abs(f[e] - g[e]));
  return d;
}

double ks_p_value(double d, double effective_sample_size) {
  if (!(effective_sample_size > 0) || std::isnan(d)) return std::nan("");
  const double root = std::sqrt(effective_sample_size);
  const double lambda = std::max(0.0, d) * (root + 0.12 + 0.11 / root);
  if (lambda < 0.05) return 1;
  double sum = 0;
  if (lambda < 1.18) {
    // The theta function's other form: 1 - Q = sqrt(2π)/λ Σ_{k odd} exp(-k² π² / 8λ²).
    for (int k = 1; k < 20; k += 2) sum += std::exp(-k * k * std::pow(std::numbers::pi / lambda, 2) / 8);
    return 1 - std::sqrt(2 * std::numbers::pi) / lambda * sum;
  }
  for (int k = 1; k < 20; ++k) sum += (k % 2 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  return std::clamp(sum, 0.0, 1.0);
}

double ks_critical(double significance, double effective_sample_size) {
  if (!(significance > 0 && significance < 1)) throw SpecError("a significance lies between 0 and 1");
  if (!(effective_sample_size > 0)) return std::nan("");
  double low = 0, high = 1;
  while (ks_p_value(high, effective_sample_size) > significance) high *= 2;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (ks_p_value(middle, effective_sample_size) > significance ? low : high) = middle;
  }
  return high;
}

double wasserstein1(const Histogram& sample, const Law& law) {
  const Histogram h = conditioned(sample, law);
  check(h);
  const std::vector<double> f = cumulative(h);
  // Gauss-Legendre with four points a bin.
  static constexpr double node[] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813, 0.93056815579702629};
  static constexpr double weight[] = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307, 0.17392742256872693};
  double sum = 0;
  for (std::size_t i = 0; i < h.counts.size(); ++i) {
    const double width = h.edges[i + 1] - h.edges[i];
    for (int q = 0; q < 4; ++q)
      sum += width * weight[q] *
             std::abs(f[i] + node[q] * (f[i + 1] - f[i]) - law.cdf(h.edges[i] + node[q] * width));
  }
  return sum;
}

double kl_divergence(const Histogram& sample, const Law& law) {
  const Histogram h = conditioned(sample, law);
  check(h);
  const double total = static_cast<double>(h.total());
  double sum = 0, before = 0;
  const auto cell = [&](std::uint64_t count, double until) {
    const double p = static_cast<double>(count) / total, q = std::max(until - before, 1e-16);
    if (count > 0) sum += p * std::log(p / q);
    before = until;
  };
  cell(h.under, law.cdf(h.edges.front()));
  for (std::size_t i = 0; i < h.counts.size(); ++i) cell(h.counts[i], law.cdf(h.edges[i + 1]));
  cell(h.over, 1);
  return std::max(0.0, sum);
}

}  // namespace orbitwalk
