// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "backends/problem.hpp"

namespace orbitwalk {

/// The suspended blocks of a tally as arrays for a file, one block after another in each.
class SuspendedArrays {
 public:
  SuspendedArrays() = default;
  explicit SuspendedArrays(const std::vector<SuspendedBlock>& blocks);

  /// Calls visit(values) on every array, always in the same order.
  template <class Visit>
  void visit(Visit&& visit) {
    visit(blocks_);
    visit(steps_);
    visit(diverged_);
    visit(moments_);
    visit(cells_);
    visit(counters_);
    visit(state_);
  }

  /// Puts the blocks into the tally of the problem, whose completed blocks are known; false where they cannot belong to
  /// it.
  bool give_back(const Problem& problem, Tally& tally) const;

 private:
  std::vector<std::uint64_t> blocks_, steps_, diverged_, cells_;
  std::vector<ParticleMoments> moments_;
  std::vector<Counters> counters_;
  std::vector<double> state_;
};

}  // namespace orbitwalk
