// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// What one step multiplies moments of the weights by, w' = a w + (noise in proportion to w) + (the rest): the
/// stationary moment of an order exists exactly when its factor is below 1. Absent where it is not known.
///
///   geometric on a separable quadratic loss (linear): a = 1 - h(k + λ), v = h σ²:
///     E w²: a² + v;  E w⁴: a⁴ + 6 a² v + 3 v²;  E w⁸: Σ_j (8 over 2j) a^{8-2j} v^j (2j - 1)!!.
///   sgd on linear least squares: E w² by the convergence of the Lyapunov equation (laws/lyapunov.hpp); with one weight and no
///     momentum E w⁴ = E (1 - ηλ - η <x²>_B)⁴ from the central moments of the batch mean of x².
struct MomentFactors {
  std::optional<double> second, fourth, eighth;
  std::string infinite_variance;  ///< the condition, where no factor gives it
};

MomentFactors moment_factors(const Problem& problem);

/// Takes away the errors that do not exist: `standard_error` where the variance of an observable is infinite, and
/// `variance_standard_error` where its fourth moment is; they become NaN. Elsewhere the last observations are looked
/// at: Hill's estimate of the tail index from the largest 1 % of |x - median|, of 50 values at least, is a warning
/// where it lies 3 standard errors below 2 (a false alarm once in 700 exact tails of index 2, next to never where the
/// variance is finite by a margin). Returns the notes that say so.
std::vector<std::string> note_tails(const Problem& problem, const Tally& tally, std::vector<ObservableResult>& results);

/// Hill's estimate 1 / mean(log x_i/x_k) over the `count` largest values, which come last, with x_k, the largest of the
/// others, before them (sorted, or partitioned there); its standard error is index/√count. NaN for fewer than 2, or
/// where x_k <= 0.
double hill_index(const std::vector<double>& values, std::size_t count);

}  // namespace orbitwalk
