// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Orders in the invariant law, measured: slope of log |bias of the variance| against log h for a softmax of two logits,
// whose law is a Beta law exactly. Its gradient is bounded, so that steps may be large enough for a bias of second
// order to show. (The mean has no bias at any step: stationarity of θ alone makes the mean gradient p - t vanish.)
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"
#include "kernels/integrators/list.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20261124;

struct Slope {
  double value, error;
};

/// Which bias, of which run.
struct Measured {
  std::string dynamics;
  std::vector<double> steps;
  int particles = 131072;
  std::string target = "[0.7, 0.3]";
  double temperature = 1;
  int burn_in = 6;       ///< in times of 8
  bool kinetic = false;  ///< the bias of the mean kinetic temperature, not that of the variance of p1
};

/// Weighted least squares of log |bias| on log h.
Slope slope_of(const Measured& of) {
  double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const double h : of.steps) {
    const int stride = int(std::ceil(8 / h));  // about one relaxation time
    const Simulation run =
        simulate("[model]\nname = \"softmax_shift\"\nloss = { target = " + of.target +
                 " }\n[dynamics]\ntemperature = " + std::to_string(of.temperature) + "\n" + of.dynamics +
                 "\nstep = " + std::to_string(h) + "\n[ensemble]\nparticles = " + std::to_string(of.particles) +
                 "\nshared_start = false\nburn_in = " + std::to_string(of.burn_in * stride) +
                 "\nsteps = " + std::to_string(20 * stride) + "\nevery = " + std::to_string(stride) +
                 "\nseed = " + std::to_string(seed) +
                 "\n[observe]\nquantiles = false\nhistogram = [{ of = \"p1\", range = [0.0, 1.0] }" +
                 (of.kinetic ? ", { of = \"kinetic_temperature\", range = [0.0, 9.0] }" : "") +
                 "]\n[compare]\nlaws = [\"isotropic\"]\n");
    const ObservableResult& result = run.results.back();
    const double bias =
        of.kinetic ? result.mean - of.temperature : result.variance - predict_laws(run.experiment)[0].variance();
    const double error = of.kinetic ? result.standard_error : result.variance_standard_error;
    std::printf("  seed %llu, %s, h = %.3f: bias %.6f ± %.6f\n", (unsigned long long)seed, of.dynamics.c_str(), h, bias,
                error);
    const double x = std::log(h), y = std::log(std::abs(bias)), weight = bias * bias / (error * error);
    s += weight, sx += weight * x, sy += weight * y, sxx += weight * x * x, sxy += weight * x * y;
  }
  const double det = s * sxx - sx * sx;
  const Slope slope{(s * sxy - sx * sy) / det, std::sqrt(s / det)};
  std::printf("  slope %.3f ± %.3f\n", slope.value, slope.error);
  return slope;
}

// Within 0.15 of the order that the integrator says of itself, or four standard errors where these are wider; the twin
// is the order of the other schemes.
template <class Integrator>
void expect_order(const Slope& slope) {
  const double order = Integrator::traits.invariant_order, other = 3 - order;
  EXPECT_LT(slope.error, 0.12) << "too few particles to tell";
  EXPECT_NEAR(slope.value, order, 0.15 + 3 * slope.error);
  EXPECT_GT(std::abs(slope.value - other), 0.15 + 3 * slope.error) << "cannot be told from order " << other;
}

const std::string lm = "scheme = \"leimkuhler_matthews\"", underdamped = "name = \"underdamped\"\n";

TEST(InvariantOrder, EulerMaruyamaIsOne) { expect_order<EulerMaruyama>(slope_of({"", {0.25, 0.5, 1.0}})); }
TEST(InvariantOrder, LeimkuhlerMatthewsIsTwo) {
  expect_order<LeimkuhlerMatthews>(slope_of({lm, {1.0, 1.4, 2.0}, 1048576}));
}
TEST(InvariantOrder, DyadicKeepsTwo) {
  expect_order<LeimkuhlerMatthews>(slope_of({lm + "\nvariates = \"dyadic\"", {1.0, 1.4, 2.0}, 1048576}));
}
TEST(InvariantOrder, TwoPointDoesNotBeatOne) {
  EXPECT_LT(slope_of({lm + "\nvariates = \"rademacher\"", {0.5, 1.0, 2.0}}).value, 1.3);
}
TEST(InvariantOrder, BaoabIsTwo) {
  expect_order<Baoab>(slope_of({underdamped + "friction = 1.0", {0.35, 0.6, 1.0}, 524288, "[0.7, 0.3]", 1, 6, true}));
}
// In the positions the coefficient of h² falls with the friction (they are of order 4 in its limit), and h⁴ shows at
// steps where a bias can be told from noise. (Friction 0.1, T = 2, 1.6e7 particles, h = 0.45 to 0.8:
// docs/acceptance.md.)
TEST(InvariantOrder, BaoabIsTwoOrMoreInThePositions) {
  const Slope slope = slope_of({underdamped + "friction = 1.0", {0.7, 1.0, 1.4}, 524288, "[0.5, 0.5]", 2});
  EXPECT_GT(slope.value, 1.85);
  EXPECT_GT(slope.value - 1, 3 * slope.error) << "cannot be told from order 1";
}

}  // namespace
}  // namespace orbitwalk::test
