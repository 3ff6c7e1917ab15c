// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/problem.hpp"

#include <gtest/gtest.h>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

const char* const no_range =
    "histogram = [{ of = \"r\", bins = 30 }, { of = \"theta1\", bins = 20, range = [-3.0, 3.0] }]";

TEST(FindRanges, AreTheSameEveryTimeAndHoldTheSample) {
  const Problem a = build_problem(small_spec(2000, "", no_range)), b = build_problem(small_spec(2000, "", no_range));
  EXPECT_EQ(a.edges, b.edges);
  EXPECT_EQ(a.edges[0].size(), 31u);
  EXPECT_EQ(a.edges[1].front(), -3.0);
  EXPECT_EQ(a.edges[1].back(), 3.0);
  EXPECT_GE(a.edges[0].front(), 0.0) << "a quantity that is never negative";
  // The range does not depend on particles beyond the pilot's.
  EXPECT_EQ(a.edges, build_problem(small_spec(5000, "", no_range)).edges);
  const auto results = reduce(a, run_all(a));
  EXPECT_LT(double(results[0].histogram.under + results[0].histogram.over), 1e-3 * double(results[0].count));
}

TEST(FindRanges, HoldStartsThatAreNotYetForgotten) {
  // No burn-in, hardly any motion: the law of the values is that of the starts, batch by batch.
  Spec spec = small_spec(64 * 256, "", no_range);
  spec.set("ensemble.burn_in=0");
  spec.set("dynamics.step=1e-6");
  const Problem problem = build_problem(spec);
  const auto result = reduce(problem, run_all(problem))[0];
  EXPECT_LT(double(result.histogram.under + result.histogram.over), 0.5 * double(result.count))
      << "most of the sample lies outside the range that the pilot found: " << problem.edges[0].front() << " to "
      << problem.edges[0].back();
}

TEST(Experiment, DefaultsAndErrors) {
  const Experiment experiment = read_experiment(small_spec(1000, "", ""));
  EXPECT_EQ(experiment.problem.names, std::vector<std::string>{"r"});  // what has a law
  EXPECT_EQ(experiment.compare.laws, std::vector<std::string>{"isotropic"});
  const auto fails = [](const std::string& assignment) {
    Spec spec = small_spec(1000);
    spec.set(assignment);
    EXPECT_THROW(read_experiment(spec), SpecError) << assignment;
  };
  for (const char* wrong : {"ensemble.every=7", "ensemble.particles=0", "dynamics.step=-1.0",
                            "dynamics.noise={ horizontal = 1.0, vertical = 0.5 }", "dynamics.scheme=\"hein\"",
                            "observe.histogram.0.of=\"q\"", "ensemble.no_such_key=1", "compare.laws=[\"projectd\"]",
                            "dynamics.name=\"sgd\"", "ensemble.init={ scale = [1.0, 2.0] }"}) {
    fails(wrong);
  }
}

TEST(StepFactor, KeepsTimes) {
  const Problem problem = build_problem(small_spec(10));
  const Problem half = at_step_factor(problem, 0.5);
  EXPECT_EQ(half.plan.step, 0.5 * problem.plan.step);
  EXPECT_EQ(half.plan.burn_in, 2 * problem.plan.burn_in);
  EXPECT_EQ(half.plan.steps, 2 * problem.plan.steps);
  EXPECT_EQ(half.plan.every, 2 * problem.plan.every);
  EXPECT_THROW(at_step_factor(problem, 3), SpecError);
}

}  // namespace
}  // namespace orbitwalk::test
