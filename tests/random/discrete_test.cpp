// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "random/statistics.hpp"

// Dyadic and Rademacher variates: exact laws by enumeration, positions of the bits, frequencies.
namespace orbitwalk::test {
namespace {

template <class R>
std::vector<R> values_of(Variates kind, const std::array<std::uint32_t, 4>& words) {
  std::vector<std::uint32_t> all;
  for (int i = 0; i < particle_group; ++i) all.insert(all.end(), words.begin(), words.end());
  std::vector<R> out(static_cast<std::size_t>(particle_group) * variates_per_block<R>(kind)), result;
  random_kernels<R>("Scalar").from_words(kind, all.data(), particle_group, out.data());
  for (std::size_t i = 0; i < out.size(); i += particle_group) result.push_back(out[i]);
  return result;
}

template <class R>
void expect_dyadic_law(double tolerance) {
  double moments[7] = {};
  for (std::uint32_t pattern = 0; pattern < 16; ++pattern) {
    const double x = values_of<R>(Variates::dyadic, {pattern, 0, 0, 0})[0];
    for (int k = 0; k <= 6; ++k) moments[k] += std::pow(x, k) / 16;
  }
  const double normal[] = {1, 0, 1, 0, 3, 0};
  for (int k = 0; k <= 5; ++k) EXPECT_NEAR(moments[k], normal[k], tolerance) << "moment " << k;
  EXPECT_GT(std::abs(moments[6] - 15), 1) << "moment 6 of the normal law is not matched: " << moments[6];
}

TEST(Dyadic, MomentsOneToFiveAreThoseOfTheNormalLaw) {
  expect_dyadic_law<float>(8 * 0x1p-23);
  expect_dyadic_law<double>(8 * 0x1p-52);
}

template <class R>
void expect_positions() {
  std::mt19937 engine(81);
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::array<std::uint32_t, 4> words;
    for (auto& word : words) word = engine();
    const std::vector<R> dyadic = values_of<R>(Variates::dyadic, words),
                         signs = values_of<R>(Variates::rademacher, words);
    ASSERT_EQ(dyadic.size(), 32u);
    ASSERT_EQ(signs.size(), 128u);
    for (int j = 0; j < 32; ++j) {
      const std::uint32_t nibble = (words[j / 8] >> (4 * (j % 8))) & 15;
      const R magnitude = (nibble & 7) == 0 ? DyadicValues<R>::b : DyadicValues<R>::a;
      ASSERT_EQ(dyadic[j], (nibble & 8) != 0 ? -magnitude : magnitude) << "variate " << j;
    }
    for (int j = 0; j < 128; ++j)
      ASSERT_EQ(signs[j], (words[j / 32] >> (j % 32)) & 1 ? R(-1) : R(1)) << "variate " << j;
  }
}

TEST(Discrete, EveryVariateComesFromItsOwnBits) {
  expect_positions<float>();
  expect_positions<double>();
}

/// Chi-square of the four dyadic values against probability `outer` of the larger magnitude.
double dyadic_chi_square(std::uint64_t seed, long n, double outer) {
  std::map<float, long> counts;
  stream<float>(Variates::dyadic, seed, n, [&](const float* values, int count) {
    long local[4] = {};
    for (int i = 0; i < count; ++i) ++local[(values[i] < 0 ? 1 : 0) + (std::abs(values[i]) > 1 ? 2 : 0)];
    for (int k = 0; k < 4; ++k) counts[k] += local[k];
  });
  double result = 0;
  for (int k = 0; k < 4; ++k) {
    const double expected = n * (k >= 2 ? outer : 1 - outer) / 2;
    result += (counts[k] - expected) * (counts[k] - expected) / expected;
  }
  std::cout << "  seed " << seed << ", chi-square of 3 " << result << " (bound " << chi_square_3_bound << ")\n";
  return result;
}

TEST(Dyadic, Frequencies) {
  EXPECT_LT(dyadic_chi_square(91, 20'000'000, 0.125), chi_square_3_bound);
  EXPECT_GT(dyadic_chi_square(91, 20'000'000, 0.126), chi_square_3_bound);
}

/// Largest |z| over the means of the 128 bit positions, and of products of neighbouring ones.
double rademacher_z(std::uint64_t seed, double shift) {
  const int particles = 4096, steps = 250;
  std::vector<double> sums(128), products(128);
  std::vector<float> x(128 * particles);
  for (int step = 0; step < steps; ++step) {
    random_kernels<float>(fastest_isa())
        .fill(Variates::rademacher, {seed, 0, static_cast<std::uint64_t>(step), Purpose::diffusion, 0}, particles,
              x.data());
    for (int j = 0; j < 128; ++j) {
      for (int i = 0; i < particles; ++i) {
        sums[j] += x[j * particles + i] + shift;
        products[j] += x[j * particles + i] * x[(j + 1) % 128 * particles + i];
      }
    }
  }
  double worst = 0;
  for (int j = 0; j < 128; ++j) worst = std::max({worst, std::abs(sums[j]), std::abs(products[j])});
  worst /= std::sqrt(double(particles) * steps);
  // 256 statistics: a bound of 7 keeps the false-alarm rate at 256 * 2.6e-12 = 7e-10.
  std::cout << "  seed " << seed << ", largest z of 256 " << worst << " (bound 7)\n";
  return worst;
}

TEST(Rademacher, Frequencies) {
  EXPECT_LT(rademacher_z(95, 0), 7);
  EXPECT_GT(rademacher_z(95, 0.01), 7);
}

}  // namespace
}  // namespace orbitwalk::test
