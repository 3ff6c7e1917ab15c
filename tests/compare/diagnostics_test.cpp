// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/compare/diagnostics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/samples.hpp"
#include "orbitwalk/core/error.hpp"

namespace orbitwalk {
namespace {

/// `values` independent normals in each of `count` batches, each counted `copies` times.
std::vector<Histogram> batches(int count, int values, int copies, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<Histogram> result;
  for (int b = 0; b < count; ++b) {
    result.push_back(test::empty_histogram(100, -4, 4));
    for (int i = 0; i < values; ++i) {
      const double x = normal(generator);
      for (int c = 0; c < copies; ++c) test::add(result.back(), x);
    }
  }
  return result;
}

TEST(EffectiveSampleSize, CountsIndependentValues) {
  // 512 batches: the relative standard deviation is below sqrt(2 / (2·511)) = 4.4 % (the leading mode carries about 2/3 of
  // the spread); the bound is 8 of them.
  const std::uint64_t seed = 99;
  const double single = effective_sample_size_from_batches(batches(512, 200, 1, seed));
  EXPECT_NEAR(single / (512 * 200), 1, 0.35) << "seed " << seed;
  const double copied = effective_sample_size_from_batches(batches(512, 200, 5, seed + 1));
  EXPECT_NEAR(copied / (512 * 200), 1, 0.35) << "seed " << seed + 1 << ": copies add nothing (twin: they count as "
                                             << 512 * 200 * 5 << " values)";
  EXPECT_LT(copied, 0.5 * 512 * 200 * 5);
}

TEST(EffectiveSampleSize, SaysWhenItCannotKnow) {
  EXPECT_TRUE(std::isnan(effective_sample_size_from_batches(batches(7, 100, 1, 1))));
  EXPECT_TRUE(std::isnan(effective_sample_size_from_batches({})));
  std::vector<Histogram> constant(8, test::empty_histogram(4, 0, 1));
  EXPECT_TRUE(std::isnan(effective_sample_size_from_batches(constant)));
  for (Histogram& h : constant) h.counts[1] = 10;
  EXPECT_TRUE(std::isnan(effective_sample_size_from_batches(constant)));
  for (Histogram& h : constant) h.counts[2] = 10;
  EXPECT_EQ(effective_sample_size_from_batches(constant), 160);
  constant[3].edges[0] = -1;
  EXPECT_THROW(effective_sample_size_from_batches(constant), SpecError);
}

TEST(NestedRhat, ByHand) {
  // Means 0, 2, 4: B = 4; W = mean of (variance of chain means + within) = (1+3 + 2+2 + 0+4)/3 = 4: sqrt(2).
  EXPECT_NEAR(nested_rhat({{5, 0, 1, 3}, {5, 2, 2, 2}, {5, 4, 0, 4}}), std::sqrt(2.0), 1e-15);
  EXPECT_TRUE(std::isnan(nested_rhat({{5, 0, 1, 3}})));
  EXPECT_TRUE(std::isnan(nested_rhat({{5, 0, 0, 0}, {5, 0, 0, 0}})));
  // Sizes that differ by a block (particles are seldom a multiple of 64 blocks) change nothing.
  EXPECT_NEAR(nested_rhat({{5, 0, 1, 3}, {6, 2, 2, 2}, {5, 4, 0, 4}}), std::sqrt(2.0), 1e-15);
}

TEST(NestedRhat, StationaryChainsOfLengthOne) {
  // K superchains of M single draws: B ≈ 1/M, W ≈ 1, R-hat ≈ sqrt(1 + 1/M). Relative deviation of B: sqrt(2/(K-1)) = 4.5 %.
  const std::uint64_t seed = 5;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  const auto run = [&](double memory) {
    std::vector<Superchain> superchains;
    for (int k = 0; k < 1000; ++k) {
      const double start = memory * normal(generator);
      double mean = 0, squares = 0;
      for (int m = 0; m < 16; ++m) {
        const double x = start + std::sqrt(1 - memory * memory) * normal(generator);
        mean += x / 16, squares += x * x;
      }
      superchains.push_back({16, mean, (squares - 16 * mean * mean) / 15, 0});
    }
    return nested_rhat(superchains);
  };
  const double bound = 7 * 0.045 / 32;
  EXPECT_NEAR(run(0), std::sqrt(1 + 1 / 16.0), bound) << "seed " << seed;
  EXPECT_GT(run(0.5), std::sqrt(1 + 1 / 16.0) + bound) << "twin: chains that remember their start must show";
}

}  // namespace
}  // namespace orbitwalk
