// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Stationary variance at a large step for a quadratic loss, where it is known exactly: h k = 0.5.
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260120;

struct Case {
  std::string scheme, variates;
  double factor;  // of T/k
  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.scheme << ' ' << c.variates; }
};
class StationaryVariance : public testing::TestWithParam<Case> {};
// Second moments need the variance of the variates only: all three kinds have the same.
INSTANTIATE_TEST_SUITE_P(Dynamics, StationaryVariance,
                         testing::Values(Case{"euler_maruyama", "gaussian", 1 / (1 - 0.25)},
                                         Case{"euler_maruyama", "dyadic", 1 / (1 - 0.25)},
                                         Case{"euler_maruyama", "rademacher", 1 / (1 - 0.25)},
                                         Case{"leimkuhler_matthews", "gaussian", 1},
                                         Case{"leimkuhler_matthews", "dyadic", 1},
                                         Case{"leimkuhler_matthews", "rademacher", 1}));

ObservableResult theta(const Case& c, double temperature) {
  const Simulation run = simulate(
      "[model]\nname = \"radial\"\ndimension = 1\nloss = { stiffness = 2.0 }\n[dynamics]\nscheme = \"" + c.scheme +
      "\"\nvariates = \"" + c.variates + "\"\nstep = 0.25\ntemperature = " + std::to_string(temperature) +
      "\n[ensemble]\nparticles = 65536\nburn_in = 40\nsteps = 2000\nevery = 8\nseed = " + std::to_string(seed) +
      "\n[observe]\nhistogram = [{ of = \"theta1\", bins = 10, range = [-5.0, 5.0] }]\n");
  return run.results[0];
}

TEST_P(StationaryVariance, IsExact) {
  const Case& c = GetParam();
  const double temperature = 0.8, exact = c.factor * temperature / 2;
  const ObservableResult right = theta(c, temperature), hot = theta(c, 1.02 * temperature);
  EXPECT_LT(right.variance_standard_error, 5e-4 * exact);
  EXPECT_TRUE(agrees("variance", seed, right.variance, exact, right.variance_standard_error));
  EXPECT_TRUE(agrees("mean", seed, right.mean, 0, right.standard_error));
  EXPECT_FALSE(agrees("variance, twin of 1 % more noise", seed, hot.variance, exact, hot.variance_standard_error));
}

TEST(Mixed, HasTheVarianceOfDouble) {
  const std::string text =
      "[model]\nname = \"radial\"\ndimension = 1\nloss = { stiffness = 2.0 }\n[dynamics]\nstep = 0.25\ntemperature = "
      "0.8\n"
      "[ensemble]\nparticles = 65536\nburn_in = 40\nsteps = 400\nevery = 8\nseed = 20260120\nprecision = \"mixed\"\n"
      "[observe]\nhistogram = [{ of = \"theta1\", bins = 10, range = [-5.0, 5.0] }]\n";
  const ObservableResult result = simulate(text).results[0];
  EXPECT_TRUE(agrees("variance, mixed", seed, result.variance, 0.4 / 0.75, result.variance_standard_error));
  EXPECT_FALSE(
      agrees("variance, mixed, without the step bias", seed, result.variance, 0.4, result.variance_standard_error));
}

}  // namespace
}  // namespace orbitwalk::test
