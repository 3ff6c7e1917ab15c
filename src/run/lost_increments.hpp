// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// Steps that the state's precision does not hold: increments below half an ulp of a parameter are lost, those of about
/// an ulp are distorted. Measured, not guessed: a few particles of the run are walked again on the host from their
/// start, with a compensated state (which keeps increments; walk.hpp, move) and as they were, under the same noise. A
/// parameter is affected where both hold:
///   - rounding changes its increments: Σ r² and Σ x² differ by more than a tenth of the latter, x the increments that were meant, r what
///     is left of them when each is added to the rounded parameter; or, of Euler's schemes, which add the drift f before the noise, Σ f r
///     and Σ f² do; in the first or the second half of the steps. Where drift and noise are added as one (SGD, Heun), noise of more than
///     an ulp (standard deviation s, in ulps) passes, 1 + 1/(12 s²), and carries a drift of any size with it: that is not lost;
///   - it matters: the two walks end apart by more than 1 % of the way that the compensated one has gone (or the lost drift adds up to that
///     over the whole run), and by more than 1e-5 of the parameter over all steps of the run. Descent that has come to rest within some
///     ulps of its goal does not count.
struct LostIncrements {
  int affected = 0, parameters = 0;
  std::uint64_t particles = 0, steps = 0;  ///< that were walked again
  bool of_drift = false;                   ///< what `kept` is of
  /// Σ r² / Σ x², or Σ f r / Σ f², of the parameter where it differs most from 1
  double kept = 0;
  /// of the same parameter: distance of the two walks over the way of the compensated one
  double apart = 0;
};

/// Nothing where nothing is affected, or nothing is tested: mixed precision, and Metropolis schemes (whose moves are
/// accepted as a whole). Costs at most about a thousandth of the run's work, or a fraction of a second. The answer is
/// the same on every machine.
std::optional<LostIncrements> find_lost_increments(const Problem& problem);

/// What it means, with the remedy.
std::string lost_increments_in_words(const Problem& problem, const LostIncrements& lost);

/// A sample whose increments are lost is no sample of what was asked for: it is not said to be stationary.
void mark_lost_increments(const Problem& problem, const LostIncrements& lost, std::vector<ObservableResult>& results);

/// `lost_increments` of the summary.
nlohmann::ordered_json lost_increments_to_json(const LostIncrements& lost);

}  // namespace orbitwalk
