// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"

namespace orbitwalk {
namespace {

using test::small_spec;

/// Checkpoints in a folder of the test's own.
class Folder : public CheckpointStore {
 public:
  Folder() : path_(std::string(::testing::TempDir()) + "session-" + std::to_string(::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() override { std::filesystem::remove_all(path_); }
  std::string checkpoint_file(std::string_view label) const override { return path_ + "/" + std::string(label) + ".c"; }
  bool has_checkpoint(std::string_view label) const override { return std::filesystem::exists(checkpoint_file(label)); }
  bool resumed() const override { return continued; }
  const std::string& partial_path() const override { return path_; }

  bool continued = false;

 private:
  std::string path_;
};

RunOptions two_threads() {
  RunOptions options;
  options.backend = "cpu";
  options.threads = 2;
  return options;
}

TEST(Session, TellsBeginAndEndOfEachPhase) {
  const Experiment experiment = read_experiment(small_spec(600));
  std::vector<Progress> told;
  RunOptions options = two_threads();
  options.progress = [&](const Progress& progress) { told.push_back(progress); };
  Session session(options);
  session.run({"a", "first", ""}, experiment.problem);
  session.run({"b", "second", ""}, experiment.problem);
  using Moment = Progress::Moment;
  std::erase_if(told, [](const Progress& progress) { return progress.moment == Moment::under_way; });
  ASSERT_EQ(told.size(), 4u);
  const std::uint64_t all = 600 * experiment.problem.plan.end();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(told[i].moment, i % 2 == 0 ? Moment::begin : Moment::end);
    EXPECT_EQ(told[i].phase, i < 2 ? "first" : "second");
    EXPECT_EQ(told[i].total, all);
    EXPECT_EQ(told[i].done, i % 2 == 0 ? 0 : all);
  }
}

TEST(Session, IsSilentWithoutCallbacks) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const Experiment experiment = read_experiment(small_spec(300));
  Session(two_threads()).run({}, experiment.problem);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Session, StopsWhereItIsAskedToAndSaysThatNothingIsKept) {
  const Spec spec = small_spec(600);
  Spec endless = spec;
  endless.set("ensemble.burn_in=4_000_000_000");
  const Experiment experiment = read_experiment(endless);
  RunOptions options = two_threads();
  int asked = 0;
  options.stop = [&] { return ++asked > 2; };
  Session session(options);
  try {
    session.run({}, experiment.problem);
    FAIL() << "it ran to its end";
  } catch (const Interrupted& interrupted) {
    EXPECT_STREQ(interrupted.what(), "interrupted; nothing is kept without --out");
    EXPECT_FALSE(interrupted.checkpoint_failed);
  }
  EXPECT_TRUE(session.stopped());
  EXPECT_FALSE(session.keeps_anything());
}

TEST(Session, ContinuesToTheSameBitsWhateverRunWasInterrupted) {
  Spec spec = small_spec(2000);
  const Experiment experiment = read_experiment(spec);
  const Problem& problem = experiment.problem;
  const auto json = to_json(spec);
  const RunOptions plain = two_threads();
  const std::string whole = digest(reduce(problem, Session(plain).run({}, problem).tally));

  Folder folder;
  RunOptions options = two_threads();
  options.checkpoint_seconds = 0;
  bool stop = false;
  options.stop = [&] { return stop; };
  // The first run of the session is complete, the second is stopped before it begins.
  Session before(options, &folder);
  before.run({"one", "", "the first"}, problem, json, experiment);
  stop = true;
  EXPECT_THROW(before.run({"two", "", "the second"}, problem, json, experiment), Interrupted);
  EXPECT_TRUE(before.keeps_anything());

  folder.continued = true;
  stop = false;
  std::uint64_t start = 0;
  options.progress = [&](const Progress& progress) { start = progress.start; };
  Session after(options, &folder);
  const Simulation first = after.run({"one", "", ""}, problem, json, experiment);
  EXPECT_EQ(start, 2000 * problem.plan.end()) << "nothing was left to do";
  EXPECT_EQ(digest(reduce(problem, first.tally)), whole);
  const Simulation second = after.run({"two", "", ""}, problem, json, experiment);
  EXPECT_EQ(digest(reduce(problem, second.tally)), whole);
  // Another request must not take it up.
  Session other(options, &folder);
  other.set_identity({{"--accuracy", 0.1}});
  EXPECT_THROW(other.run({"one", "", ""}, problem, json, experiment), SpecError);
}

TEST(Session, AFailingCallbackEndsTheRun) {
  const Experiment experiment = read_experiment(small_spec(600));
  RunOptions options = two_threads();
  options.progress = [](const Progress&) { throw std::runtime_error("of the caller"); };
  EXPECT_THROW(Session(options).run({}, experiment.problem), std::runtime_error);
}

}  // namespace
}  // namespace orbitwalk
