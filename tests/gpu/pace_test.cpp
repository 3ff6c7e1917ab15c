// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Sizes of launches, on devices that take a known time for a step of a wave.
#include "backends/cuda/pace.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace orbitwalk::test {
namespace {

using cuda::Pace;

struct Walked {
  double longest = 0, first = 0, total = 0;  // seconds of a launch
  std::uint64_t launches = 0;
};

/// All of `steps` × `blocks` on a device where a step of a wave takes `seconds`, and a launch takes 10 µs besides.
Walked walk(std::uint64_t wave, double target, double seconds, std::uint64_t blocks, std::uint64_t steps) {
  Pace pace(wave, target);
  Walked walked;
  for (std::uint64_t from = 0; from < steps;) {
    const std::uint64_t next = std::min(pace.steps(blocks), steps - from);
    EXPECT_GE(next, 1u);
    for (std::uint64_t done = 0; done < blocks;) {
      const std::uint64_t launched = pace.blocks(next, blocks - done);
      EXPECT_GE(launched, 1u);
      EXPECT_LE(launched, blocks - done);
      const double took = 1e-5 + seconds * double(next) * double((launched + wave - 1) / wave);
      pace.took(launched, next, took);
      if (walked.launches++ == 0) walked.first = took;
      walked.longest = std::max(walked.longest, took);
      walked.total += took;
      done += launched;
    }
    from += next;
  }
  return walked;
}

TEST(Pace, NoLaunchTakesLong) {
  // From what a step of the smallest model takes to one that is so slow that a launch of 16 of them takes most of a second.
  for (const double seconds : {1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05}) {
    for (const std::uint64_t blocks : {std::uint64_t(1), std::uint64_t(300), std::uint64_t(65536)}) {
      const auto steps = std::uint64_t(std::clamp(60 / seconds / double((blocks + 263) / 264), 20.0, 1e6));
      const Walked walked = walk(264, 0.2, seconds, blocks, steps);
      EXPECT_LE(walked.longest, std::max(0.25, walked.first)) << seconds << " s a step, " << blocks << " blocks";
      EXPECT_LE(walked.longest, 0.9) << seconds << " s a step, " << blocks << " blocks";
    }
  }
}

TEST(Pace, FirstLaunchIsOneWave) {
  const Pace pace(264, 0.2);
  EXPECT_EQ(pace.steps(65536), Pace::first_steps);
  EXPECT_EQ(pace.blocks(Pace::first_steps, 65536), 264u);
}

TEST(Pace, LaunchesAreLongEnoughToBeWorthIt) {
  // 100 s of work: at 0.2 s a launch 500 launches, and a few before the time is known.
  const Walked walked = walk(264, 0.2, 1e-4, 2640, 100000);
  EXPECT_NEAR(walked.total, 100, 2);
  EXPECT_LE(walked.launches, 700u);
}

TEST(Pace, ASlowLaunchIsNotRepeated) {
  Pace pace(100, 0.2);
  for (int i = 0; i < 5; ++i) pace.took(100, pace.steps(100), 1e-4 * double(pace.steps(100)));
  const std::uint64_t steps = pace.steps(100);
  pace.took(100, steps, 20);  // a hundred times what it should have taken
  EXPECT_LE(double(pace.steps(100)) * 20 / double(steps), 0.2);
}

TEST(Pace, ADisplayGetsShorterLaunches) {
  const Walked walked = walk(264, 0.05, 1e-4, 65536, 200);
  EXPECT_LE(walked.longest, 0.07);
}

TEST(Pace, FewerBlocksRatherThanFewSteps) {
  Pace pace(100, 0.2);
  pace.took(100, 16, 0.0016);  // 0.1 ms a step of a wave
  for (int i = 0; i < 5; ++i) pace.took(pace.blocks(pace.steps(100000), 100000), pace.steps(100000), 0.2);
  EXPECT_EQ(pace.steps(100000), Pace::worthwhile_steps);
  EXPECT_LT(pace.blocks(Pace::worthwhile_steps, 100000), 100000u);
}

TEST(Pace, CountsOfABlockStayBelow32Bits) {
  Pace pace(100, 0.2);
  for (int i = 0; i < 20; ++i) pace.took(1, pace.steps(1), 1e-9);
  EXPECT_EQ(pace.steps(1), Pace::most_steps);
}

}  // namespace
}  // namespace orbitwalk::test
