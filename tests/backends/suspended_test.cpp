// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// A run that is stopped inside its blocks again and again, and continues from its checkpoint each time, ends with the
// bits of one that was not stopped: for every model, scheme, precision and instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>

#include "backends/backend.hpp"
#include "gpu/cases.hpp"
#include "run/ensemble.hpp"

namespace orbitwalk::test {
namespace {

bool equal_bits(const Tally& a, const Tally& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0);
  };
  return same(a.sums, b.sums) && a.cells == b.cells && same(a.last_float, b.last_float) &&
         same(a.last_double, b.last_double) && same(a.series, b.series) && a.diverged == b.diverged &&
         a.counters == b.counters && a.done == b.done && a.suspended.empty() && b.suspended.empty();
}

struct Way {
  std::string backend = "cpu", instruction_set;
  int threads = 1;
  std::uint64_t chunk_blocks = 0;
};

std::unique_ptr<Backend> made(const Problem& problem, const Way& way) {
  BackendOptions options;
  options.threads = way.threads;
  options.instruction_set = way.instruction_set;
  return make_backend(way.backend, problem, options);
}

/// Calls of `progress` in a run that is not stopped: every place where it could be.
std::uint64_t places(const Problem& problem, const Way& way, Tally& tally) {
  EnsembleOptions options;
  options.chunk_blocks = way.chunk_blocks;
  options.report_every = 1;
  std::uint64_t calls = 0;
  options.progress = [&](std::uint64_t, std::uint64_t) { ++calls; };
  EXPECT_TRUE(run_ensemble(problem, *made(problem, way), options, tally));
  return calls;
}

struct Interruptions {
  int cuts = 0, inside = 0;  ///< of them, those that left a block suspended
};

class Suspended : public testing::Test {
 protected:
  void SetUp() override {
    // Thousands of checkpoints are flushed to the disk; in memory that takes no time.
    const std::filesystem::path memory = "/dev/shm", disk = std::filesystem::temp_directory_path();
    folder_ = (std::filesystem::is_directory(memory) ? memory : disk) /
              ("orbitwalk_suspended_" + std::to_string(std::random_device()()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Runs to the end, stopped about `cuts` times at random places of the `places` that there are, through the
  /// checkpoint each time. next_way: how it continues; spoil: changes what was read, for twins.
  Tally run_cut(const Problem& problem, std::mt19937_64& random, int cuts, std::uint64_t places,
                const std::function<Way()>& next_way, Interruptions& count,
                const std::function<void(Tally&)>& spoil = {}) {
    const std::string path = (folder_ / "checkpoint").string();
    const std::uint64_t most = std::max<std::uint64_t>(1, 2 * places / std::uint64_t(cuts));
    double share = 0;
    for (bool first = true;; first = false) {
      Tally tally(problem);
      if (!first) read_checkpoint(path, problem, "identity", tally);
      if (!first && spoil) spoil(tally);
      const Way way = next_way();
      bool stop = false;
      std::uint64_t left = 1 + random() % most;
      EnsembleOptions options;
      options.chunk_blocks = way.chunk_blocks;
      options.report_every = 1;
      options.stop = &stop;
      options.progress = [&](std::uint64_t, std::uint64_t) {
        if (left > 0 && --left == 0) __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
      };
      if (run_ensemble(problem, *made(problem, way), options, tally)) return tally;
      ++count.cuts;
      count.inside += tally.suspended.empty() ? 0 : 1;
      const Kept now = kept(problem, tally);
      EXPECT_GT(now.share(), share) << "nothing was gained";
      EXPECT_LT(now.blocks, now.blocks_of);
      share = now.share();
      write_checkpoint(path, problem, "identity", tally);
    }
  }

  std::filesystem::path folder_;
};

/// With the series of its first observable.
Problem with_series(const ModelCase& model, const RunCase& run) {
  Problem problem = make_problem(model, run);
  problem.plan.series = true;
  problem.plan.series_rows = 1;
  problem.observed[0].series_row = 0;
  return problem;
}

class StoppedModel : public Suspended, public testing::WithParamInterface<ModelCase> {};
std::string name_of(const testing::TestParamInfo<ModelCase>& info) {
  std::string name;
  for (char c : info.param.title) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Models, StoppedModel, testing::ValuesIn(model_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Instances, StoppedModel, testing::ValuesIn(instance_model_cases()), name_of);

// 20 cuts of each run: with every instruction set by itself, and with another way to go on after each cut.
TEST_P(StoppedModel, GoesOnToTheSameBits) {
  const std::uint64_t seed = 20261125;
  std::printf("  seed %llu\n", (unsigned long long)seed);
  std::mt19937_64 random(seed);
  for (RunCase run : run_cases(GetParam(), {"gaussian"}, {"float", "double", "mixed"})) {
    run.particles = 150, run.burn_in = 67, run.steps = 78, run.every = 6;
    const Problem problem = with_series(GetParam(), run);
    std::vector<Way> ways = {{"reference", "", 1, 0}};
    for (const auto& isa : cpu_instruction_sets()) {
      SCOPED_TRACE(title_of(run) + ", " + isa);
      ways.push_back({"cpu", isa, 1, 0});
      ways.push_back({"cpu", isa, 3, 0});  // that share the block
      Tally expected(problem);
      const std::uint64_t all = places(problem, ways[ways.size() - 2], expected);
      Interruptions count;
      EXPECT_TRUE(equal_bits(expected, run_cut(
                                           problem, random, 20, all, [&] { return ways[ways.size() - 2]; }, count)));
      EXPECT_GE(count.cuts, 10);
      EXPECT_GE(count.inside, 10);
      if (isa != cpu_instruction_sets().back()) continue;
      count = {};
      EXPECT_TRUE(
          equal_bits(expected, run_cut(
                                   problem, random, 20, all, [&] { return ways[random() % ways.size()]; }, count)))
          << "mixed ways";
      EXPECT_GE(count.inside, 5);
    }
  }
}

TEST_F(Suspended, ParticlesThatDivergeKeepTheirSteps) {
  std::mt19937_64 random(7);
  std::printf("  seed 7\n");
  for (const char* precision : {"float", "double", "mixed"}) {
    RunCase run;
    run.scheme = "projected", run.precision = precision, run.step = 0.2;
    run.particles = 2 * 256 + 77, run.burn_in = 0, run.steps = 200, run.every = 10;
    const Problem problem = with_series({"gram_product", "[model]\nname = \"gram_product\"\n", false}, run);
    for (const auto& isa : cpu_instruction_sets()) {
      SCOPED_TRACE(std::string(precision) + ", " + isa);
      const Way way{"cpu", isa, 1, 0};
      Tally expected(problem);
      const std::uint64_t all = places(problem, way, expected);
      EXPECT_GT(expected.diverged.size(), 20u);
      EXPECT_LT(expected.diverged.size(), run.particles - 20);
      Interruptions count;
      std::size_t diverged_inside = 0;
      const auto look = [&](Tally& tally) {
        for (const auto& block : tally.suspended) {
          diverged_inside += std::size_t(
              std::count_if(block.diverged.begin(), block.diverged.end(), [](std::uint64_t s) { return s > 0; }));
        }
      };
      EXPECT_TRUE(equal_bits(expected, run_cut(
                                           problem, random, 20, all, [&] { return way; }, count, look)));
      EXPECT_GE(count.inside, 10);
      EXPECT_GT(diverged_inside, 0u) << "none diverged before a cut";
    }
  }
}

TEST_F(Suspended, ManyBlocksManyThreads) {
  std::mt19937_64 random(8);
  std::printf("  seed 8\n");
  const auto sets = cpu_instruction_sets();
  for (const char* scheme : {"euler_maruyama", "baoab", "mala"}) {
    RunCase run;
    run.particles = 5 * 256 + 3, run.burn_in = 30, run.steps = 200, run.every = 20, run.scheme = scheme;
    Problem problem = with_series({"radial", "[model]\nname = \"radial\"\n", false}, run);
    problem.plan.shared_start = true;
    Tally expected(problem);
    const std::uint64_t all = places(problem, {}, expected);
    for (int round = 0; round < 5; ++round) {
      SCOPED_TRACE(std::string(scheme) + ", round " + std::to_string(round));
      Interruptions count;
      const auto way = [&] { return Way{"cpu", sets[random() % sets.size()], int(1 + random() % 7), random() % 4}; };
      EXPECT_TRUE(equal_bits(expected, run_cut(problem, random, 20, all, way, count)));
      EXPECT_GE(count.inside, 3);
    }
  }
}

/// Every part of a particle's state must be kept: a run that continues without one of them has other bits.
class Twin : public Suspended {
 protected:
  /// `part`: which of the parts of the state is set to 0 at each cut; -1: none.
  bool same_without(const std::string& scheme, const std::string& precision, int part) {
    RunCase run;
    run.particles = 100, run.burn_in = 10, run.steps = 300, run.every = 10, run.scheme = scheme,
    run.precision = precision, run.step = 1e-3;
    const ModelCase model{
        "hadamard (data)",
        "[model]\nname = \"hadamard\"\ncoordinates = 3\n[data]\nteacher = { samples = 9, noise = 0.3, seed = 5 }\n",
        true};
    const Problem problem = make_problem(model, run);
    Tally expected(problem);
    const std::uint64_t all = places(problem, {}, expected);
    std::mt19937_64 random(9);
    Interruptions count;
    const auto forget = [&](Tally& tally) {
      const std::size_t d = std::size_t(problem.model.dimension), values = state_values(problem);
      for (auto& block : tally.suspended) {
        for (std::size_t i = 0; part >= 0 && i < block.state.size(); ++i) {
          if (i % values / d == std::size_t(part)) block.state[i] = 0;
        }
      }
    };
    const bool same = equal_bits(expected, run_cut(
                                               problem, random, 20, all, [] { return Way(); }, count, forget));
    EXPECT_GE(count.inside, 5);
    return same;
  }
};

TEST_F(Twin, WithoutAPartOfTheStateHasOtherBits) {
  const struct {
    const char *scheme, *precision;
    int parts;
  } cases[] = {{"euler_maruyama", "double", 1}, {"euler_maruyama", "mixed", 2}, {"baoab", "float", 2},
               {"baoab", "mixed", 3},           {"surrogate", "double", 2},     {"surrogate", "mixed", 3}};
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(each.scheme) + ", " + each.precision);
    EXPECT_TRUE(same_without(each.scheme, each.precision, -1));
    for (int part = 0; part < each.parts; ++part)
      EXPECT_FALSE(same_without(each.scheme, each.precision, part)) << "part " << part;
  }
}

}  // namespace
}  // namespace orbitwalk::test
