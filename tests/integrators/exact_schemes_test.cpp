// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Schemes whose stationary law is known exactly at any step: MALA for every loss, BAOAB for a quadratic one.
#include <gtest/gtest.h>

#include <cmath>

#include "compare/distances.hpp"
#include "integrators/simulate.hpp"
#include "results/summary.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20261121;

std::string quadratic(const std::string& dynamics, double temperature = 0.8) {
  return "[model]\nname = \"radial\"\ndimension = 1\nloss = { stiffness = 2.0 }\n[dynamics]\n" + dynamics +
         "\ntemperature = " + std::to_string(temperature) +
         "\n[ensemble]\nparticles = 65536\nburn_in = 100\nsteps = 1600\nevery = 8\nseed = " + std::to_string(seed) +
         "\n[observe]\nhistogram = [{ of = \"theta1\", bins = 10, range = [-5.0, 5.0] }]\n";
}

TEST(Baoab, HasTheExactVarianceOfAQuadratic) {
  for (const char* variates : {"gaussian", "dyadic"}) {
    const std::string dynamics =
        std::string("name = \"underdamped\"\nstep = 0.5\nfriction = 1.5\nvariates = \"") + variates + "\"";
    const ObservableResult right = simulate(quadratic(dynamics)).results[0],
                           hot = simulate(quadratic(dynamics, 0.808)).results[0];
    EXPECT_TRUE(agrees(std::string("variance, ") + variates, seed, right.variance, 0.4, right.variance_standard_error));
    EXPECT_TRUE(agrees("mean", seed, right.mean, 0, right.standard_error));
    EXPECT_FALSE(
        agrees("variance, twin of 1 % more temperature", seed, hot.variance, 0.4, hot.variance_standard_error));
  }
}

TEST(Mala, HasTheExactLawAtALargeStep) {
  // Hadamard with weight decay: far from quadratic. Euler-Maruyama at the same step is the twin. The start is narrow
  // because a point far out, where the loss is steeper than quadratic, refuses every proposal of this length.
  const auto run = [](const std::string& name) {
    return simulate("[model]\nname = \"hadamard\"\nweight_decay = 1.0\n[dynamics]\nname = \"" + name +
                    "\"\nstep = 0.25\ntemperature = 0.49\n[ensemble]\ninit = { scale = 0.4 }\nparticles = "
                    "65536\nburn_in = 200\nsteps = 400\nevery = 20\nshared_start = false\nseed = " +
                    std::to_string(seed) +
                    "\n[observe]\nhistogram = [{ of = \"w1\", bins = 200, range = [-3.0, 4.0] }]\n"
                    "[compare]\nlaws = [\"isotropic\"]\n");
  };
  const Simulation mala = run("mala"), euler = run("langevin");
  const Law law = predict_laws(mala.experiment)[0];
  const double rate = double(mala.tally.counters.accepted) / double(mala.tally.counters.proposals);
  std::printf("  accept rate %.3f\n", rate);
  EXPECT_EQ(mala.tally.counters.proposals, 65536u * 600u);
  EXPECT_GT(rate, 0.5);
  EXPECT_LT(rate, 0.97) << "the step is too small to tell anything";
  EXPECT_TRUE(agrees("mean", seed, mala.results[0].mean, law.mean(), mala.results[0].standard_error));
  EXPECT_TRUE(
      agrees("variance", seed, mala.results[0].variance, law.variance(), mala.results[0].variance_standard_error));
  EXPECT_GT(compare(mala.results[0], law, 1e-3).p_value, 1e-6);
  EXPECT_FALSE(agrees("mean, twin without the Metropolis test", seed, euler.results[0].mean, law.mean(),
                      euler.results[0].standard_error));
  EXPECT_LT(compare(euler.results[0], law, 1e-3).p_value, 1e-9);
}

TEST(Mala, RefusesProposalsThatAreNotFinite) {
  const Simulation run = simulate(
      "[model]\nname = \"gram_product\"\n[dynamics]\nname = \"mala\"\nstep = 0.8\ntemperature = "
      "4.0\n[ensemble]\nparticles = 4096\n"
      "burn_in = 0\nsteps = 100\ninit = { scale = 3.0 }\nseed = 1\n");
  EXPECT_TRUE(run.tally.diverged.empty());
  EXPECT_LT(run.tally.counters.accepted, run.tally.counters.proposals / 2);
}

TEST(StratonovichNoise, HasTheExponentBetaOverAlpha) {
  // Radial d = 3: under Heun the law is r^{2β/α} exp(-L/α²); the Itô law r^{2β²/α²} is the twin.
  Simulation run = simulate(
      "[model]\nname = \"radial\"\nloss = { stiffness = 4.0, radius = 1.5 }\n[dynamics]\nscheme = \"heun\"\nnoise = { "
      "horizontal = 0.7, "
      "vertical = 0.35 }\nstep = 0.004\n[ensemble]\nparticles = 65536\nburn_in = 800\nsteps = 400\nevery = "
      "40\nshared_start = false\nseed = " +
      std::to_string(seed) +
      "\n[observe]\nhistogram = [{ of = \"r\", bins = 200, range = [0.0, 4.0] }]\n[compare]\nlaws = [\"projected\"]\n");
  const Law heun = predict_laws(run.experiment)[0];
  run.experiment.noise.stratonovich = false;
  const Law ito = predict_laws(run.experiment)[0];
  EXPECT_GT(std::abs(heun.mean() - ito.mean()), 0.02);
  EXPECT_TRUE(agrees("mean", seed, run.results[0].mean, heun.mean(), run.results[0].standard_error));
  EXPECT_FALSE(
      agrees("mean, twin of the Ito law", seed, run.results[0].mean, ito.mean(), run.results[0].standard_error));
}

}  // namespace
}  // namespace orbitwalk::test
