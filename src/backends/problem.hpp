// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backends/suspended_block.hpp"
#include "kernels/observe/counters.hpp"
#include "kernels/walk/plan.hpp"
#include "models/description.hpp"

namespace orbitwalk {

/// All that a backend needs to know: the plan, the model with its numbers, and what is observed.
struct Problem {
  Plan plan;
  ModelDescription model;
  InitialState initial;
  std::vector<std::string> names;      ///< of the observed quantities
  std::vector<ObservedSpec> observed;  ///< same order
  std::vector<std::vector<double>> edges;
  bool quantiles = true;  ///< keep every particle's last observation

  std::uint64_t series_times() const { return plan.series ? plan.series_index(plan.end()) + 1 : 0; }
  /// Numbers of a particle's series.
  std::uint64_t series_values() const { return series_times() * std::uint64_t(plan.series_rows); }

  std::uint64_t blocks() const { return (plan.particles + block_size - 1) / block_size; }
};

/// A particle whose state became non-finite, and the first step after which it was.
struct Divergence {
  std::uint64_t particle = 0, step = 0;
  friend bool operator<(const Divergence& a, const Divergence& b) { return a.particle < b.particle; }
  friend bool operator==(const Divergence&, const Divergence&) = default;
};

/// What is known after some of the blocks. Adding parts in any order gives the same bits: block sums have their own
/// places, the rest are integers. Of suspended blocks, `last` and `series` hold what these have shown so far.
struct Tally {
  std::vector<char> done;                 ///< a block
  std::vector<BlockSums> sums;            ///< blocks × observed
  std::vector<std::uint64_t> cells;       ///< half × batch × cells
  std::vector<float> last_float;          ///< observed × particles: last observation, float and mixed precision
  std::vector<double> last_double;        ///< the same in double precision
  std::vector<float> series;              ///< times × rows × particles; NaN once a particle has diverged
  std::vector<Divergence> diverged;       ///< sorted by particle once complete
  Counters counters;                      ///< what the integrators counted
  std::vector<SuspendedBlock> suspended;  ///< blocks inside which a run was stopped, by number; none of them is done

  explicit Tally(const Problem& problem);
  /// Blocks first .. first + count - 1 are complete; they are no longer suspended.
  void mark_done(std::uint64_t first, std::uint64_t count);
  std::uint64_t blocks_done() const;
  /// Puts a stopped block in its place among the suspended ones, replacing any earlier state of it.
  void suspend(SuspendedBlock block);
  /// Null for a block that is not suspended.
  const SuspendedBlock* find_suspended(std::uint64_t block) const;
};

}  // namespace orbitwalk
