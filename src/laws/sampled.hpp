// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "laws/joint.hpp"
#include "laws/spectrum.hpp"

namespace orbitwalk {

/// Size of a sample of a joint law.
struct SampleOptions {
  std::uint64_t seed = 20260601;
  int chains = 128;  ///< independent; at least 16
  int draws = 8192;  ///< of each chain
};

/// The law of a statistic of a spectrum from a sample of the joint law on the host, conditioned on `window` if given.
///
/// Metropolis on the quotient coordinates, independent of the simulation: one coordinate at a time, by a normal step
/// and, where the support has a finite lower end, by a change of scale of its distance from that end, which crosses
/// integrable singularities there. Step lengths are set during burn-in only. The effective size comes from the spread
/// of the chains' distribution functions at nine quantiles, the smallest taken; `Marginal::error` is the
/// Dvoretzky-Kiefer-Wolfowitz bound at that size and confidence 0.999.
///
/// The work is bounded: beyond about 8 coordinates there are fewer draws than asked for, and the error grows by as
/// much.
///
/// `order` is that of Statistic::order. Throws SpecError when the law cannot be normalised or the window has no mass,
/// NumericalError when the chains do not mix (effective size below 2,000).
Marginal sampled(const JointLaw& joint, Statistic statistic, int order, std::optional<Window> window = {},
                 const SampleOptions& options = {});

}  // namespace orbitwalk
