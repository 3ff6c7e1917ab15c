// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/ptx/program.hpp"

namespace orbitwalk::ptx {

/// Numbers by which lanes and warps take turns; off with seed 0.
class Turns {
 public:
  explicit Turns(std::uint64_t seed) : state_(seed) {}
  bool are_random() const { return state_ != 0; }
  std::uint32_t below(std::uint32_t n) {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;  // Marsaglia's xorshift
    return static_cast<std::uint32_t>((state_ >> 33) % n);
  }

 private:
  std::uint64_t state_;
};

/// Runs a warp until all of its lanes wait at the block's barrier or have ended, or, where turns are random, for a
/// while.
void run_warp(Warp& warp, Turns& turns);

}  // namespace orbitwalk::ptx
