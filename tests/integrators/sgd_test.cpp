// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/integrators/heavy_ball.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "integrators/simulate.hpp"
#include "models/catalog.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260122;

/// Index b of step k of a particle.
std::uint32_t index_of(std::uint64_t particle, std::uint64_t step, int b, std::uint32_t samples) {
  SampleDraw<double> draw(noise_id<MinibatchNoise>, seed, same_id<double>(particle), step, samples, b + 1, 0);
  std::uint32_t index = 0;
  for (int i = 0; i <= b; ++i) index = draw.index(i);
  return index;
}

/// (chi-square - degrees) / sqrt(2 degrees) of counts that should be equal.
double uniformity(const std::vector<double>& counts) {
  double total = 0, chi = 0;
  for (double c : counts) total += c;
  const double expected = total / double(counts.size()), degrees = double(counts.size()) - 1;
  for (double c : counts) chi += (c - expected) * (c - expected) / expected;
  return (chi - degrees) / std::sqrt(2 * degrees);
}

// The standardised chi-square is nearly normal with 36 or more degrees of freedom; its right tail beyond 10 is below
// 1e-9.
constexpr double bound = 10;

TEST(Minibatch, IndicesAreUniformAndIndependent) {
  const std::uint32_t samples = 37;
  std::vector<double> single(samples), pairs(samples * samples), in_time(samples * samples),
      in_batch(samples * samples), biased(samples);
  for (std::uint64_t particle = 0; particle < 400; ++particle) {
    for (std::uint64_t step = 1; step <= 100; ++step) {
      for (int b = 0; b < 6; ++b) {
        const std::uint32_t i = index_of(particle, step, b, samples);
        ASSERT_LT(i, samples);
        ++single[i];
        ++biased[i == 7 && step % 8 == 0 ? 8 : i];
        ++pairs[i * samples + index_of(particle + 1, step, b, samples)];
        ++in_time[i * samples + index_of(particle, step + 1, b, samples)];
        if (b > 0) ++in_batch[i * samples + index_of(particle, step, b - 1, samples)];
      }
    }
  }
  const auto check = [&](const char* what, const std::vector<double>& counts) {
    const double z = uniformity(counts);
    std::printf("  seed %llu, %s: chi-square %.2f standard deviations above its mean (bound %.0f)\n",
                (unsigned long long)seed, what, z, bound);
    return z < bound;
  };
  EXPECT_TRUE(check("indices", single));
  EXPECT_TRUE(check("neighbouring particles", pairs));
  EXPECT_TRUE(check("consecutive steps", in_time));
  EXPECT_TRUE(check("within a batch", in_batch));
  EXPECT_FALSE(check("twin, 1 in 8 of an index moved", biased));
  std::vector<double> same(samples * samples);
  for (std::uint32_t i = 0; i < samples; ++i) same[i * samples + i] = single[i];
  EXPECT_FALSE(check("twin, particles share their batches", same));
}

// ---- Linear regression through w = p∘q
// ---------------------------------------------------------------------------------

/// SGD on y = 1.7 x1 + 0.9 x2 + noise.
Simulation regression(double learning_rate, int steps, int batch) {
  return simulate(
      "[model]\nname = \"hadamard\"\ncoordinates = 2\n[data]\nteacher = { samples = 64, noise = 0.5, seed = 3, weights "
      "= [1.7, 0.9] }\n"
      "[dynamics]\nname = \"sgd\"\nbatch = " +
      std::to_string(batch) + "\nstep = " + std::to_string(learning_rate) +
      "\n[ensemble]\nparticles = 4096\nburn_in = " + std::to_string(steps) + "\nsteps = 200\nevery = 50\nseed = " +
      std::to_string(seed) + "\nprecision = \"double\"\ninit = { mean = [1.0, 1.0, 1.0, 1.0], scale = 0.1 }\n" +
      "[observe]\nhistogram = [{ of = \"w1\", range = [-5.0, 5.0] }, { of = \"w2\", range = [-5.0, 5.0] }]\n");
}

TEST(Sgd, MeanConvergesToTheLeastSquaresSolution) {
  const ModelDescription& model = regression(1e-3, 1, 1).experiment.problem.model;
  // H and b of 1/2 w'Hw - b'w, from the data the model stored (kernels/models/hadamard.hpp).
  const auto &x = model.parameters.array("x"), &y = model.parameters.array("y");
  const std::size_t n = model.samples;
  double h11 = 0, h12 = 0, h22 = 0, b1 = 0, b2 = 0;
  for (std::size_t i = 0; i < n; ++i) {
    h11 += x[i] * x[i], h12 += x[i] * x[n + i], h22 += x[n + i] * x[n + i];
    b1 += x[i] * y[i], b2 += x[n + i] * y[i];
  }
  const double det = h11 * h22 - h12 * h12, exact[2] = {(h22 * b1 - h12 * b2) / det, (h11 * b2 - h12 * b1) / det};
  // The bias of the mean is O(learning rate): it halves with it, and the extrapolated mean is exact to second order.
  const Simulation coarse = regression(0.02, 1000, 4), fine = regression(0.01, 2000, 4);
  for (int i = 0; i < 2; ++i) {
    const ObservableResult &a = coarse.results[i], &b = fine.results[i];
    const double extrapolated = 2 * b.mean - a.mean,
                 error = std::sqrt(4 * b.standard_error * b.standard_error + a.standard_error * a.standard_error);
    EXPECT_TRUE(
        agrees("w" + std::to_string(i + 1) + ", extrapolated to step 0", seed, extrapolated, exact[i], error + 2e-4));
    EXPECT_FALSE(agrees("w" + std::to_string(i + 1) + ", twin: the teacher's weight", seed, extrapolated,
                        i == 0 ? 1.7 : 0.9, error + 2e-4));
    EXPECT_LT(std::abs(b.mean - exact[i]), 0.02);
    EXPECT_GT(b.variance, 1e-5) << "minibatches make no noise";
    EXPECT_NEAR(a.variance / b.variance, 2, 0.3) << "the variance is proportional to the learning rate";
  }
}

TEST(Sgd, VarianceFallsWithTheBatch) {
  const Simulation small = regression(0.01, 1500, 2), large = regression(0.01, 1500, 8);
  EXPECT_NEAR(small.results[0].variance / large.results[0].variance, 4, 0.6);
}

}  // namespace
}  // namespace orbitwalk::test
