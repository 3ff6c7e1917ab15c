// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "random/random_test.hpp"

// Bounds of the statistical tests of variates. Every statistic is standardised by its own exact variance:
//   z of a mean: |z| < 6 fails for good numbers with probability 2.0e-9;
//   Kolmogorov-Smirnov: D sqrt(n) < 3.2 with 2 exp(-2 3.2^2) = 2.6e-9;
//   chi-square with 3 degrees of freedom: < 45 with 9.2e-10.
// Seeds are fixed, so that a build either always passes or always fails; the rates say how surprised to be.
namespace orbitwalk::test {

inline constexpr double z_bound = 6.0, ks_bound = 3.2, chi_square_3_bound = 45.0;

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x * std::sqrt(0.5)); }

/// What a twin that must fail does to good numbers.
struct Distortion {
  double scale = 1, shift = 0;
};

/// Streams of variates of one kind: calls use(values, n) for consecutive steps until `total` have been given.
template <class R, class Use>
void stream(Variates kind, std::uint64_t seed, long total, Use use) {
  const int particles = 4096, count = variates_per_block<R>(kind) * particles;
  static const std::string isa = fastest_isa();
  std::vector<R> values(count);
  for (long done = 0, step = 0; done < total; done += count, ++step) {
    random_kernels<R>(isa).fill(kind, {seed, 0, static_cast<std::uint64_t>(step), Purpose::diffusion, 0}, particles,
                                values.data());
    use(values.data(), static_cast<int>(std::min<long>(count, total - done)));
  }
}

/// z of the moments 1 to 6 of n normals: the mean of x^k has variance (m_2k - m_k^2) / n with m_2k = (2k - 1)!!.
template <class R>
std::array<double, 6> moment_z(std::uint64_t seed, long n, Distortion distortion = {}) {
  std::array<double, 6> sums{};
  stream<R>(Variates::gaussian, seed, n, [&](const R* values, int count) {
    double s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0;
    for (int i = 0; i < count; ++i) {
      const double x = values[i] * distortion.scale + distortion.shift, x2 = x * x, x3 = x * x2;
      s1 += x, s2 += x2, s3 += x3, s4 += x2 * x2, s5 += x2 * x3, s6 += x3 * x3;
    }
    const double chunk[6] = {s1, s2, s3, s4, s5, s6};
    for (int k = 0; k < 6; ++k) sums[k] += chunk[k];
  });
  const double moments[13] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395};
  std::array<double, 6> z;
  for (int k = 1; k <= 6; ++k) {
    const double variance = (moments[2 * k] - moments[k] * moments[k]) / n;
    z[k - 1] = (sums[k - 1] / n - moments[k]) / std::sqrt(variance);
    std::cout << "  seed " << seed << ", moment " << k << ": " << sums[k - 1] / n << ", z = " << z[k - 1] << " (bound "
              << z_bound << ")\n";
  }
  return z;
}

/// sqrt(n) times the largest |empirical - normal CDF| over 4096 edges, 1/256 apart: a lower bound of the full
/// statistic.
template <class R>
double histogram_ks(std::uint64_t seed, long n, Distortion distortion = {}) {
  constexpr int bins = 4096;
  std::vector<long> counts(bins);
  const R scale = R(distortion.scale * 256), shift = R(distortion.shift * 256 + bins / 2);
  stream<R>(Variates::gaussian, seed, n, [&](const R* values, int count) {
    for (int i = 0; i < count; ++i) {
      const int bin = static_cast<int>(values[i] * scale + shift);  // towards zero, and so down: the sum is positive
      ++counts[std::clamp(bin, 0, bins - 1)];
    }
  });
  double worst = 0;
  long below = 0;
  for (int edge = 1; edge < bins; ++edge) {
    below += counts[edge - 1];
    worst = std::max(worst, std::abs(double(below) / n - normal_cdf((edge - bins / 2) / 256.0)));
  }
  std::cout << "  seed " << seed << ", " << n << " draws: D sqrt(n) = " << worst * std::sqrt(double(n)) << " (bound "
            << ks_bound << ")\n";
  return worst * std::sqrt(double(n));
}

/// The full Kolmogorov-Smirnov statistic, times sqrt(n), from sorted draws.
template <class R>
double sorted_ks(std::uint64_t seed, int n, Distortion distortion = {}) {
  std::vector<double> sorted;
  stream<R>(Variates::gaussian, seed, n, [&](const R* values, int count) {
    for (int i = 0; i < count; ++i) sorted.push_back(values[i] * distortion.scale + distortion.shift);
  });
  std::sort(sorted.begin(), sorted.end());
  double worst = 0;
  for (int i = 0; i < n; ++i) {
    const double cdf = normal_cdf(sorted[i]);
    worst = std::max({worst, cdf - double(i) / n, double(i + 1) / n - cdf});
  }
  std::cout << "  seed " << seed << ", " << n << " draws sorted: D sqrt(n) = " << worst * std::sqrt(double(n))
            << " (bound " << ks_bound << ")\n";
  return worst * std::sqrt(double(n));
}

/// z of the mean of x y and of (x^2 - 1)(y^2 - 1) / 2, both of variance 1 for independent normals.
struct PairStatistic {
  double product = 0, squares = 0;
  long n = 0;
  template <class R>
  void add(const R* x, const R* y, int count) {
    double p = 0, s = 0;
    for (int i = 0; i < count; ++i) {
      const double a = x[i], b = y[i];
      p += a * b;
      s += (a * a - 1) * (b * b - 1) * 0.5;
    }
    product += p, squares += s, n += count;
  }
  /// The larger of both |z|.
  double z(const std::string& name) const {
    const double a = product / std::sqrt(double(n)), b = squares / std::sqrt(double(n));
    std::cout << "  " << name << ": z = " << a << ", of squares " << b << " (bound " << z_bound << ")\n";
    return std::max(std::abs(a), std::abs(b));
  }
};

}  // namespace orbitwalk::test
