// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Gauge slices: constrained dynamics has the law of its gauge and no other; a shell around the slice tends to it like
// ε².
#include <gtest/gtest.h>

#include <cmath>

#include "compare/compare.hpp"
#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20261122;

struct SliceCase {
  std::string title, model, dynamics, observe, compare, holds;
  friend void PrintTo(const SliceCase& c, std::ostream* out) { *out << c.title; }
};

std::string spec(const SliceCase& c, const std::string& dynamics, int burn_in) {
  return "[model]\n" + c.model + "\n[dynamics]\ntemperature = 0.3\n" + dynamics +
         "\n[ensemble]\nparticles = 40960\nburn_in = " + std::to_string(burn_in) +
         "\nsteps = 10\nevery = 10\nshared_start = false\nseed = " + std::to_string(seed) +
         (c.title.rfind("hadamard", 0) == 0 ? "\ninit = { mean = 1.0, scale = 0.1 }\n" : "\n") +
         "[observe]\nhistogram = [" + c.observe + "]\n[compare]\n" + c.compare + "\n";
}

const std::string hadamard = "name = \"hadamard\"\nloss = { kind = \"quadratic\", target = [1.0], stiffness = 2.0 }";
const std::string hadamard_window = "window = { of = \"w1\", range = [0.2, 2.0] }";
const std::string hadamard_laws =
    "laws = [\"gauge_slice\", \"gauge_slice:norm_difference\", \"uncorrected\"]\nwindow = { w1 = [0.2, 2.0] }";

std::vector<SliceCase> slice_cases() {
  return {{"hadamard_moment_map", hadamard, "name = \"constrained\"\nstep = 0.05\n" + hadamard_window,
           "{ of = \"w1\", bins = 180, range = [0.2, 2.0] }", hadamard_laws, "gauge_slice"},
          {"hadamard_norm_difference", hadamard,
           "name = \"constrained\"\ngauge = \"norm_difference\"\nstep = 0.05\n" + hadamard_window,
           "{ of = \"w1\", bins = 180, range = [0.2, 2.0] }", hadamard_laws, "gauge_slice:norm_difference"},
          {"relu",
           "name = \"relu\"\ninputs = 3\noutputs = 3\nhidden = 2\nloss = { kind = \"strength_quadratic\", target = "
           "1.0, stiffness = 2.0 }",
           "name = \"constrained\"\nstep = 0.05", "{ of = \"strength1\", bins = 200, range = [0.0, 4.0] }",
           "laws = [\"gauge_slice\", \"gauge_slice:norm_difference\", \"uncorrected\"]", "gauge_slice"},
          {"matrix_product",
           "name = \"matrix_product\"\nrows = 3\ncolumns = 3\nrank = 2\nloss = { singular_values = [0.0], stiffness = "
           "2.0 }",
           "name = \"constrained\"\nstep = 0.03",
           "{ of = \"sigma1\", bins = 200, range = [0.0, 3.0] }, { of = \"sigma2\", bins = 200, range = [0.0, 2.0] }",
           "laws = [\"gauge_slice\", \"uncorrected\"]", "gauge_slice"}};
}

class Constrained : public testing::TestWithParam<SliceCase> {};
INSTANTIATE_TEST_SUITE_P(Slice, Constrained, testing::ValuesIn(slice_cases()),
                         [](const auto& info) { return info.param.title; });

// A KS p-value below 1e-6 is a false alarm once in 10^6 runs; the laws that must fail are further away by orders.
TEST_P(Constrained, HasTheLawOfItsGaugeOnly) {
  const SliceCase& c = GetParam();
  const Simulation run = simulate(spec(c, c.dynamics, 200));
  const Counters& counters = run.tally.counters;
  EXPECT_TRUE(run.tally.diverged.empty()) << "starts that do not reach the slice";
  std::printf("  seed %llu, accept rate %.3f, unsolved %.1e\n", (unsigned long long)seed,
              double(counters.accepted) / double(counters.proposals),
              double(counters.unsolved) / double(counters.proposals));
  EXPECT_GT(counters.accepted, counters.proposals / 2);
  EXPECT_LT(counters.unsolved, counters.proposals / 100);
  for (const Law& law : predict_laws(run.experiment)) {
    for (const auto& result : run.results) {
      if (result.name != law.observable) continue;
      const LawComparison comparison = compare(result, law);
      std::printf("  %s of %s: KS %.2e, p %.2g\n", law.name.c_str(), law.observable.c_str(), comparison.ks,
                  comparison.p_value);
      if (law.name == c.holds) EXPECT_GT(comparison.p_value, 1e-6) << law.name;
      else EXPECT_LT(comparison.p_value, 1e-9) << law.name << " is accepted as well";
    }
  }
}

TEST(Shell, TendsToTheSliceLikeTheSquareOfItsWidth) {
  SliceCase c = slice_cases()[2];
  const auto at = [&](double width) {
    return simulate(spec(c, "name = \"mala\"\nstep = 0.002\nshell = { width = " + std::to_string(width) + " }", 1500));
  };
  const Simulation wide = at(0.4), narrow = at(0.2);
  const Law law = predict_laws(wide.experiment)[0];
  ASSERT_EQ(law.name, "gauge_slice");
  const double extrapolated = (4 * narrow.results[0].mean - wide.results[0].mean) / 3;
  const double error = std::hypot(4 * narrow.results[0].standard_error, wide.results[0].standard_error) / 3;
  EXPECT_TRUE(agrees("mean, extrapolated to width 0", seed, extrapolated, law.mean(), error));
  EXPECT_FALSE(agrees("mean, twin without extrapolation", seed, wide.results[0].mean, law.mean(),
                      wide.results[0].standard_error));
}

}  // namespace
}  // namespace orbitwalk::test
