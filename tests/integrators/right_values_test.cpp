// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Small problems whose right value is known exactly though no law of the registry says it. Bounds: 6 standard errors, a
// false alarm with probability 2e-9 a number; each has a twin, a neighbouring value or noise, that must fail.
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

/// BAOAB on a harmonic well of frequency 1: <w²> = T exactly, and <v²> = T (1 - h²/4), not T.
TEST(RightValues, KineticTemperatureOfBaoabIsBelowTheTemperature) {
  const Simulation run = simulate(
      "[model]\nname = \"linear\"\ncoordinates = 4\nloss = { target = 0.0, stiffness = 1.0 }\n[dynamics]\nname = "
      "\"underdamped\"\ntemperature = 1.0\n"
      "friction = 1.0\nstep = 1.0\n[ensemble]\nparticles = 20000\nburn_in = 100\nsteps = 50\nevery = 50\nseed = "
      "3\nshared_start = false\n"
      "[observe]\nhistogram = [{ of = \"w1\", range = [-6.0, 6.0] }, { of = \"kinetic_temperature\", range = [0.0, "
      "8.0] }]\n[compare]\nlaws = []\n");
  EXPECT_TRUE(agrees("<w²>", 3, run.results[0].variance, 1, run.results[0].variance_standard_error));
  EXPECT_TRUE(agrees("<v²>/d", 3, run.results[1].mean, 0.75, run.results[1].standard_error));
  EXPECT_FALSE(agrees("twin: T", 3, run.results[1].mean, 1, run.results[1].standard_error));
}

/// exp(-(w - 1/2)²/2 - 3|w|): a kink at 0 that a Metropolis test gets right at any step. Mean and variance by
/// quadrature.
TEST(RightValues, MalaOnAKink) {
  const Simulation run = simulate(
      "[model]\nname = \"linear\"\ncoordinates = 1\nl1 = 3.0\nloss = { target = 0.5, stiffness = 1.0 "
      "}\n[dynamics]\nname = \"mala\"\ntemperature = 1.0\n"
      "step = 0.1\n[ensemble]\nparticles = 40000\nburn_in = 500\nsteps = 100\nevery = 50\nseed = 2\nshared_start = "
      "false\n"
      "[observe]\nhistogram = [{ of = \"w1\", range = [-5.0, 5.0] }]\n[compare]\nlaws = []\n");
  const ObservableResult& w = run.results[0];
  EXPECT_TRUE(agrees("mean", 2, w.mean, 0.076227, w.standard_error));
  EXPECT_TRUE(agrees("variance", 2, w.variance, 0.155980, w.variance_standard_error));
  EXPECT_FALSE(agrees("twin: mean without the kink's pull", 2, w.mean, 0.5, w.standard_error));
}

/// dw = (1 - w) dt + σ w dW: inverse gamma of shape 1 + 2/σ² and scale 2/σ², P(w <= x) = Q(shape, scale/x). The step
/// leaves a bias of order h = 0.0025 in the shares, a quarter of a standard error.
TEST(RightValues, GeometricNoiseGivesAnInverseGammaLaw) {
  const double quantiles[] = {0.318, 0.510, 0.748, 1.158, 2.446}, levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};
  const auto share_below = [](double sigma, double x) {
    return boost::math::gamma_q(1 + 2 / (sigma * sigma), 2 / (sigma * sigma) / x);
  };
  for (int i = 0; i < 5; ++i)
    EXPECT_NEAR(share_below(1, quantiles[i]), levels[i], 1e-3) << "the quantiles as they are known";
  const int particles = 20000;
  const Simulation run = simulate(
      "[model]\nname = \"linear\"\ncoordinates = 1\nloss = { target = 1.0, stiffness = 1.0 }\n[dynamics]\nname = "
      "\"geometric\"\nvolatility = 1.0\nstep = 0.0025\n"
      "[ensemble]\nparticles = 20000\nburn_in = 3200\nsteps = 100\nevery = 100\nseed = 5\nshared_start = false\ninit = "
      "{ mean = [1.0], scale = [0.1] }\n"
      "[observe]\nhistogram = [{ of = \"w1\", range = [0.0, 10.0] }]\n");
  bool twin = true;
  for (int i = 0; i < 5; ++i) {
    double below = 0;
    for (const float x : run.tally.last_float) below += x <= quantiles[i] ? 1.0 / particles : 0;
    const double error = std::sqrt(levels[i] * (1 - levels[i]) / particles);
    EXPECT_TRUE(agrees("share below the quantile", 5, below, share_below(1, quantiles[i]), error));
    twin = twin && agrees("twin: volatility 1.2", 5, below, share_below(1.2, quantiles[i]), error);
  }
  EXPECT_FALSE(twin);
}

}  // namespace
}  // namespace orbitwalk::test
