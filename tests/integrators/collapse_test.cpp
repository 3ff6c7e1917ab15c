// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The share of particles that have collapsed onto 0, against a chain that shares no code with the program: w = p q with
// one sample x = y = 1 and fresh label noise stays balanced, p <- p (1 - η (p² - 1 - σ ξ)). Both are binomial, so that
// their difference has a known error; bound 6 of them, a false alarm with probability 2e-9 a number.
#include <cmath>
#include <random>

#include "integrators/simulate.hpp"
#include "run/at_zero.hpp"

namespace orbitwalk::test {
namespace {

constexpr int particles = 4096, steps = 1000;
constexpr double rate = 0.02;
constexpr std::uint64_t seed = 4;

double share_of_program(double noise) {
  const std::string one = std::string(ORBITWALK_SOURCE_DIR) + "/tests/cli/collapse/one.csv";
  const Simulation run = simulate(
      "[model]\nname = \"hadamard\"\n[data]\nx = \"" + one + "\"\ny = \"" + one +
      "\"\n[dynamics]\nname = \"sgd\"\nstep = 0.02\nbatch = 1\n" +
      "label_noise = " + std::to_string(std::sqrt(noise / rate)) +
      "\n[ensemble]\nparticles = 4096\nburn_in = 500\nsteps = 500\nevery = 500\nseed = " + std::to_string(seed) +
      "\nprecision = \"double\"\ninit = { mean = [1.0], scale = [0.0] }\n[observe]\nhistogram = [{ of = \"w1\", range "
      "= [0.0, 6.0] }]\n");
  const auto zero = share_at_zero(run.experiment.problem, run.tally, 0);
  EXPECT_TRUE(zero && zero->particles == particles);
  return zero ? zero->share : -1;
}

double share_of_chain(double noise) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  const double sigma = std::sqrt(noise / rate);
  int inside = 0;
  for (int i = 0; i < particles; ++i) {
    double p = 1;
    for (int k = 0; k < steps; ++k) p *= 1 - rate * (p * p - 1 - sigma * normal(generator));
    inside += p * p <= 1e-6 ? 1 : 0;
  }
  return double(inside) / particles;
}

TEST(ShareAtZero, GrowsBeyondTheLimitAsInAnIndependentChain) {
  double before = -1;
  for (const double noise : {0.4, 1.6, 2.5, 4.0}) {
    const double found = share_of_program(noise), chain = share_of_chain(noise);
    const double pooled = std::max((found + chain) / 2, 1.0 / particles);
    const double error = std::sqrt(2 * pooled * (1 - pooled) / particles);
    EXPECT_TRUE(agrees("share below 1e-6 at ησ² = " + std::to_string(noise), seed, found, chain, error));
    EXPECT_GT(found, before);
    before = found;
    if (noise == 2.5) {
      EXPECT_FALSE(agrees("twin: ησ² = 2", seed, found, share_of_chain(2), error));
    }
  }
  EXPECT_GT(before, 0.9);
}

}  // namespace
}  // namespace orbitwalk::test
