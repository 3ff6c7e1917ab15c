// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/diagnostics.hpp"

namespace orbitwalk {
namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargestBatch = 0.45;
constexpr double kChance = 1e-3;  // that errors are widened without cause

}  // namespace

BlockSums tree_sum(const std::vector<BlockSums>& leaves, std::size_t first, std::size_t count) {
  if (count == 0) return {};
  if (count == 1) return leaves[first];
  const std::size_t left = count / 2;
  return combine(tree_sum(leaves, first, left), tree_sum(leaves, first + left, count - left));
}

double batch_error_squared(const std::vector<double>& sizes, const std::vector<double>& means) {
  double total = 0, largest = 0, mean = 0, correction = 0, batches = 0;
  for (const double size : sizes) total += size;
  for (std::size_t b = 0; b < sizes.size(); ++b) {
    const double w = sizes[b] / total;
    if (!(w > 0)) continue;
    batches += 1;
    largest = std::max(largest, w);
    mean += w * means[b];
  }
  if (batches < 2) return kNaN;
  const bool exact = largest < kLargestBatch;
  double sum = 0;
  for (std::size_t b = 0; b < sizes.size(); ++b) {
    const double w = sizes[b] / total;
    if (!(w > 0)) continue;
    const double weight = exact ? w * w / (1 - 2 * w) : w * w;
    correction += weight;
    sum += weight * (means[b] - mean) * (means[b] - mean);
  }
  return exact ? sum / (1 + correction) : sum * batches / (batches - 1);
}

double larger_beyond_chance(double over_particles, double over_batches, std::size_t batches) {
  if (!(over_particles > 0)) return over_particles;  // all equal, and so are batches, up to rounding
  return beyond_chance(over_batches / over_particles, double(batches) - 1, kChance) ? over_batches : over_particles;
}

void set_moments(const std::vector<BlockSums>& batches, bool shared_start, double observations, double center,
                 ObservableResult& result) {
  result.minimum = result.maximum = result.mean = result.variance = result.standard_error =
      result.variance_standard_error = kNaN;
  const BlockSums s = tree_sum(batches, 0, batches.size());
  const double n = s.particles;
  if (n == 0) return;
  const double b = s.b / n, a = s.a / n, spread = std::max(0.0, a - b * b);
  result.minimum = s.minimum;
  result.maximum = s.maximum;
  result.mean = center + b;
  if (n < 2) {
    result.variance = observations > 1 ? spread * observations / (observations - 1) : kNaN;
    return;
  }
  const double var_b = std::max(0.0, s.bb / n - b * b), var_a = std::max(0.0, s.aa / n - a * a), cov = s.ab / n - a * b;
  double of_mean = var_b / (n - 1), of_variance = std::max(0.0, var_a - 4 * b * cov + 4 * b * b * var_b) / (n - 1),
         of_spread = of_mean;
  if (shared_start) {
    std::vector<double> sizes, means, influences;
    for (const BlockSums& batch : batches) {
      if (batch.particles == 0) continue;
      sizes.push_back(batch.particles);
      means.push_back(batch.b / batch.particles);
      influences.push_back((batch.a - 2 * b * batch.b) / batch.particles);
    }
    const double mean_over_batches = batch_error_squared(sizes, means);
    if (sizes.size() > 2) of_spread = mean_over_batches;
    of_mean = larger_beyond_chance(of_mean, mean_over_batches, sizes.size());
    of_variance = larger_beyond_chance(of_variance, batch_error_squared(sizes, influences), sizes.size());
  }
  result.variance = spread + of_spread;
  result.standard_error = std::sqrt(of_mean);
  result.variance_standard_error = std::sqrt(of_variance);
}

void set_effective_sample_size(double of_cdf, std::size_t batches, ObservableResult& r) {
  const double n = double(r.count);
  r.effective_sample_size_cdf = of_cdf;
  r.effective_sample_size_mean = kNaN;
  if (std::isnan(r.standard_error)) {  // one particle: how independent its times are is not known
    r.effective_sample_size = kNaN;
    return;
  }
  r.effective_sample_size_mean = r.standard_error > 0 ? r.variance / (r.standard_error * r.standard_error) : n;
  r.effective_sample_size = combined_effective_sample_size(n, r.effective_sample_size_mean, of_cdf, batches);
  if (!(r.effective_sample_size < std::min(n, r.effective_sample_size_mean)) || !(r.standard_error > 0)) return;
  const double wider = std::sqrt(r.effective_sample_size_mean / r.effective_sample_size);
  r.standard_error *= wider;
  r.variance_standard_error *= wider;
  r.effective_sample_size_mean = r.effective_sample_size;
}

}  // namespace orbitwalk
