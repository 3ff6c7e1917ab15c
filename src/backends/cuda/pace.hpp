// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace orbitwalk::cuda {

/// Decides how much work a launch gets: about as much as takes `target` seconds. So a request to stop is noticed soon,
/// and a display, whose driver ends kernels that take seconds, stays responsive. Before the first launch no times are
/// known, so the first launch is `first_steps` steps of one wave. A wave is the blocks that run at once; fewer blocks
/// would not take less time. After that, work is adapted to the measured times, and grows at most eightfold from one
/// launch to the next.
class Pace {
 public:
  static constexpr std::uint64_t first_steps = 16;
  /// Limit on the steps of a launch. A thread block counts in 32 bits, and 256 · 2^20 = 2^28 observations per cell fit.
  static constexpr std::uint64_t most_steps = 1 << 20;
  /// If there is time for this many steps of a wave, launches take fewer blocks rather than fewer steps, because every
  /// launch loads and stores the state.
  static constexpr std::uint64_t worthwhile_steps = 64;

  Pace(std::uint64_t wave, double target) : wave_(std::max<std::uint64_t>(wave, 1)), target_(target) {}

  /// The number of steps that all `blocks` take next, in one launch or in several.
  std::uint64_t steps(std::uint64_t blocks) const {
    const std::uint64_t all = work_ / waves(blocks), least = std::min(work_, worthwhile_steps);
    const std::uint64_t steps = std::clamp(all, least, most_steps);
    return steps > worthwhile_steps ? steps / worthwhile_steps * worthwhile_steps : steps;
  }
  /// The number of blocks of the next launch, if `left` blocks still have to take `steps` steps.
  std::uint64_t blocks(std::uint64_t steps, std::uint64_t left) const {
    return std::min(left, std::max<std::uint64_t>(work_ / std::max<std::uint64_t>(steps, 1), 1) * wave_);
  }
  /// Records the duration of a launch.
  void took(std::uint64_t blocks, std::uint64_t steps, double seconds) {
    const double work = double(waves(blocks)) * double(steps);
    const double factor = std::clamp(target_ / std::max(seconds, 1e-6), 0.0, 8.0);
    work_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(work * factor));
  }

 private:
  std::uint64_t waves(std::uint64_t blocks) const { return std::max<std::uint64_t>(1, (blocks + wave_ - 1) / wave_); }

  std::uint64_t wave_;
  double target_;
  std::uint64_t work_ = first_steps;  ///< of the next launch, in steps of a wave
};

}  // namespace orbitwalk::cuda
