// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <stdexcept>

#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

const char* const no_range = "histogram = [{ of = \"r\", bins = 30 }]";

Problem long_problem(std::uint64_t burn_in, std::uint64_t steps, std::uint64_t every,
                     const std::string& observe = no_range) {
  Spec spec = small_spec(3000, "", observe);
  spec.set("ensemble.burn_in=" + std::to_string(burn_in));
  spec.set("ensemble.steps=" + std::to_string(steps));
  spec.set("ensemble.every=" + std::to_string(every));
  return read_experiment(spec).problem;
}

TEST(Pilot, IsShortHoweverLongTheRun) {
  for (const auto& [burn_in, steps, every] :
       std::vector<std::array<std::uint64_t, 3>>{{0, 100'000'000, 100'000'000},
                                                 {100'000'000, 100'000'000, 100'000'000},
                                                 {500, 1'000'000, 1},
                                                 {19'999, 2, 1},
                                                 {15'000, 1'000'000, 1000}}) {
    const Plan plan = pilot_of(long_problem(burn_in, steps, every)).plan;
    EXPECT_LE(plan.end(), pilot_steps);
    EXPECT_GT(plan.end(), pilot_steps / 2);
    EXPECT_LE(plan.burn_in, burn_in);
    EXPECT_EQ(plan.observations(), 16u);
    EXPECT_EQ(plan.particles, 1024u);
  }
}

TEST(Pilot, TakesTheTimesOfAShortRun) {
  const Problem problem = long_problem(10'000, 10'000, 100);
  const Plan plan = pilot_of(problem).plan;
  EXPECT_EQ(plan.burn_in, problem.plan.burn_in);
  EXPECT_EQ(plan.steps, problem.plan.steps);
  EXPECT_EQ(plan.every, problem.plan.every);
}

/// The ranges that results rest on: a change moves digests.
TEST(Pilot, RangesOfShortRunsAreWhatTheyWere) {
  const Problem problem = build_problem(small_spec(2000, "", no_range));
  EXPECT_DOUBLE_EQ(problem.edges[0].front(), 0.0);
  EXPECT_DOUBLE_EQ(problem.edges[0].back(), 3.7);
}

TEST(Pilot, OfALongRunHoldsItsValues) {
  Problem problem = long_problem(1000, 60'000, 1000);
  problem.plan.particles = 1024;
  find_ranges(problem, {true});
  const auto result = reduce(problem, run_all(problem))[0];
  EXPECT_EQ(result.histogram.under + result.histogram.over, 0u)
      << problem.edges[0].front() << " to " << problem.edges[0].back();
  EXPECT_LT(problem.edges[0].back() - problem.edges[0].front(), 4 * (result.maximum - result.minimum))
      << "most bins stay empty";
}

TEST(Pilot, ThatIsStoppedFindsNothing) {
  Problem problem = long_problem(0, 100, 100);
  const auto edges = problem.edges;
  EXPECT_FALSE(find_ranges(problem, {true}, [](const Problem&) { return std::optional<Tally>(); }));
  EXPECT_EQ(problem.edges, edges);
  EXPECT_TRUE(find_ranges(problem, {false}, [](const Problem&) -> std::optional<Tally> {
    throw std::runtime_error("nothing is missing");
  }));
}

TEST(Pilot, ValuesOutsideItsRangeAreNoted) {
  Experiment experiment = read_experiment(small_spec(600, "", no_range));
  set_range(experiment.problem, 0, 30, 0.9, 1.0);
  auto results = reduce(experiment.problem, run_all(experiment.problem));
  const auto notes = range_notes(experiment, results);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].rfind("r: ", 0), 0u);
  EXPECT_NE(notes[0].find("% of the values lie outside the range"), std::string::npos);
  results[0].histogram.under = results[0].histogram.over = 0;
  EXPECT_TRUE(range_notes(experiment, results).empty());
  results = reduce(experiment.problem, run_all(experiment.problem));
  experiment.needs_range[0] = false;  // the user's own range
  EXPECT_TRUE(range_notes(experiment, results).empty());
}

}  // namespace
}  // namespace orbitwalk::test
