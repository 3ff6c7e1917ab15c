// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numbers>
#include <random>

#include "random/statistics.hpp"

namespace orbitwalk::test {
namespace {

constexpr long many = 200'000'000;  // float; a variance wrong by 0.1 % stands out by 10 standard errors
constexpr long fewer = 50'000'000;  // double

double largest(const std::array<double, 6>& z) {
  double result = 0;
  for (double value : z) result = std::max(result, std::abs(value));
  return result;
}

TEST(Gaussian, MomentsOneToSix) {
  EXPECT_LT(largest(moment_z<float>(2024, many)), z_bound);
  EXPECT_LT(largest(moment_z<double>(2025, fewer)), z_bound);
}

TEST(Gaussian, MomentsSeeAVarianceWrongByAThousandthAndAShift) {
  EXPECT_GT(std::abs(moment_z<float>(2024, many, {std::sqrt(1.001), 0})[1]), z_bound);
  EXPECT_GT(std::abs(moment_z<float>(2024, many, {std::sqrt(0.999), 0})[1]), z_bound);
  EXPECT_GT(std::abs(moment_z<float>(2024, many, {1, 0.001})[0]), z_bound);
}

TEST(Gaussian, DistributionOfManyFloats) { EXPECT_LT(histogram_ks<float>(31, many), ks_bound); }

TEST(Gaussian, DistributionSeesAShiftAndAWrongVariance) {
  EXPECT_GT(histogram_ks<float>(31, many, {1, 0.001}), ks_bound);
  EXPECT_GT(histogram_ks<float>(31, many, {std::sqrt(1.005), 0}), ks_bound);
}

TEST(Gaussian, SortedDistribution) {
  EXPECT_LT(sorted_ks<float>(41, 1'000'000), ks_bound);
  EXPECT_LT(sorted_ks<double>(42, 1'000'000), ks_bound);
  EXPECT_GT(sorted_ks<double>(42, 1'000'000, {1, 0.02}), ks_bound);
}

/// Correlations between everything that shares a part of the address; leak > 0 mixes the neighbouring lane in.
template <class R>
double largest_correlation(std::uint64_t seed, double leak) {
  const int particles = 4096, steps = 600, count = variates_per_block<R>(Variates::gaussian);
  const RandomKernels<R>& kernels = random_kernels<R>(fastest_isa());
  const auto draw = [&](DrawAddress at) {
    std::vector<R> x(static_cast<std::size_t>(particles) * count);
    kernels.fill(Variates::gaussian, at, particles, x.data());
    if (leak > 0) {
      for (int i = particles * count - 1; i > 0; --i) x[i] = R(std::sqrt(1 - leak * leak) * x[i] + leak * x[i - 1]);
    }
    return x;
  };
  std::array<PairStatistic, 8> lanes;
  std::vector<PairStatistic> within(count * count);
  PairStatistic step_lag, two_steps, blocks, purposes, seeds;
  std::vector<R> previous, before;
  for (std::uint64_t step = 0; step < static_cast<std::uint64_t>(steps); ++step) {
    const std::vector<R> x = draw({seed, 0, step, Purpose::diffusion, 0});
    const int n = particles * count;
    for (int j = 0; j < count; ++j) {
      for (int lag = 1; lag <= 8; ++lag)
        lanes[lag - 1].add(&x[j * particles], &x[j * particles + lag], particles - lag);
      for (int k = 0; k < j; ++k) within[j * count + k].add(&x[j * particles], &x[k * particles], particles);
    }
    if (step >= 1) step_lag.add(x.data(), previous.data(), n);
    if (step >= 2) two_steps.add(x.data(), before.data(), n);
    blocks.add(x.data(), draw({seed, 0, step, Purpose::diffusion, 1}).data(), n);
    purposes.add(x.data(), draw({seed, 0, step, Purpose::minibatch, 0}).data(), n);
    seeds.add(x.data(), draw({seed + 1, 0, step, Purpose::diffusion, 0}).data(), n);
    before = std::move(previous);
    previous = x;
  }
  std::cout << "seed " << seed << ", leak " << leak << "\n";
  double worst = 0;
  for (int lag = 1; lag <= 8; ++lag)
    worst = std::max(worst, lanes[lag - 1].z("particles " + std::to_string(lag) + " apart"));
  for (int j = 0; j < count; ++j) {
    for (int k = 0; k < j; ++k)
      worst = std::max(worst, within[j * count + k].z("normals " + std::to_string(k) + " and " + std::to_string(j)));
  }
  return std::max({worst, step_lag.z("next step"), two_steps.z("second next step"), blocks.z("blocks"),
                   purposes.z("purposes"), seeds.z("seeds")});
}

TEST(Gaussian, NoCorrelations) {
  EXPECT_LT(largest_correlation<float>(51, 0), z_bound);
  EXPECT_LT(largest_correlation<double>(52, 0), z_bound);
}

TEST(Gaussian, CorrelatedLanesAreSeen) { EXPECT_GT(largest_correlation<float>(51, 0.01), z_bound); }

/// Normals from chosen words against Box-Muller in long double.
template <class R>
double worst_error_against_box_muller() {
  const int n = 1 << 16, count = variates_per_block<R>(Variates::gaussian);
  std::mt19937 engine(61);
  std::vector<std::uint32_t> words(4 * n);
  for (int i = 0; i < 4 * n; ++i) {
    // A quarter of the particles sit within a few steps of the borders of the eighths, where a quadrant goes wrong
    // first.
    const std::uint32_t random = engine(), border = (random << 29) + (random >> 3) % 8 - 4;
    words[i] = (i / 4) % 4 == 0 && i % 2 == 1 ? border : random;
    if (sizeof(R) == 8 && (i / 4) % 4 == 0 && i % 4 == 3) words[i - 1] = random & 0x400 ? 0u : 0xffffffffu;
  }
  std::vector<R> found(static_cast<std::size_t>(n) * count);
  random_kernels<R>("Scalar").from_words(Variates::gaussian, words.data(), n, found.data());
  const long double pi = std::numbers::pi_v<long double>;
  double worst = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint32_t* w = &words[4 * i];
    for (int pair = 0; pair < count / 2; ++pair) {
      long double u, turns;
      if (sizeof(R) == 4) {
        u = static_cast<float>((long double)(static_cast<float>(w[2 * pair] >> 1)) * 0x1p-31L + 0x1p-32L);
        turns = (w[2 * pair + 1] + 0.5L) * 0x1p-32L;
      } else {
        u = ((w[0] | std::uint64_t(w[1] & 0xfffff) << 32) + 0.5L) * 0x1p-52L;
        turns = (((w[2] | std::uint64_t(w[3]) << 32) >> 10) + 0.5L) * 0x1p-54L;
      }
      const long double radius = std::sqrt(-2 * std::log(u));
      const long double exact[2] = {radius * std::cos(2 * pi * turns), radius * std::sin(2 * pi * turns)};
      for (int k = 0; k < 2; ++k) {
        const double error =
            static_cast<double>(std::abs(found[static_cast<std::size_t>(2 * pair + k) * n + i] - exact[k]) / radius);
        worst = std::max(worst, error / static_cast<double>(std::numeric_limits<R>::epsilon()));
      }
    }
  }
  std::cout << "  largest error / radius: " << worst << " epsilon\n";
  return worst;
}

TEST(Gaussian, IsBoxMullerOfTheDocumentedWords) {
  EXPECT_LT(worst_error_against_box_muller<float>(), 3);
  EXPECT_LT(worst_error_against_box_muller<double>(), 3);
}

TEST(Gaussian, ExactSymmetryAndLargestValue) {
  // Angle words w and ~w mirror each other: same cosine, opposite sine, to the bit.
  const int n = 4096;
  std::mt19937 engine(71);
  std::vector<std::uint32_t> words(4 * n), mirrored(4 * n);
  for (int i = 0; i < 4 * n; ++i) words[i] = engine(), mirrored[i] = i % 2 == 1 ? ~words[i] : words[i];
  std::vector<float> a(4 * n), b(4 * n);
  random_kernels<float>("Scalar").from_words(Variates::gaussian, words.data(), n, a.data());
  random_kernels<float>("Scalar").from_words(Variates::gaussian, mirrored.data(), n, b.data());
  for (int i = 0; i < n; ++i) {
    ASSERT_EQ(a[i], b[i]);
    ASSERT_EQ(a[n + i], -b[n + i]);
  }
  // Radius word 0 is the largest radius, all ones the smallest.
  std::vector<std::uint32_t> extreme(4 * particle_group, 0);
  std::vector<float> normals(4 * particle_group);
  random_kernels<float>("Scalar").from_words(Variates::gaussian, extreme.data(), particle_group, normals.data());
  std::vector<double> precise(2 * particle_group);
  random_kernels<double>("Scalar").from_words(Variates::gaussian, extreme.data(), particle_group, precise.data());
  std::cout << "  largest float " << normals[0] << ", largest double " << precise[0] << "\n";
  EXPECT_LE(normals[0], largest_normal<float>);
  EXPECT_GT(normals[0], 6.66f);
  EXPECT_LE(precise[0], largest_normal<double>);
  EXPECT_GT(precise[0], 8.57);
  for (int i = 0; i < 4 * particle_group; i += 2) extreme[i] = 0xffffffffu;
  random_kernels<float>("Scalar").from_words(Variates::gaussian, extreme.data(), particle_group, normals.data());
  EXPECT_EQ(normals[0], 0.0f);
}

}  // namespace
}  // namespace orbitwalk::test
