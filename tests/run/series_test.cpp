// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Observables over time: their times, their values on every backend and in every division of the work, and their
// statistics.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"
#include "run/series.hpp"

namespace orbitwalk::test {
namespace {

const std::string observed =
    "histogram = [{ of = \"r\", bins = 30, range = [0.2, 2.5] }, { of = \"theta1\", bins = 20, range = [-3.0, 3.0] "
    "}]\n";

Tally run_with(const Problem& problem, const std::string& backend, int threads,
               const std::string& instruction_set = "") {
  const auto made = make_backend(backend, problem, {threads, instruction_set});
  Tally tally(problem);
  EXPECT_TRUE(run_ensemble(problem, *made, {}, tally));
  return tally;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Series, TimesCoverTheRunWithoutRepeats) {
  for (const std::uint64_t every : {0, 1, 7, 80, 100}) {
    for (const std::uint64_t end : {1, 5, 16, 17, 100, 1000, 40001}) {
      Plan plan;
      plan.steps = end;
      plan.series = true;
      plan.series_every = every;
      std::uint64_t step = 0, index = 0;
      EXPECT_EQ(plan.series_index(0), 0u);
      while (step < end) {
        const std::uint64_t next = plan.next_series_step(step);
        ASSERT_GT(next, step);
        ASSERT_LE(next, end);
        if (every > 0 && next < end) {
          EXPECT_EQ(next % every, 0u);
        }
        // eight in each doubling, from 16 on
        if (every == 0 && step >= 32) {
          EXPECT_LE(double(next - step), double(step) / 8);
        }
        EXPECT_EQ(plan.series_index(next), ++index) << "step " << next << " of " << end << ", every " << every;
        step = next;
      }
    }
  }
}

TEST(Series, TheSameBitsHoweverTheWorkIsDivided) {
  for (const char* precision : {"float", "double", "mixed"}) {
    const Problem problem = build_problem(small_spec(300, "", observed + "series = { spacing = \"logarithmic\" }"));
    Problem of_precision = problem;
    of_precision.plan.precision = std::string(precision) == "float"   ? Precision::float32
                                  : std::string(precision) == "mixed" ? Precision::mixed
                                                                      : Precision::float64;
    const Tally expected = run_with(of_precision, "reference", 1);
    EXPECT_TRUE(same_bits(run_with(of_precision, "reference", 1).series, expected.series));
    for (const int threads : {1, 2, 3, 16, 1000}) {
      for (const auto& set : cpu_instruction_sets()) {
        EXPECT_TRUE(same_bits(run_with(of_precision, "cpu", threads, set).series, expected.series))
            << precision << ", " << threads << " threads, " << set;
      }
    }
    // Without a series the particles go the same way.
    Problem without = of_precision;
    without.plan.series = false;
    EXPECT_EQ(run_with(without, "cpu", 2).cells, expected.cells);
  }
}

TEST(Series, EndsWithTheLastObservationAndStartsWithTheInitialState) {
  const Problem problem = build_problem(small_spec(300, "init = { mean = 0.5, scale = 0.0 }",
                                                   observed + "series = { spacing = \"linear\", every = 30 }"));
  const Tally tally = run_all(problem);
  const Series series = reduce_series(problem, tally);
  EXPECT_EQ(series.steps, (std::vector<std::uint64_t>{0, 30, 60, 80}));
  EXPECT_FALSE(series.logarithmic);
  EXPECT_EQ(series.names, (std::vector<std::string>{"r", "theta1"}));
  EXPECT_NEAR(series.points[0][0].mean, std::sqrt(3 * 0.25), 1e-6);
  EXPECT_EQ(series.points[0][0].standard_error, 0);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_FLOAT_EQ(tally.series[(3 * 2 + 1) * 300 + i], float(tally.last_double[300 + i]));
  }
  const SeriesPoint& last = series.points[1][3];
  EXPECT_EQ(last.count, 300u);
  std::vector<double> values(tally.last_double.begin() + 300, tally.last_double.end());
  std::sort(values.begin(), values.end());
  EXPECT_NEAR(last.quantiles[2], 0.5 * (values[149] + values[150]), 1e-6);
  EXPECT_NEAR(last.quantiles[0], values[14] * 0.05 + values[15] * 0.95, 0.02);
}

TEST(Series, OnlyOfWhatIsAskedFor) {
  const Problem problem = build_problem(small_spec(40, "", observed + "series = { of = [\"theta1\"] }"));
  const Series series = reduce_series(problem, run_all(problem));
  EXPECT_EQ(series.names, std::vector<std::string>{"theta1"});
  const Problem both = build_problem(small_spec(40, "", observed + "series = {}"));
  const Series all = reduce_series(both, run_all(both));
  for (std::size_t t = 0; t < series.steps.size(); ++t) EXPECT_EQ(series.points[0][t].mean, all.points[1][t].mean);
}

TEST(Series, DivergedParticlesAreLeftOut) {
  Spec spec = small_spec(64, "allowed_diverged = 1.0", observed + "series = { spacing = \"linear\", every = 10 }");
  spec.set("dynamics.step=1e6");
  const Problem problem = build_problem(spec);
  const Tally tally = run_all(problem);
  ASSERT_FALSE(tally.diverged.empty());
  const Series series = reduce_series(problem, tally);
  EXPECT_EQ(series.points[0][0].count, 64u);
  EXPECT_LE(series.points[0].back().count, 64u - tally.diverged.size());
}

TEST(Series, BadKeysAreRefused) {
  for (const char* bad :
       {"series = { spacing = \"cubic\" }", "series = { every = 3 }", "series = { spacing = \"linear\", every = 0 }",
        "series = { spacing = \"linear\", every = 81 }", "series = { of = [\"theta2\"] }", "series = { off = [\"r\"] }",
        "series = 3"}) {
    EXPECT_THROW(build_problem(small_spec(40, "", observed + bad)), SpecError) << bad;
  }
}

}  // namespace
}  // namespace orbitwalk::test
