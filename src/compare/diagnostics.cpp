// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "compare/statistics.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Of the drawn sign patterns. Part of the results (drift_p), which is why it is no stream of kernels/random/streams.hpp.
constexpr std::uint64_t sign_pattern_seed = 20131017;

/// Upper point of χ²_ν / ν for a normal deviate z (Wilson and Hilferty 1931).
double chi_square_ratio(double freedom, double z) {
  const double spread = 2 / (9 * freedom);
  return std::pow(1 - spread + z * std::sqrt(spread), 3);
}

std::vector<double> cumulative(const Histogram& h) {
  const double total = static_cast<double>(h.total());
  double sum = static_cast<double>(h.under);
  std::vector<double> f{sum / total};
  for (const std::uint64_t c : h.counts) f.push_back((sum += static_cast<double>(c)) / total);
  return f;
}
}  // namespace

double effective_sample_size_from_batches(const std::vector<Histogram>& batches) {
  const std::size_t count = batches.size();
  if (count < 8) return kNaN;
  const std::vector<double>& edges = batches.front().edges;
  double values = 0;
  std::vector<double> sizes;
  std::vector<std::vector<double>> f;  // batch, edge
  for (const Histogram& h : batches) {
    if (h.edges != edges || h.counts.size() + 1 != edges.size())
      throw SpecError("batches must be histograms with the same edges");
    const double total = static_cast<double>(h.total());
    if (!(total > 0)) return kNaN;
    values += total;
    sizes.push_back(total);
    f.push_back(cumulative(h));
  }
  const double b = static_cast<double>(count);
  double binomial = 0, spread = 0;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < count; ++i) mean += f[i][e] * sizes[i] / values;
    for (std::size_t i = 0; i < count; ++i) {
      const double part = (f[i][e] - mean) * sizes[i] / values;
      squares += part * part;
    }
    binomial += mean * (1 - mean);
    spread += squares * b / (b - 1);
  }
  if (!(binomial > 0)) return kNaN;
  // Batches that agree to the last count (a lattice, a bug, antithetic draws) leave no variance to measure.
  return spread > 0 ? binomial / spread : values;
}

bool beyond_chance(double ratio, double freedom, double level) {
  return freedom >= 1 && ratio > chi_square_ratio(freedom, upper_normal_point(level));
}

double combined_effective_sample_size(double count, double of_mean, double of_cdf, std::size_t batches) {
  const double size = std::min(count, of_mean);
  if (!(of_cdf < size) || batches < 2) return size;
  return beyond_chance(size / of_cdf, 2.5 * static_cast<double>(batches - 1), 0.01) ? of_cdf : size;
}

double drift_p_value(const std::vector<Histogram>& first, const std::vector<Histogram>& second) {
  const std::size_t count = first.size();
  if (second.size() != count) throw SpecError("both halves need the same batches");
  if (count < 8 || count > 64) return kNaN;
  double values = 0;
  std::vector<double> sizes;
  std::vector<std::vector<double>> difference;  // batch, edge
  for (std::size_t b = 0; b < count; ++b) {
    if (first[b].edges != first[0].edges || second[b].edges != first[0].edges)
      throw SpecError("batches must be histograms with the same edges");
    if (first[b].total() == 0 || second[b].total() == 0) return kNaN;
    sizes.push_back(static_cast<double>(first[b].total() + second[b].total()));
    values += sizes.back();
    std::vector<double> f = cumulative(first[b]);
    const std::vector<double> g = cumulative(second[b]);
    for (std::size_t e = 0; e < f.size(); ++e) f[e] = (f[e] - g[e]) * sizes.back();
    difference.push_back(std::move(f));
  }
  // Edges of about equal mass, so that fine bins cost nothing.
  std::vector<double> pooled(first[0].edges.size(), 0.0);
  for (std::size_t b = 0; b < count; ++b) {
    const std::vector<double> f = cumulative(first[b]);
    for (std::size_t e = 0; e < f.size(); ++e) pooled[e] += f[e] * sizes[b] / values;
  }
  std::vector<std::size_t> kept;
  double last = 0;
  for (std::size_t e = 0; e < pooled.size(); ++e) {
    if (pooled[e] - last < 1.0 / 64 && !(kept.empty() && pooled[e] >= 0.5)) continue;
    kept.push_back(e);
    last = pooled[e];
  }
  std::vector<double> sum(kept.size());
  const auto statistic = [&](std::uint64_t signs) {
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::size_t b = 0; b < count; ++b) {
      const double sign = signs >> b & 1 ? -1 : 1;
      for (std::size_t k = 0; k < kept.size(); ++k) sum[k] += sign * difference[b][kept[k]];
    }
    double largest = 0;
    for (const double s : sum) largest = std::max(largest, std::abs(s));
    return largest;
  };
  const double observed = statistic(0) * (1 - 1e-12) - 1e-12 * values;  // but for rounding
  const bool all = count <= 12;
  const std::uint64_t patterns = all ? std::uint64_t(1) << (count - 1) : 4096;
  std::mt19937_64 generator(sign_pattern_seed);
  std::uint64_t reached = 1;  // the observed signs themselves
  for (std::uint64_t i = 1; i < patterns; ++i) reached += statistic(all ? i : generator()) >= observed;
  return static_cast<double>(reached) / static_cast<double>(patterns);
}

double nested_rhat_critical(const std::vector<Superchain>& superchains, double level) {
  const double count = static_cast<double>(superchains.size());
  if (superchains.size() < 2) return kNaN;
  double inverse = 0;
  for (const Superchain& s : superchains) {
    if (s.chains == 0) return kNaN;
    inverse += 1 / (static_cast<double>(s.chains) * count);
  }
  return std::sqrt(1 + inverse * chi_square_ratio(count - 1, upper_normal_point(level)));
}

double nested_rhat(const std::vector<Superchain>& superchains) {
  const double count = static_cast<double>(superchains.size());
  if (superchains.size() < 2) return kNaN;
  double mean = 0, within = 0, between = 0;
  for (const Superchain& s : superchains) {
    mean += s.mean / count;
    within += (s.variance_of_chain_means + s.mean_within_variance) / count;
  }
  for (const Superchain& s : superchains) between += (s.mean - mean) * (s.mean - mean) / (count - 1);
  return within > 0 ? std::sqrt(1 + between / within) : kNaN;
}

}  // namespace orbitwalk
