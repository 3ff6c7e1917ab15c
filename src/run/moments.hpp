// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kernels/observe/accumulate.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// Square of the standard error of a mean over batches, Σ_b c_b (m_b - Σ_b w_b m_b)², w_b = n_b / n, from batches that
/// are independent with one mean; their variances may differ. With c_b = α w_b² / (1 - 2 w_b) and α = 1 / (1 + Σ w_b² /
/// (1 - 2 w_b)) it has no bias; for equal batches it is Σ (m_b - m)² / (B (B - 1)). Where a batch holds 45 % or more,
/// for which that fails, c_b = w_b² B / (B - 1). NaN for fewer than two batches with n_b > 0.
double batch_error_squared(const std::vector<double>& sizes, const std::vector<double>& means);

/// That of a mean over particles, unless the one over batches is larger beyond chance (0.1 % level of χ²).
double larger_beyond_chance(double over_particles, double over_batches, std::size_t batches);

/// Moments of a result from the sums of each batch, with `observations` times per particle (count, minimum and maximum
/// with them). With b_i, a_i the time means of x - c and its square for particle i:
///   mean = c + b̄,   variance = ā - b̄² + Var b̄,
/// Var b̄ the square of the mean's standard error: the variance has no bias, whatever the correlation in time, since E
/// b̄² = E[x - c]² + Var b̄. Errors are taken over particles: to first order the variance is the mean over particles of
/// a_i - 2 b̄ b_i. Where the particles of a batch share their start they are independent only once it is forgotten, so
/// there Var b̄ is taken over batches, and the errors are the larger ones (larger_beyond_chance). One particle has no
/// error, and its variance, (ā - b̄²) N/(N - 1), has no bias for independent observations only; one value has no
/// variance.
void set_moments(const std::vector<BlockSums>& batches, bool shared_start, double observations, double center,
                 ObservableResult& result);

/// Effective sample sizes and errors that agree: effective_sample_size_mean = variance / standard_error², and both
/// errors are widened where batches of particles contradict that (combined_effective_sample_size).
void set_effective_sample_size(double of_cdf, std::size_t batches, ObservableResult& result);

/// Pairwise sum in the order of the parts, left to right: the tree depends on their number only.
BlockSums tree_sum(const std::vector<BlockSums>& leaves, std::size_t first, std::size_t count);

}  // namespace orbitwalk
