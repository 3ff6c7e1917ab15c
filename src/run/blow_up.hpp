// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// Looks for a blow-up short of infinity. An observed value x counts as one where
///   |x| > limit = min(2^52 max(1, x_0), sqrt(largest number of the state's precision)),
/// x_0 the largest |x| of the model at its initial state (mean, and one and three scales from it): by then a double's
/// digits hold nothing of the start or the data any more, or squares overflow. A start that is itself beyond the limit
/// raises it to 2^52 x_0. A quantity that is not finite at the start has no limit. An infinite value, and a loss that
/// is not a number, of a particle whose state is finite count as well.
///
/// Nothing for a sane run, at the cost of a look at every block's extremes.
std::optional<BlowUp> find_blow_up(const Problem& problem, const Tally& tally);

/// Particles that a run lost: diverged ones, and those that blew up.
std::uint64_t lost_particles(const Tally& tally, const std::optional<BlowUp>& blow_up);

/// "3 of 100 particles diverged, the first at step 7" and the like: both kinds, in words for an error message or a
/// note.
std::string lost_in_words(const Problem& problem, const Tally& tally, const std::optional<BlowUp>& blow_up);

}  // namespace orbitwalk
