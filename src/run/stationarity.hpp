// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "kernels/observe/accumulate.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// Whether the dynamics has noise everywhere, so that nothing can come to rest. Full-batch descent has none, a
/// minibatch's vanishes where every sample is fitted, and geometric noise at 0.
bool has_noise_everywhere(const Plan& plan);

/// Fills in result.stationary and the reason, from what reduce() has found so far and the sums over all particles about
/// the centre.
///
/// no: a test fails (drift_p < 0.01, nested R-hat above its critical value); no Metropolis proposal was accepted;
/// particles that have noise and differ from each other do not move (the variance within particles is 0 to rounding);
/// or more particles diverge while they are observed than one standard error of the distribution function, 1/(2
/// √n_eff). yes: none of these, and the drift test took place and could have failed. That takes at least two
/// observation times; 8 batches of particles; a histogram with less than 90 % of the values in one cell; and motion: n
/// w^{3/2} >= 400, n the number of particles and w the variance within particles as a share of the whole. With two
/// observations w = 1 - ρ, ρ their correlation: the mean of a normal law that is off by δ standard deviations and
/// relaxes at the rate of the process changes the distribution function by δ w / √(2π) in the middle, where it has a
/// standard error of √(arccos ρ / (π n)) ≈ √(√(2w) / (π n)) (particles that cross): 0.6 δ √n w^{3/4} of these, so that
/// δ = 1/2 shows at 6, which 8 batches see 4 times in 5. Also no more particles lost than said above, and no value
/// blown up. not_tested otherwise, with the first of these as the reason.
void judge_stationarity(const Problem& problem, const Tally& tally, const BlockSums& sums, ObservableResult& result);

/// "yes", "no" or "not tested".
const char* in_words(Stationarity answer);

}  // namespace orbitwalk
