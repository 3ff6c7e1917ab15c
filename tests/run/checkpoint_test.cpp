// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/files.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

class Checkpoint : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("orbitwalk_checkpoint_" + std::to_string(std::random_device()()));
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
    tally.diverged = {{3, 17}, {599, 80}};
    tally.counters = {12345678901ull, 4, 3, 1};
    write_checkpoint(path_, problem, "identity", tally);
    Tally back(problem);
    read_checkpoint(path_, problem, "identity", back);
    expect_equal(tally, back);
  }
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
    } catch (const IoError&) {
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
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(reads(good.substr(0, i < 60 ? i : generator() % good.size()))) << "a cut file";
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
