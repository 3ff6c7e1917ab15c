// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace orbitwalk::cuda {

/// How much work a launch gets: about as much as takes `target` seconds, so that a stop is seen soon, and a display, whose
/// driver ends what takes seconds, stays alive. Nothing is known before the first launch; it is `first_steps` steps of one
/// wave, the blocks that run at once: fewer blocks would not take less time. After it the time of launches is known, and
/// work grows eightfold at most from one launch to the next.
class Pace {
 public:
  static constexpr std::uint64_t first_steps = 16;
  /// Steps of a launch: a thread block counts in 32 bits, and 256 · 2^20 = 2^28 observations a cell leave room.
  static constexpr std::uint64_t most_steps = 1 << 20;
  /// Where there is time for so many steps of a wave, launches take fewer blocks rather than fewer steps: a launch begins and
  /// ends with loading and storing the state.
  static constexpr std::uint64_t worthwhile_steps = 64;

  Pace(std::uint64_t wave, double target) : wave_(std::max<std::uint64_t>(wave, 1)), target_(target) {}

  /// Steps that all of `blocks` take next, in one launch or in several.
  std::uint64_t steps(std::uint64_t blocks) const {
    const std::uint64_t all = work_ / waves(blocks), least = std::min(work_, worthwhile_steps);
    const std::uint64_t steps = std::clamp(all, least, most_steps);
    return steps > worthwhile_steps ? steps / worthwhile_steps * worthwhile_steps : steps;
  }
  /// Blocks of the next launch, of `left` that are to take so many steps.
  std::uint64_t blocks(std::uint64_t steps, std::uint64_t left) const {
    return std::min(left, std::max<std::uint64_t>(work_ / std::max<std::uint64_t>(steps, 1), 1) * wave_);
  }
  /// A launch took so long.
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
