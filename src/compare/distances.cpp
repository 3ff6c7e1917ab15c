// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/distances.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

Distribution conditioned(const Distribution& d, const Law& law) { return law.window ? restrict_to(d, *law.window) : d; }

}  // namespace

double ks_distance(const Distribution& sample, const Law& law) {
  const Distribution h = conditioned(sample, law);
  const std::vector<double> f = h.cumulative();
  double d = 0;
  for (std::size_t e = 0; e < f.size(); ++e) d = std::max(d, std::abs(f[e] - law.cdf(h.edges[e])));
  return d;
}

double ks_distance(const Distribution& a, const Distribution& b) {
  if (a.edges != b.edges) throw SpecError("two histograms are compared on the same edges only");
  const std::vector<double> f = a.cumulative(), g = b.cumulative();
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

double wasserstein1(const Distribution& sample, const Law& law) {
  const Distribution h = conditioned(sample, law);
  const std::vector<double> f = h.cumulative();
  // Gauss-Legendre with four points a bin.
  static constexpr double node[] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813, 0.93056815579702629};
  static constexpr double weight[] = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307,
                                      0.17392742256872693};
  double sum = 0;
  for (std::size_t i = 0; i < h.shares.size(); ++i) {
    const double width = h.edges[i + 1] - h.edges[i];
    for (int q = 0; q < 4; ++q)
      sum += width * weight[q] * std::abs(f[i] + node[q] * (f[i + 1] - f[i]) - law.cdf(h.edges[i] + node[q] * width));
  }
  return sum;
}

double kl_divergence(const Distribution& sample, const Law& law) {
  const Distribution h = conditioned(sample, law);
  double sum = 0, before = 0;
  const auto cell = [&](double p, double until) {
    const double q = std::max(until - before, 1e-16);
    if (p > 0) sum += p * std::log(p / q);
    before = until;
  };
  cell(h.under, law.cdf(h.edges.front()));
  for (std::size_t i = 0; i < h.shares.size(); ++i) cell(h.shares[i], law.cdf(h.edges[i + 1]));
  cell(h.over, 1);
  return std::max(0.0, sum);
}

}  // namespace orbitwalk
