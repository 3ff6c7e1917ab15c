// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/memory.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "kernels/models/softmax_shift.hpp"
#include "orbitwalk/error.hpp"
#include "results/summary.hpp"
#include "run/problems.hpp"
#include "support/json.hpp"

namespace orbitwalk::test {
namespace {

constexpr double MiB = 1048576;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;  // shadow memory is not part of the estimate
#else
constexpr bool sanitized = false;
#endif

/// Bytes that are resident at most in a child that runs `work`; 0 where it fails.
template <class Work>
double peak_of(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 1;
    try {
      work();
      code = 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(code);
  }
  int status = 0;
  rusage used{};
  EXPECT_EQ(::wait4(child, &status, 0, &used), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return double(used.ru_maxrss) * 1024;
}

/// Everything that `run` does with a spec: simulate, keep, take up again, reduce, write.
void whole_run(const Spec& spec, const std::string& folder) {
  Experiment experiment = read_experiment(spec);
  const Problem& problem = experiment.problem;
  BackendOptions options;
  options.threads = 1;
  const auto backend = make_cpu_backend(problem, options);
  {
    Tally first(problem);
    run_ensemble(problem, *backend, {}, first);
    write_checkpoint(folder + "/checkpoint", problem, "identity", first);
  }
  Tally tally(problem);
  read_checkpoint(folder + "/checkpoint", problem, "identity", tally);
  RunRecord record{experiment, tally, ".", "cpu", "", 1, 1.0, reduce(problem, tally), {}, {}, {}, {}, {}, {}, {}};
  const Result result = make_result(record, json_text(to_json(spec)));
  write_summary(folder + "/summary.json", result);
  write_result_h5(folder + "/result.h5", result, record);
}

class Memory : public testing::TestWithParam<const char*> {};

/// The check before a run is worth something only while what a run takes stays below it, and it refuses nothing that
/// fits by far.
TEST_P(Memory, OfAWholeRunIsWhatTheCheckCounts) {
  if (sanitized) GTEST_SKIP() << "AddressSanitizer takes memory of its own";
  Spec spec = small_spec(20'000, "", GetParam());
  spec.set("ensemble.burn_in=1000");
  spec.set("ensemble.steps=1000");
  spec.set("ensemble.every=1000");
  spec.set("ensemble.precision=\"float\"");
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("orbitwalk_memory_" + std::to_string(std::random_device()())))
          .string();
  std::filesystem::create_directories(folder);
  Spec small = small_spec(256, "", "histogram = [{ of = \"r\", bins = 30, range = [0.0, 4.0] }]");
  const double base = peak_of([&] { whole_run(small, folder); });
  const double peak = peak_of([&] { whole_run(spec, folder); }) - base;
  const double counted = memory_needed(read_experiment(spec).problem, 1, 4);
  std::filesystem::remove_all(folder);
  std::printf("%s\n%.0f MiB beside %.0f MiB of the program, counted %.0f MiB\n", GetParam(), peak / MiB, base / MiB,
              counted / MiB);
  EXPECT_LT(peak, counted + 8 * MiB);
  EXPECT_GT(peak, 0.4 * counted);
}

INSTANTIATE_TEST_SUITE_P(
    Large, Memory,
    // 80 MB, 160 MB in result.h5
    testing::Values(
        "histogram = [{ of = \"r\", bins = 30, range = [0.0, 4.0] }]\nseries = { spacing = \"linear\", every = 2 }",
        "histogram = [{ of = \"theta1\", bins = 100000, range = [-3.0, 3.0] }]"));

TEST(CheckMemory, NamesTheLimitAndTheRemedy) {
  const Problem problem = build_problem(small_spec(1'000'000));
  const double needed = memory_needed(problem, 1, 1);
  EXPECT_NO_THROW(check_memory(problem, 1, 1, {needed / 0.79, "this machine"}));
  try {
    check_memory(problem, 1, 1, {needed / 0.81, "the cgroup /job_7 (memory.max)"});
    ADD_FAILURE() << "accepted";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("the cgroup /job_7 (memory.max)"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("fewer particles"), std::string::npos) << error.what();
  }
}

TEST(CheckMemory, CountsDataAndThreads) {
  Problem problem = build_problem(small_spec(1000));
  const double before = memory_needed(problem, 1, 1);
  problem.model.parameters = store(SoftmaxShiftParameters<Stored>{.target = std::vector<double>(1'000'000)});
  EXPECT_GE(memory_needed(problem, 1, 1) - before, 5 * 8e6);  // several copies of doubles
  set_range(problem, 0, 1'000'000, 0, 1);
  EXPECT_GT(memory_needed(problem, 64, 64), memory_needed(problem, 3, 3))
      << "each thread counts in cells of its own, but no more threads than blocks";
}

}  // namespace
}  // namespace orbitwalk::test
