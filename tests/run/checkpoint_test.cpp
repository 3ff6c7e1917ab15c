// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"
#include "support/files.hpp"

namespace orbitwalk::test {
namespace {

class Checkpoint : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("orbitwalk_checkpoint_" + std::to_string(std::random_device()()));
    std::filesystem::create_directories(folder_);
    path_ = (folder_ / "checkpoint").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
  std::string path_;
};

void expect_equal(const Tally& a, const Tally& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0);
  };
  EXPECT_TRUE(same(a.sums, b.sums));
  EXPECT_TRUE(same(a.last_float, b.last_float));
  EXPECT_TRUE(same(a.last_double, b.last_double));
  EXPECT_EQ(a.done, b.done);
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.diverged, b.diverged);
  EXPECT_EQ(a.counters, b.counters);
}

TEST_F(Checkpoint, GivesBackWhatWasWritten) {
  for (const char* precision : {"double", "float"}) {
    Spec spec = small_spec(600);
    spec.set(std::string("ensemble.precision=\"") + precision + "\"");
    const Problem problem = build_problem(spec);
    Tally tally = run_all(problem);
    tally.counters = {12345678901ull, 4, 3, 1};
    write_checkpoint(path_, problem, "identity", tally, 12.5);
    Tally back(problem);
    EXPECT_EQ(read_checkpoint(path_, problem, "identity", back), 12.5);
    expect_equal(tally, back);
  }
}

/// A problem of which a part of the particles diverges, at steps before and between observations.
Problem diverging_problem() {
  Spec spec = Spec::from_string(
      "[model]\nname = \"gram_product\"\n[dynamics]\nstep = 0.2\ntemperature = 0.5\n[ensemble]\nparticles = "
      "1300\nburn_in = 15\nsteps = 45\n"
      "every = 5\nseed = 7\nallowed_diverged = 1\n[observe]\nhistogram = [{ of = \"trace\", bins = 30, range = [0, 20] "
      "}]\n[compare]\nlaws = []\n",
      "diverging");
  return read_experiment(spec).problem;
}

TEST_F(Checkpoint, AgreesWithItselfHoweverManyBlocksAreDoneAndParticlesDiverged) {
  Spec mala = small_spec(700);
  mala.set("dynamics.name=\"mala\"");
  for (const Problem& problem : {diverging_problem(), build_problem(small_spec(6 * 256 + 5)),
                                 build_problem(small_spec(3)), build_problem(mala)}) {
    for (const std::uint64_t blocks : {0, 1, 2, 3}) {
      BackendOptions one_thread;
      one_thread.threads = 1;
      const auto backend = make_cpu_backend(problem, one_thread);
      bool stop = blocks == 0;
      EnsembleOptions options;
      options.chunk_blocks = 1;
      options.stop = &stop;
      options.progress = [&](std::uint64_t done, std::uint64_t) { stop = done >= blocks; };
      Tally tally(problem);
      run_ensemble(problem, *backend, options, tally);
      EXPECT_EQ(contradiction(problem, tally), "")
          << problem.model.name << ", " << tally.blocks_done() << " blocks, " << tally.diverged.size() << " diverged";
      if (blocks == 3 && problem.model.name == "gram_product") {
        EXPECT_GT(tally.diverged.size(), 10u);
      }
    }
  }
}

/// Every field that a run cannot leave is noticed behind a right checksum.
TEST_F(Checkpoint, WhatNoRunLeavesIsDamage) {
  const Problem problem = diverging_problem();
  BackendOptions one_thread;
  one_thread.threads = 1;
  const auto backend = make_cpu_backend(problem, one_thread);
  bool stop = false;
  EnsembleOptions options;
  options.chunk_blocks = 1;
  options.stop = &stop;
  options.progress = [&](std::uint64_t done, std::uint64_t) { stop = done >= 3; };
  Tally good(problem);
  run_ensemble(problem, *backend, options, good);
  std::sort(good.diverged.begin(), good.diverged.end());
  ASSERT_EQ(good.blocks_done(), 3u);
  ASSERT_GT(good.diverged.size(), 1u);
  const auto message = [&](const std::function<void(Tally&)>& change) {
    Tally tally = good;
    change(tally);
    write_checkpoint(path_, problem, "identity", tally);
    Tally back(problem);
    try {
      read_checkpoint(path_, problem, "identity", back);
    } catch (const IoError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message([](Tally&) {}), "accepted");
  using Change = std::pair<const char*, std::function<void(Tally&)>>;
  for (const auto& [what, change] : std::vector<Change>{
           {"a block that is neither done nor not done", [](Tally& t) { t.done[4] = 37; }},
           {"a block that is neither done nor not done", [](Tally& t) { t.done[0] = -1; }},
           {"observations of trace where the complete blocks have", [](Tally& t) { t.done[5] = 1; }},
           {"observations of trace where the complete blocks have", [](Tally& t) { ++t.cells[3]; }},
           {"observations of trace where the complete blocks have", [](Tally& t) { t.cells[7] += 1ull << 40; }},
           {"observations of trace where the complete blocks have", [](Tally& t) { t.diverged.pop_back(); }},
           {"sums over more particles than a block has", [](Tally& t) { t.sums[0].particles = 257; }},
           {"sums over more particles than a block has", [](Tally& t) { t.sums[0].particles = std::nan(""); }},
           {"sums over more particles than a block has", [](Tally& t) { t.sums[0].particles = 1.5; }},
           {"sums over more particles than a block has", [](Tally& t) { t.sums[4].particles = 1; }},
           {"a divergence out of range", [](Tally& t) { t.diverged[0].particle = 1300; }},
           {"a divergence out of range", [](Tally& t) { t.diverged[0].step = 0; }},
           {"a divergence out of range", [](Tally& t) { t.diverged[0].step = 61; }},
           {"a divergence in a block that is not done", [](Tally& t) { t.diverged[0].particle = 1299; }},
           {"a particle that diverged twice", [](Tally& t) { t.diverged.push_back(t.diverged[0]); }},
           {"more Metropolis tests than steps", [](Tally& t) { t.counters.accepted = 1; }},
           {"more Metropolis tests than steps", [](Tally& t) { t.counters.proposals = 1ull << 60; }},
       }) {
    const std::string text = message(change);
    EXPECT_NE(text.find(path_ + ": damaged checkpoint ("), std::string::npos) << text;
    EXPECT_NE(text.find(what), std::string::npos) << text;
  }
}

TEST_F(Checkpoint, OfAnotherFormatIsRefusedAsSuch) {
  const Problem problem = build_problem(small_spec(300));
  Tally tally(problem);
  write_file(path_, "orbitwalk checkpoint 3\nold bytes");
  try {
    read_checkpoint(path_, problem, "identity", tally);
    ADD_FAILURE() << "accepted";
  } catch (const SpecError& error) {
    EXPECT_NE(std::string(error.what()).find("another version of the program (checkpoint format 3)"), std::string::npos)
        << error.what();
  }
}

TEST_F(Checkpoint, ReadsRegularFilesOnly) {
  const Problem problem = build_problem(small_spec(300));
  Tally tally(problem);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THROW(read_checkpoint(path_, problem, "identity", tally), IoError);  // and does not wait for a writer
}

TEST_F(Checkpoint, ResumedRunHasTheSameBits) {
  const Problem problem = build_problem(small_spec(6 * 256 + 5));
  const Tally expected = run_all(problem);
  BackendOptions backend_options;
  backend_options.threads = 1;
  const auto backend = make_cpu_backend(problem, backend_options);
  bool stop = false;
  EnsembleOptions options;
  options.chunk_blocks = 2;
  options.stop = &stop;
  options.progress = [&](std::uint64_t blocks, std::uint64_t) { stop = blocks >= 4; };
  Tally partial(problem);
  EXPECT_FALSE(run_ensemble(problem, *backend, options, partial));
  write_checkpoint(path_, problem, "identity", partial);
  Tally resumed(problem);
  read_checkpoint(path_, problem, "identity", resumed);
  EXPECT_EQ(resumed.blocks_done(), 4u);
  EXPECT_TRUE(run_ensemble(problem, *backend, {}, resumed));
  expect_equal(expected, resumed);
}

TEST_F(Checkpoint, DamageIsNoticed) {
  const Problem problem = build_problem(small_spec(300));
  write_checkpoint(path_, problem, "identity", run_all(problem));
  const std::string good = read_file(path_);
  Tally tally(problem);
  const auto reads = [&](const std::string& bytes) {
    write_file(path_, bytes);
    try {
      read_checkpoint(path_, problem, "identity", tally);
      return true;
    } catch (const Error&) {  // a format of another version, where the damage is in the number
      return false;
    }
  };
  EXPECT_TRUE(reads(good));
  std::mt19937_64 generator(7);
  for (int i = 0; i < 300; ++i) {
    std::string bad = good;
    bad[i < 100 ? i : generator() % bad.size()] ^= char(1 << generator() % 8);
    EXPECT_FALSE(reads(bad)) << "a flipped bit";
  }
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE(reads(good.substr(0, i < 60 ? i : generator() % good.size()))) << "a cut file";
  EXPECT_FALSE(reads(good + "x"));
  EXPECT_FALSE(reads(good.substr(0, good.size() / 2) + good.substr(good.size() / 2 + 8)));
  std::filesystem::remove(path_);
  EXPECT_THROW(read_checkpoint(path_, problem, "identity", tally), IoError);
}

TEST_F(Checkpoint, OfAnotherRunIsRefused) {
  const Problem problem = build_problem(small_spec(300));
  write_checkpoint(path_, problem, "identity", run_all(problem));
  Tally tally(problem);
  EXPECT_THROW(read_checkpoint(path_, problem, "another", tally), SpecError);
  const Problem larger = build_problem(small_spec(600));
  Tally other(larger);
  EXPECT_THROW(read_checkpoint(path_, larger, "identity", other), IoError) << "other sizes under the same identity";
}

}  // namespace
}  // namespace orbitwalk::test
