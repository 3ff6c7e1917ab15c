// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The length of scale-invariant parameters under projected noise (kernels/models/scale_invariant.hpp): noise across the
// orbits alone drives it, without making it random.
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260122;
constexpr double alpha2 = 0.49, decay = 1.0;
constexpr int d = 4;

Simulation walk(double vertical, double step) {
  return simulate(
      "[model]\nname = \"scale_invariant\"\ndimension = 4\nweight_decay = 1.0\nloss = { strength = 0.5 }\n"
      "[dynamics]\nstep = " +
      std::to_string(step) + "\nnoise = { horizontal = 0.7, vertical = " + std::to_string(vertical) +
      " }\n[ensemble]\nparticles = 16384\nburn_in = 1500\nsteps = 500\nevery = 250\nprecision = \"double\"\nseed = " +
      std::to_string(seed) + "\n[observe]\nhistogram = [{ of = \"r\", bins = 10, range = [0, 10] }]\n");
}

TEST(ScaleInvariant, LengthIsNotRandomUnderHorizontalNoise) {
  const double step = 4e-3;
  const Simulation run = walk(0, step);
  const ObservableResult& r = run.results[0];
  // r² -> α² (d-1)/λ; at a finite step its mean is larger by λ h/2 and its variance is of order h.
  const double exact = std::sqrt(alpha2 * (d - 1) / decay);
  std::printf("  seed %llu: r %.5f, exact %.5f, variance %.2g\n", (unsigned long long)seed, r.mean, exact, r.variance);
  EXPECT_NEAR(r.mean, exact, 0.5 * decay * step * exact);
  EXPECT_LT(r.variance, alpha2 * step);
  // Twin: isotropic noise gives r a variance of order α²/2λ.
  EXPECT_GT(walk(0.7, step).results[0].variance, 0.2 * alpha2);
}

TEST(ScaleInvariant, LengthUnderBothNoises) {
  // r^{(d-1) α²/β²} exp(-λ r²/2β²): with k = (d-1) α²/β², E r² = (k + 1) β²/λ = (α² (d-1) + β²)/λ and E r by Gamma
  // functions.
  const double beta2 = 0.35 * 0.35, k = (d - 1) * alpha2 / beta2;
  const Simulation run = walk(0.35, 2e-3);
  const ObservableResult& r = run.results[0];
  const double exact = std::sqrt(2 * beta2 / decay) * std::exp(std::lgamma(k / 2 + 1) - std::lgamma((k + 1) / 2));
  const double variance = (k + 1) * beta2 / decay - exact * exact;
  // The step's bias of the mean, λ h/4 of it, is allowed for.
  EXPECT_TRUE(agrees("mean of r", seed, r.mean, exact * (1 + 0.25 * decay * 2e-3), r.standard_error));
  EXPECT_TRUE(agrees("variance of r", seed, r.variance, variance, r.variance_standard_error));
  // Twin: the quotient law of an isometric group, r^{(d-1) - (1 - β²/α²)} exp(-λ r²/2α²).
  const double m = d - 1 - (1 - beta2 / alpha2);
  const double twin = std::sqrt(2 * alpha2 / decay) * std::exp(std::lgamma(m / 2 + 1) - std::lgamma((m + 1) / 2));
  EXPECT_FALSE(agrees("twin", seed, r.mean, twin, r.standard_error));
}

}  // namespace
}  // namespace orbitwalk::test
