// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/diagnostics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/samples.hpp"
#include "orbitwalk/error.hpp"

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
  // 512 batches: the relative standard deviation is below sqrt(2 / (2·511)) = 4.4 % (the leading mode carries about 2/3
  // of the spread); the bound is 8 of them.
  const std::uint64_t seed = 99;
  const double single = effective_sample_size_from_batches(batches(512, 200, 1, seed));
  EXPECT_NEAR(single / (512 * 200), 1, 0.35) << "seed " << seed;
  const double copied = effective_sample_size_from_batches(batches(512, 200, 5, seed + 1));
  EXPECT_NEAR(copied / (512 * 200), 1, 0.35)
      << "seed " << seed + 1 << ": copies add nothing (twin: they count as " << 512 * 200 * 5 << " values)";
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

TEST(EffectiveSampleSize, BatchesCountWhereTheyContradict) {
  // 64 batches: the 99 % point of χ²_ν/ν at ν = 157.5 is 1.282.
  EXPECT_EQ(combined_effective_sample_size(1000, 900, 800, 64), 900);
  EXPECT_EQ(combined_effective_sample_size(1000, 900, 900 / 1.27, 64), 900);
  EXPECT_EQ(combined_effective_sample_size(1000, 900, 900 / 1.29, 64), 900 / 1.29);
  EXPECT_EQ(combined_effective_sample_size(1000, 900, 900 / 1.29, 8), 900) << "eight batches cannot tell";
  EXPECT_EQ(combined_effective_sample_size(1000, 900, 300, 8), 300);
  EXPECT_EQ(combined_effective_sample_size(1000, 1200, 2000, 64), 1000);
  EXPECT_EQ(combined_effective_sample_size(1000, 900, std::nan(""), 4), 900);
}

TEST(Drift, SignFlipsByHand) {
  // Eight batches of one edge that matters; only the sum of eight equal signs reaches the observed value: 1/128.
  std::vector<Histogram> first(8, test::empty_histogram(2, 0, 2)), second = first;
  for (std::size_t b = 0; b < 8; ++b) first[b].counts = {6, 4}, second[b].counts = {4, 6};
  EXPECT_EQ(drift_p_value(first, second), 1 / 128.0);
  // One batch the other way: its flip, and the observed pattern.
  std::swap(first[3], second[3]);
  EXPECT_EQ(drift_p_value(first, second), 9 / 128.0);
  std::swap(first[4], second[4]), std::swap(first[5], second[5]), std::swap(first[6], second[6]);
  EXPECT_EQ(drift_p_value(first, second), 1) << "four against four: every pattern reaches 0";
  EXPECT_TRUE(std::isnan(drift_p_value({first.begin(), first.begin() + 7}, {second.begin(), second.begin() + 7})));
  EXPECT_THROW(drift_p_value(first, {}), SpecError);
  second[2].edges[0] = -1;
  EXPECT_THROW(drift_p_value(first, second), SpecError);
}

TEST(NestedRhat, CriticalValueIsExceededAsOftenAsItSays) {
  const std::uint64_t seed = 17;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  const auto share = [&](double memory) {
    int above = 0;
    for (int run = 0; run < 2000; ++run) {
      std::vector<Superchain> superchains;
      for (int k = 0; k < 16; ++k) {
        const double start = memory * normal(generator);
        double mean = 0, squares = 0;
        for (int m = 0; m < 32; ++m) {
          const double x = start + normal(generator);
          mean += x / 32, squares += x * x;
        }
        superchains.push_back({32, mean, (squares - 32 * mean * mean) / 31, 0});
      }
      above += nested_rhat(superchains) > nested_rhat_critical(superchains, stationarity_level);
    }
    return above;
  };
  // Expected 20, or a little more as W is estimated; 4.5 standard deviations.
  EXPECT_LT(share(0), 20 + 4.5 * std::sqrt(20.0)) << "seed " << seed;
  EXPECT_GT(share(0.2), 400) << "twin: chains that remember a fifth of a standard deviation";
  EXPECT_TRUE(std::isnan(nested_rhat_critical({{5, 0, 1, 0}}, 0.01)));
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
  // K superchains of M single draws: B ≈ 1/M, W ≈ 1, R-hat ≈ sqrt(1 + 1/M). Relative deviation of B: sqrt(2/(K-1)) =
  // 4.5 %.
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
