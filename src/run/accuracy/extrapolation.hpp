// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "run/accuracy/accuracy.hpp"

namespace orbitwalk {

// Richardson extrapolation of means, one of the things that --accuracy may choose. With m(H) = m + C H^p + D H^q + ...,
//   m_x = (2^p m(h) - m(2h)) / (2^p - 1) = m + R,   R = D h^q (2^p - 2^q) / (2^p - 1),
// from independent runs at h and 2h. A third run at g h (g = 4 or 8) knows D, and so measures R where the estimate is
// made. R contains higher terms as well, enlarged: for p, q = 1, 2 a term F H^3 leaves -6 F h^3 in m_x and shows as -14
// (g = 4) or -22 (g = 8) F h^3.

/// q, the order that follows the one of the invariant law (IntegratorTraits::next_order). 0: none (no bias, a step that
/// is part of the law, or variates with too few moments).
int next_order(const Plan& plan);

/// Curve m + C H^p + D H^q through levels by weighted least squares; `p_value` of χ² for what is left (1 with three
/// levels).
struct BiasCurve {
  double coefficient = 0, error = 0;
  double next = 0, next_error = 0;
  double p_value = 1;
};
BiasCurve fit_curve(const std::vector<AccuracyLevel>& levels, std::size_t observable, int order, int next_order);

/// The weights of m(h), m(2h), m(g h) in m_x and in R, and R over D h^q. SpecError unless 0 < p < q and g > 2.
struct RichardsonWeights {
  std::array<double, 3> mean, remaining;
  double leading = 0;
};
RichardsonWeights richardson_weights(int order, int next_order, double third_factor);

/// Step and particles of the three runs with the least work (particles × steps) for which
///   |R| + 2 s.e.(R) + 2 s.e.(m_x) <= accuracy σ,  R from |D| + 2 s.e.(D),
/// so that the run itself finds |R| + 2 s.e.(m_x) within it. `errors`: of a mean with `pilot_particles`. Work is
/// infinite where nothing is found.
struct ExtrapolationPlan {
  double step = 0, third_factor = 0, work = 0;
  std::array<std::uint64_t, 3> particles{};
};
ExtrapolationPlan plan_extrapolation(const SchemeFit& fit, const std::vector<double>& spreads,
                                     const std::vector<double>& errors, double pilot_particles, double accuracy,
                                     const Problem& problem);

/// What the three runs say about one observable: m_x, and R as what remains.
ExtrapolatedMean extrapolated_mean(const std::array<const ObservableResult*, 3>& results, int order, int next_order,
                                   double third_factor);

/// The runs at 2h (index 1) and g h (index 2) beside the one at h, each with random numbers of its own.
Problem beside(const Problem& problem, const SchemeFit& fit, int index);

/// Whether |R| + 2 s.e. <= accuracy σ, σ² the variance at h.
AccuracyReached accuracy_reached(const ExtrapolatedMean& mean, double variance, double accuracy);

}  // namespace orbitwalk
