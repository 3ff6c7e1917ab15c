// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Moments and errors of small ensembles, over many seeds. A check of a mean over seeds is at 5 standard errors (6e-7).
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "../src/run/moments.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

constexpr double errors_allowed = 5;

/// A mean over seeds, with its error.
struct Average {
  double sum = 0, squares = 0;
  int count = 0;
  void add(double x) { sum += x, squares += x * x, ++count; }
  double mean() const { return sum / count; }
  double error() const { return std::sqrt((squares / count - mean() * mean()) / (count - 1)); }
  double distance(double from) const { return std::abs(mean() - from) / error(); }
};

/// Sums of one batch of particles whose values are start + own noise, each particle at `times` times with correlation
/// 1/2.
BlockSums batch_of(int particles, int times, double start, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  ObservedSpec spec;
  spec.center = 0.7;
  BlockSums sums;
  for (int i = 0; i < particles; ++i) {
    ParticleMoments moments;
    double x = normal(generator);
    for (int t = 0; t < times; ++t) {
      add(moments, spec, start + x);
      x = 0.5 * x + std::sqrt(0.75) * normal(generator);
    }
    sums = combine(sums, leaf(moments));
  }
  return sums;
}

TEST(Variance, HasNoBiasInSmallEnsemblesOfCorrelatedTimes) {
  const std::uint64_t seed = 404;
  std::mt19937_64 generator(seed);
  for (const int particles : {2, 3, 6}) {
    for (const int times : {1, 4}) {
      Average variance, twin;
      for (int run = 0; run < 40'000; ++run) {
        ObservableResult r;
        set_moments({batch_of(particles, times, 0, generator)}, false, times, 0.7, r);
        variance.add(r.variance);
        twin.add(r.variance - r.standard_error * r.standard_error);  // mean square about the sample's own mean
      }
      std::printf("  seed %d, %d particles, %d times: %.4f ± %.4f, twin %.4f; exact 1\n", int(seed), particles, times,
                  variance.mean(), variance.error(), twin.mean());
      EXPECT_LT(variance.distance(1), errors_allowed);
      EXPECT_GT(twin.distance(1), errors_allowed) << "the biased twin";
    }
  }
}

TEST(Variance, HasNoBiasWhereBatchesRememberTheirStart) {
  // Five batches with a common start of variance 1 each, and noise of variance 1: 2 in all.
  const std::uint64_t seed = 405;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  Average variance, twin;
  for (int run = 0; run < 20'000; ++run) {
    std::vector<BlockSums> batches;
    for (const int size : {4, 4, 4, 4, 2}) batches.push_back(batch_of(size, 3, normal(generator), generator));
    ObservableResult shared, apart;
    set_moments(batches, true, 3, 0.7, shared);
    set_moments(batches, false, 3, 0.7, apart);
    variance.add(shared.variance), twin.add(apart.variance);
  }
  std::printf("  seed %d: %.4f ± %.4f, twin as of independent particles %.4f; exact 2\n", int(seed), variance.mean(),
              variance.error(), twin.mean());
  EXPECT_LT(variance.distance(2), errors_allowed);
  EXPECT_GT(twin.distance(2), errors_allowed) << "the twin";
}

TEST(Errors, HoldWhereBatchesRememberTheirStart) {
  // 16 batches of 16 particles, half of whose variance is their start's: squared distances of the mean from the truth,
  // in standard errors.
  const std::uint64_t seed = 407;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  Average square, twin;
  for (int run = 0; run < 4000; ++run) {
    std::vector<BlockSums> batches;
    for (int b = 0; b < 16; ++b) batches.push_back(batch_of(16, 3, normal(generator), generator));
    ObservableResult shared, apart;
    set_moments(batches, true, 3, 0.7, shared);
    set_moments(batches, false, 3, 0.7, apart);
    square.add(std::pow(shared.mean / shared.standard_error, 2)),
        twin.add(std::pow(apart.mean / apart.standard_error, 2));
  }
  std::printf("  seed %d: %.2f ± %.2f, twin over particles %.2f; Student's t of 16: 1.15\n", int(seed), square.mean(),
              square.error(), twin.mean());
  EXPECT_LT(square.distance(15.0 / 13), errors_allowed);
  EXPECT_GT(twin.mean(), 4) << "errors over particles that share a start are too small";
}

TEST(Variance, OfWholeRunsHasNoBias) {
  // L = θ²/2 under Leimkuhler-Matthews: N(0, 1/2) at any step. Three particles that share a start, which is forgotten
  // after 24 steps.
  const std::uint64_t first_seed = 70'000;
  for (const int observations : {1, 4}) {
    const Problem problem = build_problem(Spec::from_string(
        "[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\nstep = 0.5\ntemperature = "
        "0.5\nscheme = \"leimkuhler_matthews\"\n"
        "[ensemble]\nparticles = 3\nburn_in = 24\nsteps = " +
            std::to_string(observations) +
            "\nevery = 1\nprecision = \"double\"\n[observe]\nhistogram = [{ of = \"w1\", range = [-3.0, 3.0] }]\n",
        "three"));
    Average variance, twin;
    for (std::uint64_t k = 0; k < 8000; ++k) {
      Problem seeded = problem;
      seeded.plan.seed = first_seed + k;
      const ObservableResult r = reduce(seeded, run_all(seeded)).at(0);
      variance.add(r.variance), twin.add(r.variance - r.standard_error * r.standard_error);
    }
    std::printf("  seeds from %d, %d observations: %.4f ± %.4f, twin %.4f; exact 0.5\n", int(first_seed), observations,
                variance.mean(), variance.error(), twin.mean());
    EXPECT_LT(variance.distance(0.5), errors_allowed);
    EXPECT_GT(twin.distance(0.5), errors_allowed) << "the biased twin";
  }
}

TEST(BatchError, HasNoBiasForUnequalBatches) {
  const std::uint64_t seed = 406;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  const std::vector<double> sizes = {8, 1, 4, 2, 6}, deviations = {1, 3, 0.5, 2, 1};
  double exact = 0;
  for (std::size_t b = 0; b < sizes.size(); ++b) exact += std::pow(sizes[b] / 21 * deviations[b], 2);
  Average estimate, twin;
  for (int run = 0; run < 100'000; ++run) {
    std::vector<double> means;
    double mean = 0, simple = 0;
    for (std::size_t b = 0; b < sizes.size(); ++b)
      means.push_back(5 + deviations[b] * normal(generator)), mean += sizes[b] / 21 * means[b];
    for (std::size_t b = 0; b < sizes.size(); ++b) simple += std::pow(sizes[b] / 21 * (means[b] - mean), 2) * 5 / 4;
    estimate.add(batch_error_squared(sizes, means)), twin.add(simple);
  }
  EXPECT_LT(estimate.distance(exact), errors_allowed) << estimate.mean() << " for " << exact << ", seed " << seed;
  EXPECT_GT(twin.distance(exact), errors_allowed) << "the twin, with B / (B - 1)";
  EXPECT_NEAR(batch_error_squared({3, 3, 3}, {1, 2, 6}), (4 + 1 + 9) / 6.0, 1e-15) << "equal batches: the textbook's";
  EXPECT_TRUE(std::isnan(batch_error_squared({3, 0}, {1, 2})));
}

TEST(Errors, AgreeWithTheEffectiveSampleSize) {
  // 16 batches whose starts (variance 1.96) are forgotten to 0.95^k after k steps.
  for (const char* burn_in : {"4", "400"}) {
    const Problem problem = build_problem(
        Spec::from_string("[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\nstep = "
                          "0.05\ntemperature = 0.5\n[ensemble]\nparticles = 4096\nburn_in = " +
                              std::string(burn_in) +
                              "\nsteps = 40\nevery = 4\nseed = 3\ninit = { mean = [0.0], scale = [1.4] "
                              "}\n[observe]\nhistogram = [{ of = \"w1\", bins = 40, range = [-4.0, 4.0] }]\n",
                          "errors"));
    const ObservableResult r = reduce(problem, run_all(problem)).at(0);
    EXPECT_NEAR(r.effective_sample_size_mean * r.standard_error * r.standard_error / r.variance, 1, 1e-12);
    EXPECT_NEAR(r.effective_sample_size / r.effective_sample_size_mean, 1, 1e-12);
    if (burn_in[1]) EXPECT_GT(r.effective_sample_size, 4000) << "the start is forgotten: every particle counts";
    else EXPECT_LT(r.effective_sample_size, 64) << "16 starts are all that there is";
  }
}

}  // namespace
}  // namespace orbitwalk::test
