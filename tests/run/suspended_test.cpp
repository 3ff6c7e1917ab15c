// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What a tally keeps of blocks that were stopped inside: in the checkpoint, in words, and for backends that cannot go
// on from there.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

/// The cpu backend, as one that knows whole blocks only.
class WholeBlocks : public Backend {
 public:
  explicit WholeBlocks(const Problem& problem) : cpu_(make_cpu_backend(problem, {1, ""})) {}
  std::string name() const override { return "whole blocks"; }
  std::string device() const override { return ""; }
  int workers() const override { return 1; }
  std::uint64_t preferred_blocks() const override { return 1; }
  bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) override {
    EXPECT_FALSE(result.suspended.has_value());
    if (cpu_->run(first_block, blocks, stop, result)) return true;
    ChunkResult nothing;
    nothing.cells.assign(result.cells.size(), 0);
    std::swap(result, nothing);
    return false;
  }

 private:
  std::unique_ptr<Backend> cpu_;
};

/// 5 blocks, the last with 40 particles, of 100 steps.
Problem five_blocks(const std::string& ensemble = "") {
  return build_problem(Spec::from_string(
      "[model]\nname = \"radial\"\n[dynamics]\nstep = 0.02\ntemperature = 0.5\n[ensemble]\nparticles = 1064\n"
      "burn_in = 20\nsteps = 80\nevery = 10\nseed = 11\nprecision = \"double\"\n" +
          ensemble +
          "\n[observe]\nhistogram = [{ of = \"r\", bins = 30, range = [0.2, 2.5] }, { of = \"theta1\", bins = 20, "
          "range = [-3.0, 3.0] }]\n",
      "five blocks"));
}

/// Stops as soon as so many particle-steps were told. Steps of a pack are told at observations.
Tally stopped_after(const Problem& problem, std::uint64_t steps, std::uint64_t chunk_blocks, Backend& backend) {
  bool stop = false;
  EnsembleOptions options;
  options.chunk_blocks = chunk_blocks;
  options.report_every = 1;
  options.stop = &stop;
  options.progress = [&](std::uint64_t, std::uint64_t done) { stop = stop || done >= steps; };
  Tally tally(problem);
  EXPECT_FALSE(run_ensemble(problem, backend, options, tally));
  return tally;
}
Tally stopped_after(const Problem& problem, std::uint64_t steps, std::uint64_t chunk_blocks = 1) {
  return stopped_after(problem, steps, chunk_blocks, *make_cpu_backend(problem, {1, ""}));
}

void expect_equal(const Tally& a, const Tally& b) {
  EXPECT_EQ(0, std::memcmp(a.sums.data(), b.sums.data(), a.sums.size() * sizeof a.sums[0]));
  EXPECT_EQ(0, std::memcmp(a.last_double.data(), b.last_double.data(), a.last_double.size() * sizeof(double)));
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.done, b.done);
  EXPECT_EQ(a.counters, b.counters);
}

TEST(Suspended, CompleteBlocksOfAPieceCount) {
  const Problem problem = five_blocks();
  const Tally tally = stopped_after(problem, 2 * 25600 + 3000, 5);  // one piece
  EXPECT_EQ(tally.done, (std::vector<char>{1, 1, 0, 0, 0}));
  ASSERT_EQ(tally.suspended.size(), 1u);
  EXPECT_EQ(tally.suspended[0].block, 2u);
  EXPECT_TRUE(plausible(problem, tally.suspended[0]));
  Tally first = run_all(problem);  // the tally knows of the complete blocks what it would know without the third
  EXPECT_EQ(0, std::memcmp(first.sums.data(), tally.sums.data(), 4 * sizeof(BlockSums)));
  std::uint64_t counted = 0;
  for (const std::uint64_t cell : tally.cells) counted += cell;
  EXPECT_EQ(counted, 2u * 2 * 256 * 8) << "observables, blocks, particles, times";
}

TEST(Suspended, SaysHowMuchIsKept) {
  const Problem problem = five_blocks();
  Kept none = kept(problem, Tally(problem));
  EXPECT_EQ(none.all, 106400u);
  EXPECT_EQ(none.steps, 0u);
  EXPECT_EQ(kept_text(none), "0 of 5 blocks, 0 % of all particle-steps");
  EXPECT_EQ(kept(problem, run_all(problem)).share(), 1);
  const Tally tally = stopped_after(problem, 2 * 25600 + 3000);
  const Kept some = kept(problem, tally);
  EXPECT_EQ(some.blocks, 2u);
  EXPECT_EQ(some.begun, 1u);
  EXPECT_GE(some.steps, 2 * 25600u + 3000);
  EXPECT_LT(some.steps, 2 * 25600u + 3000 + 64 * 64);
  EXPECT_EQ(some.steps - 2 * 25600, tally.suspended[0].steps_taken());
  EXPECT_EQ(kept(problem, tally, false).steps, 2 * 25600u);
  EXPECT_EQ(kept_text({37, 160, 2, 241, 1000}), "37 of 160 blocks and parts of 2 more, 24.1 % of all particle-steps");
  EXPECT_EQ(kept_text({0, 1, 1, 241, 1000}), "0 of 1 block and part of one more, 24.1 % of all particle-steps");
}

TEST(Suspended, ProgressGoesOnWhereItStopped) {
  const Problem problem = five_blocks();
  for (const bool last : {false, true}) {
    Tally tally = stopped_after(problem, last ? 4 * 25600 + 1000 : 25600 + 3000);
    const std::uint64_t before = kept(problem, tally).steps;
    EnsembleOptions options;
    options.report_every = 1;
    std::uint64_t now = 0, smallest = std::numeric_limits<std::uint64_t>::max();
    options.progress = [&](std::uint64_t, std::uint64_t steps) {
      EXPECT_GE(steps, now);
      now = steps, smallest = std::min(smallest, steps);
    };
    EXPECT_TRUE(run_ensemble(problem, *make_cpu_backend(problem, {1, ""}), options, tally));
    EXPECT_GT(smallest, before);
    EXPECT_LT(smallest, before + 64 * 64 + 1) << "steps of the suspended block were told twice";
    EXPECT_EQ(now, 106400u);
  }
}

TEST(Suspended, ABackendOfWholeBlocksBeginsAgain) {
  const Problem problem = five_blocks();
  const Tally expected = run_all(problem);
  Tally tally = stopped_after(problem, 25600 + 3000);
  ASSERT_EQ(tally.suspended.size(), 1u);
  WholeBlocks backend(problem);
  Tally again = tally;
  std::uint64_t first = 0;
  EnsembleOptions options;
  options.report_every = 1;
  bool stop = false;
  options.stop = &stop;
  options.progress = [&](std::uint64_t, std::uint64_t steps) { first = first == 0 ? steps : first, stop = true; };
  EXPECT_FALSE(run_ensemble(problem, backend, options, again));
  EXPECT_LE(first, 25600u + 64 * 64) << "what the backend does not take over is no progress";
  EXPECT_EQ(again.suspended.size(), 1u) << "another backend may still want it";
  stop = false, options.progress = nullptr;
  EXPECT_TRUE(run_ensemble(problem, backend, options, again));
  EXPECT_TRUE(again.suspended.empty());
  expect_equal(expected, again);
  EXPECT_TRUE(run_ensemble(problem, *make_cpu_backend(problem, {1, ""}), {}, tally));
  expect_equal(expected, tally);
}

// Checkpoints that are written while a block is continued still hold the state from which it continues.
TEST(Suspended, StaysInTheTallyUntilItHasComeFurther) {
  const Problem problem = five_blocks();
  Tally tally = stopped_after(problem, 25600 + 3000);
  const std::uint64_t taken = tally.suspended[0].steps_taken();
  EnsembleOptions options;
  options.report_every = 1;
  int looked = 0;
  options.progress = [&](std::uint64_t blocks, std::uint64_t) {
    if (blocks > 1) return;
    ++looked;
    ASSERT_EQ(tally.suspended.size(), 1u);
    EXPECT_EQ(tally.suspended[0].steps_taken(), taken);
    EXPECT_TRUE(plausible(problem, tally.suspended[0]));
  };
  EXPECT_TRUE(run_ensemble(problem, *make_cpu_backend(problem, {1, ""}), options, tally));
  EXPECT_GT(looked, 3);
  EXPECT_TRUE(tally.suspended.empty());
}

TEST(Suspended, WhatCannotBeIsRefused) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("orbitwalk_suspended_" + std::to_string(std::random_device()())))
          .string();
  const Problem problem = five_blocks();
  const Tally good = stopped_after(problem, 4 * 25600 + 1000);  // in the last block, which has 40 particles
  ASSERT_EQ(good.suspended.size(), 1u);
  const auto reads = [&](const Tally& tally) {
    write_checkpoint(path, problem, "identity", tally);
    Tally back(problem);
    try {
      read_checkpoint(path, problem, "identity", back);
    } catch (const IoError& e) {
      EXPECT_NE(std::string(e.what()).find("damaged"), std::string::npos) << e.what();
      EXPECT_TRUE(back.suspended.empty());
      return false;
    }
    EXPECT_EQ(back.suspended.size(), tally.suspended.size());
    return true;
  };
  EXPECT_TRUE(reads(good));
  std::size_t under_way = 0;
  const SuspendedBlock& block = good.suspended[0];
  while (block.steps[under_way] == 0 || block.steps[under_way] == 100) ++under_way;
  const std::pair<const char*, std::function<void(Tally&)>> changes[] = {
      {"a block that is not there", [](Tally& t) { t.suspended[0].block = 5; }},
      {"a number that wraps", [](Tally& t) { t.suspended[0].block = ~std::uint64_t(0); }},
      {"the number of a block that is done", [](Tally& t) { t.suspended[0].block = 0; }},
      {"that its block is done", [](Tally& t) { t.done[4] = 1; }},
      {"a block twice", [](Tally& t) { t.suspended.push_back(t.suspended[0]); }},
      {"a step after the end", [&](Tally& t) { t.suspended[0].steps[under_way] = 101; }},
      {"other steps than observations", [&](Tally& t) { t.suspended[0].steps[under_way] += 20; }},
      {"a particle too many", [](Tally& t) { t.suspended[0].steps[40] = 100; }},
      {"a particle under way without a state", [](Tally& t) { t.suspended[0].steps[255] = 1; }},
      {"divergence after the end", [](Tally& t) { t.suspended[0].diverged[0] = 101; }},
      {"steps after divergence", [&](Tally& t) { t.suspended[0].diverged[under_way] = 50; }},
      {"a number of times too large", [&](Tally& t) { t.suspended[0].moments[under_way].count += 100; }},
      {"moments missing", [](Tally& t) { t.suspended[0].moments.pop_back(); }},
      {"a count too many", [](Tally& t) { ++t.suspended[0].cells[3]; }},
      {"cells missing", [](Tally& t) { t.suspended[0].cells.pop_back(); }},
      {"half a state", [](Tally& t) { t.suspended[0].state.pop_back(); }},
      {"a state too many", [](Tally& t) { t.suspended[0].state.push_back(0); }},
      {"a state that is not finite",
       [](Tally& t) { t.suspended[0].state[1] = std::numeric_limits<double>::infinity(); }},
      {"more accepted than proposed", [](Tally& t) { t.suspended[0].counters.accepted = 1; }},
      {"more unsolved than refused",
       [](Tally& t) {
         t.suspended[0].counters = {0, 2, 1, 2};
       }},
  };
  for (const auto& [what, change] : changes) {
    Tally bad = good;
    change(bad);
    EXPECT_FALSE(reads(bad)) << what;
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace orbitwalk::test
