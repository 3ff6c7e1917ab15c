// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/observe/accumulate.hpp"
#include "kernels/observe/counters.hpp"

namespace orbitwalk {

struct Problem;

/// A block of particles that was stopped midway. It continues to the bits that it would have had, in packs of any
/// width: every particle has its own step, and random numbers depend on particle and step only. The particles' last
/// observations and series are kept not here but in the results, where they have their own places.
struct SuspendedBlock {
  std::uint64_t block = 0;
  /// block_size: taken by each particle; plan.end() for one that is finished or has diverged
  std::vector<std::uint64_t> steps;
  std::vector<std::uint64_t> diverged;   ///< block_size: step of divergence, 0 for none
  std::vector<ParticleMoments> moments;  ///< observed × block_size
  std::vector<std::uint64_t> cells;      ///< half × cells, of the block alone
  Counters counters;                     ///< of the block alone
  /// Of the particles under way (0 < steps < plan.end()), by number: θ, then its compensation (mixed precision), then
  /// the velocity (where it is part of the state), state_values() numbers for each. A float is kept exactly.
  std::vector<double> state;

  /// A block that has not begun yet.
  static SuspendedBlock fresh(const Problem& problem, std::uint64_t block);
  /// Particle-steps taken.
  std::uint64_t steps_taken() const;
};

/// Numbers of a particle's state in SuspendedBlock::state.
std::size_t state_values(const Problem& problem);

/// Whether the block can have come from a run of the problem: sizes, steps, and counts that agree with them.
bool plausible(const Problem& problem, const SuspendedBlock& block);

}  // namespace orbitwalk
