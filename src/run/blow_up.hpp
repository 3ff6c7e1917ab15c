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

/// A blow-up short of infinity. An observed value x counts as one where
///   |x| > limit = min(2^52 max(1, x_0), sqrt(largest number of the state's precision)),
/// x_0 the largest |x| of the model at its initial state (mean, and one and three scales from it): by then a double's
/// digits hold nothing of the start or the data any more, or squares overflow. A start that is itself beyond the limit
/// raises it to 2^52 x_0. A quantity that is not finite at the start has no limit. An infinite value, and a loss that
/// is not a number, of a particle whose state is finite count as well.
struct BlowUp {
  /// whose last observation is beyond it; a lower bound where last observations were not kept
  std::uint64_t particles = 0;
  std::vector<std::string> observables;  ///< that were beyond it at any time
  std::string worst;                     ///< the one that is furthest beyond
  /// of the worst: |x| (infinite where its squares overflowed), and what was allowed
  double largest = 0, limit = 0;
};

/// Nothing for a sane run, at the cost of a look at every block's extremes.
std::optional<BlowUp> find_blow_up(const Problem& problem, const Tally& tally);

/// Particles that a run lost: diverged ones, and those that blew up.
std::uint64_t lost_particles(const Tally& tally, const std::optional<BlowUp>& blow_up);

/// "3 of 100 particles diverged, the first at step 7" and the like: both kinds, in words for an error message or a
/// note.
std::string lost_in_words(const Problem& problem, const Tally& tally, const std::optional<BlowUp>& blow_up);

/// `blown_up` of the summary.
nlohmann::ordered_json blow_up_to_json(const BlowUp& blow_up);

}  // namespace orbitwalk
