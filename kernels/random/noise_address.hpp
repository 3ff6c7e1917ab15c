// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/random/variates.hpp"

namespace orbitwalk {

/// Where the noise vector of a step lies among the blocks. With N variates a block and dimension d:
///   d <= N: S = largest power of two with S d <= N steps share block 0 of counter step k / S, and component j of step k is
///           variate (k mod S) d + j; at least half of the block is used, all of it where d is a power of two.
///   d > N:  a step has B = ceil(d / N) blocks; component j is variate j mod N of block j / N of counter step k.
/// No bits are thrown away because steps are short, and nothing depends on the shape of a launch: steps, chunks and
/// lanes may be taken in any grouping. Blocks are below 2^24, so d is below 2^24 N.
struct NoiseAddress {
  int dimension;     // d
  int per_block;     // N
  int steps_shared;  // S, a power of two
  int blocks;        // B
  int shift;         // log2 S: a 64-bit division a step would cost more than the variates

  /// Counter step of step k.
  ORBITWALK_HD std::uint64_t counter_step(std::uint64_t step) const { return step >> shift; }
  /// Block of component j.
  ORBITWALK_HD std::uint32_t block(int component) const {
    return blocks == 1 ? 0u : static_cast<std::uint32_t>(component / per_block);
  }
  /// Which variate of its block component j of step k is.
  ORBITWALK_HD int variate(std::uint64_t step, int component) const {
    if (blocks > 1) return component % per_block;
    return static_cast<int>(step & static_cast<unsigned>(steps_shared - 1)) * dimension + component;
  }
};

/// The address for N = per_block variates a block (see variates_per_block) and dimension d >= 1.
ORBITWALK_HD constexpr NoiseAddress noise_address(int per_block, int dimension) {
  NoiseAddress result{dimension, per_block, 1, (dimension + per_block - 1) / per_block, 0};
  while (2 * result.steps_shared * dimension <= per_block) {
    result.steps_shared *= 2;
    ++result.shift;
  }
  return result;
}
template <class R>
ORBITWALK_HD constexpr NoiseAddress noise_address(Variates kind, int dimension) {
  return noise_address(variates_per_block<R>(kind), dimension);
}

}  // namespace orbitwalk
