// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Projected noise: the horizontal intensity acts across the orbits, the vertical one along them, and nowhere else.
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"
#include "kernels/noise/list.hpp"
#include "models/catalog.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260121;

// ---- w = p q without loss worth mentioning: exact expectations of one step
// --------------------------------------------
//
// With noise α across and β along the orbit, one step of length h from (p, q) adds sqrt(2h)(α a n + β b t), n = (q,
// p)/ρ, t = (p, -q)/ρ, a and b independent of variance 1. Of Q = p² - q² and ρ² = p² + q²: E ΔQ = 2h [α² (q² - p²) + β²
// (p² - q²)]/ρ² = -2h (α² - β²) Q/ρ² exactly (∇L adds terms of the stiffness, taken tiny), which for β = 0 and α² = T
// is dQ = -2TQ/ρ² dt.
struct Step {
  double mean, error;
};
Step balance_after(double alpha, double beta, int steps, double h, double p, double q,
                   const char* observable = "balance1") {
  const double width = 40;
  const Simulation run =
      simulate("[model]\nname = \"hadamard\"\nloss = { stiffness = 1e-12 }\n[dynamics]\nnoise = { horizontal = " +
               std::to_string(alpha) + ", vertical = " + std::to_string(beta) + " }\nstep = " + std::to_string(h) +
               "\n[ensemble]\nparticles = 262144\nburn_in = 0\nsteps = " + std::to_string(steps) +
               "\nevery = " + std::to_string(steps) + "\nseed = " + std::to_string(seed) +
               "\nprecision = \"double\"\nshared_start = false\n" + "init = { mean = [" + std::to_string(p) + ", " +
               std::to_string(q) + "], scale = 0.0 }\n" + "[observe]\nhistogram = [{ of = \"" + observable +
               "\", range = [" + std::to_string(-width) + ", " + std::to_string(width) + "] }]\n");
  return {run.results[0].mean, run.results[0].standard_error};
}

TEST(ProjectedNoise, OneStepMovesTheBalanceByTheItoTerm) {
  const double p = 1.3, q = 0.4, h = 0.01, balance = p * p - q * q, square = p * p + q * q;
  const struct { double alpha, beta; } noises[] = {{0.8, 0.0}, {0.8, 0.4}, {0.5, 1.1}};
  for (const auto& [alpha, beta] : noises) {
    const Step step = balance_after(alpha, beta, 1, h, p, q);
    const double drift = -2 * h * (alpha * alpha - beta * beta) * balance / square;
    EXPECT_TRUE(agrees("E dQ of one step", seed, step.mean - balance, drift, step.error));
    EXPECT_FALSE(agrees("E dQ of one step, twin without correction", seed, step.mean - balance, 0, step.error));
    EXPECT_FALSE(
        agrees("E dQ of one step, twin with alpha and beta exchanged", seed, step.mean - balance, -drift, step.error));
  }
}

TEST(ProjectedNoise, BalanceDecaysWithoutVerticalNoise) {
  // dQ = -2TQ/ρ² dt has no noise: over a short time the mean follows it within O(t), and its spread is O(sqrt(h t)).
  const double p = 2.0, q = 0.5, alpha = 0.5, h = 2e-4, balance = p * p - q * q, square = p * p + q * q;
  const int steps = 400;
  const Step decayed = balance_after(alpha, 0, steps, h, p, q);
  const double drift = -2 * alpha * alpha * balance / square * h * steps;
  std::printf("  seed %llu, drift of Q over time %.3g: %.5f, theory %.5f (bound 3 %%)\n", (unsigned long long)seed,
              h * steps, decayed.mean - balance, drift);
  EXPECT_NEAR(decayed.mean - balance, drift, 0.03 * std::abs(drift));
  const double spread = decayed.error * std::sqrt(262144.0 - 1);
  const double isotropic_spread =
      balance_after(alpha, alpha * 0.999999, steps, h, p, q).error * std::sqrt(262144.0 - 1);
  EXPECT_LT(spread, 0.05 * isotropic_spread) << "Q is noisy although there is no vertical noise";
}

TEST(ProjectedNoise, HorizontalNoiseAloneMovesThePredictor) {
  // Vertical noise moves w = pq at second order only: E Δw = 2h (α² - β²) pq/ρ², Var Δw = 2h α² ρ² + O(h²).
  const double p = 1.3, q = 0.4, h = 1e-4, square = p * p + q * q;
  const double n = 262143, scale = 2 * h * 0.8 * 0.8 * square;
  const Step none = balance_after(0.8, 0.0, 1, h, p, q, "w1"), much = balance_after(0.8, 1.6, 1, h, p, q, "w1");
  for (const Step& step : {none, much}) {
    const double variance = step.error * step.error * n;
    EXPECT_TRUE(agrees("Var dw of one step", seed, variance, scale, scale * std::sqrt(2 / n)));
    EXPECT_FALSE(
        agrees("Var dw of one step, twin of 2 % more noise", seed, variance, 1.04 * scale, scale * std::sqrt(2 / n)));
  }
}

/// Where α = β the projection has nothing to do, but is done: same law, and nearly the same path, as isotropic noise.
TEST(ProjectedNoise, EqualIntensitiesAreIsotropic) {
  for (const auto& name : model_names()) {
    const auto spec = [&](const std::string& noise) {
      return "[model]\nname = \"" + name + "\"\n[dynamics]\nstep = 1e-3\n" + noise +
             "\n[ensemble]\nparticles = 512\nburn_in = 0\nsteps = 200\nevery = 200\nseed = 5\nprecision = \"double\"\n";
    };
    const Simulation isotropic = simulate(spec("temperature = 0.25"));
    if (isotropic.experiment.problem.model.generators == 0) continue;
    const Simulation projected = simulate(spec("noise = { horizontal = 0.5, vertical = 0.500000000001 }"));
    ASSERT_EQ(projected.experiment.problem.plan.noise, noise_id<ProjectedNoise>);
    ASSERT_EQ(isotropic.experiment.problem.plan.noise, noise_id<IsotropicNoise>);
    const Simulation other = simulate(spec("noise = { horizontal = 0.5, vertical = 0.45 }"));
    double worst = 0, twin = 0;
    for (std::size_t i = 0; i < isotropic.tally.last_double.size(); ++i) {
      if (!std::isfinite(isotropic.tally.last_double[i])) continue;
      const double scale = 1 + std::abs(isotropic.tally.last_double[i]);
      worst = std::max(worst, std::abs(isotropic.tally.last_double[i] - projected.tally.last_double[i]) / scale);
      twin = std::max(twin, std::abs(isotropic.tally.last_double[i] - other.tally.last_double[i]) / scale);
    }
    std::printf("  %s: paths differ by %.2g, those of another vertical noise by %.2g\n", name.c_str(), worst, twin);
    EXPECT_LT(worst, 1e-7) << name;
    // The negative control: its observables never feel where on the orbit a particle is.
    if (name == "softmax_shift") EXPECT_LT(twin, 1e-12);
    else EXPECT_GT(twin, 1e-5) << name;
  }
}

}  // namespace
}  // namespace orbitwalk::test
