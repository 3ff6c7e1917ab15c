// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "backends/backend.hpp"

namespace orbitwalk {

/// The block under way in a piece of work: how far its particles have come, their states when they began and where they
/// are stopped.
class BlockWork {
 public:
  /// Takes up the suspended block of `result`, if any, or begins `first_block`.
  BlockWork(const Problem& problem, std::uint64_t first_block, ChunkResult& result);
  BlockWork(const BlockWork&) = delete;
  BlockWork& operator=(const BlockWork&) = delete;

  std::vector<std::uint64_t>& steps() { return block_.steps; }
  std::vector<ParticleMoments>& moments() { return block_.moments; }
  std::vector<std::uint64_t>& cells() { return block_.cells; }
  Counters& counters() { return block_.counters; }

  /// block_size: state_values() numbers of each particle that was under way, null for the others.
  const double* const* states() const { return states_.data(); }
  /// Where the `values` numbers of the state of a particle that is stopped are to be written. Threads may ask for
  /// different particles at once. std::logic_error where the size is not state_values().
  double* suspend(int slot, std::size_t values);

  /// Adds the counts of the completed block to the results as block b of the piece; sums are the backend's. The work
  /// then stands at the start of the next block.
  void close(std::uint64_t b, ChunkResult& result);
  /// Leaves the stopped block in result.suspended as block b of the piece.
  void leave(std::uint64_t b, ChunkResult& result);

 private:
  const Problem& problem_;
  const std::uint64_t first_block_;
  SuspendedBlock block_;
  std::vector<double> taken_up_;
  std::array<const double*, block_size> states_{};
  std::array<std::unique_ptr<double[]>, block_size> stopped_;
};

}  // namespace orbitwalk
