// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The exponents of models/product_laws.hpp against brute force. Normal parameters θ ~ N(0, I) are the Gibbs law of
// weight decay λ = T = 1 alone, so that near a slice the law of z is z^e exp(-|θ|²/2): means and medians follow. Bounds of 6
// standard errors, 2e-9 a comparison.
#include "orbitwalk/models/product_laws.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <cstdio>

#include "models/cases.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260120;
const auto no_loss = [](double) { return 0.0; };

/// Mean of |z|^power under |z|^exponent exp(-decay(z)) on z > 0, by the midpoint rule in log z.
double mean_on_slice(double exponent, const std::function<double(double)>& decay, double power) {
  double above = 0, below = 0;
  for (double t = -60; t < 12; t += 1e-3) {
    const double z = std::exp(t), weight = std::exp((exponent + 1) * t - decay(z));
    above += weight * std::pow(z, power), below += weight;
  }
  return above / below;
}

TEST(ProductLaws, SlicesOfTwoNormsAreThoseOfNormalParametersNearThem) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  for (const auto& [m, n] : {std::pair{1, 2}, std::pair{1, 4}, std::pair{3, 3}}) {
    const Invariant invariant = norm_product_invariant(m, n, 1, no_loss);
    // Shells of a half-width of 0.02 about χ = 0; the bias is O(0.02²).
    double sum[2] = {}, squares[2] = {};
    int kept[2] = {};
    for (int i = 0; i < 1'500'000; ++i) {
      double a = 0, b = 0;
      for (int j = 0; j < m; ++j) a += std::pow(normal(generator), 2);
      for (int j = 0; j < n; ++j) b += std::pow(normal(generator), 2);
      const double s = std::sqrt(a * b), chi[2] = {(b - a) / 2, std::sqrt(b) - std::sqrt(a)};
      for (int g = 0; g < 2; ++g) {
        if (std::abs(chi[g]) < 0.02) sum[g] += s, squares[g] += s * s, ++kept[g];
      }
    }
    for (int g = 0; g < 2; ++g) {
      const std::string gauge = gauge_name(g == 0 ? Gauge::moment_map : Gauge::norm_difference);
      const double mean = sum[g] / kept[g], error = std::sqrt((squares[g] / kept[g] - mean * mean) / kept[g]);
      const double exponent = invariant.quotient.slices.at(gauge).single;
      const double expected = mean_on_slice(exponent, invariant.quotient.decay_on_slice, 1);
      const double twin = mean_on_slice(exponent + 0.25, invariant.quotient.decay_on_slice, 1);
      std::printf("  m %d, n %d, %s: seed %llu, mean %.4f, expected %.4f, standard error %.4f (bound 6)\n", m, n, gauge.c_str(),
                  (unsigned long long)seed, mean, expected, error);
      EXPECT_LT(std::abs(mean - expected), 6 * error);
      EXPECT_GT(std::abs(mean - twin), 6 * error) << "an exponent off by 1/4 goes unnoticed";
    }
  }
}

TEST(ProductLaws, SlicesOfScalarFactorsAreThoseOfNormalParametersNearThem) {
  // On the slice of the moment map |w|^{2/D-2} is not integrable at 0: the mean of w² under the weight w² is looked at, which
  // turns the exponent into 2/D.
  std::mt19937_64 generator(seed + 1);
  std::normal_distribution<double> normal;
  for (const int depth : {2, 3}) {
    const Invariant invariant = scalar_product_invariant(depth, 1, no_loss);
    const double width = depth == 2 ? 0.02 : 0.05;
    for (const Gauge gauge : {Gauge::moment_map, Gauge::norm_difference}) {
      double weights = 0, sum = 0, squares = 0, cross = 0, weights2 = 0;
      for (int i = 0; i < 2'000'000; ++i) {
        double u[3], w = 1;
        for (int a = 0; a < depth; ++a) u[a] = normal(generator), w *= u[a];
        bool near = true;
        for (int a = 0; a + 1 < depth; ++a) {
          const double chi = gauge == Gauge::moment_map ? (u[a] * u[a] - u[a + 1] * u[a + 1]) / 2 : std::abs(u[a]) - std::abs(u[a + 1]);
          near = near && std::abs(chi) < width;
        }
        if (!near) continue;
        const double weight = w * w, value = std::abs(w);
        weights += weight, sum += weight * value, squares += weight * weight * value * value;
        cross += weight * weight * value, weights2 += weight * weight;
      }
      const double mean = sum / weights;
      const double error = std::sqrt(squares - 2 * mean * cross + mean * mean * weights2) / weights;
      const double exponent = invariant.quotient.slices.at(gauge_name(gauge)).single;
      const double expected = mean_on_slice(exponent + 2, invariant.quotient.decay_on_slice, 1);
      const double twin = mean_on_slice(exponent + 2.25, invariant.quotient.decay_on_slice, 1);
      std::printf("  D %d, %s: seed %llu, mean %.4f, expected %.4f, standard error %.4f (bound 6)\n", depth, gauge_name(gauge).c_str(),
                  (unsigned long long)seed + 1, mean, expected, error);
      EXPECT_LT(std::abs(mean - expected), 6 * error);
      EXPECT_GT(std::abs(mean - twin), 6 * error) << "an exponent off by 1/4 goes unnoticed";
    }
  }
}

TEST(ProductLaws, BesselLawIsThatOfNormalParameters) {
  // E s² = m n for normal parameters, and E s = E|a| E|b|.
  const auto mean_norm = [](int n) { return std::sqrt(2.0) * std::tgamma(0.5 * (n + 1)) / std::tgamma(0.5 * n); };
  for (const auto& [m, n] : {std::pair{1, 1}, std::pair{1, 2}, std::pair{1, 5}, std::pair{3, 2}, std::pair{4, 4}}) {
    const Quotient q = norm_product_invariant(m, n, 1, no_loss).quotient;
    const auto mean = [&, power = q.bessel_power](double order, double of) {
      double above = 0, below = 0;
      for (double t = -60; t < 5; t += 1e-3) {
        const double s = std::exp(t), k = s > 600 ? 0 : boost::math::cyl_bessel_k(order, s);
        if (k == 0) continue;
        const double weight = std::exp((power + 1) * t) * k;
        above += weight * std::pow(s, of), below += weight;
      }
      return above / below;
    };
    EXPECT_NEAR(mean(q.bessel_order, 1), mean_norm(m) * mean_norm(n), 1e-6 * n * m);
    EXPECT_NEAR(mean(q.bessel_order, 2), m * n, 1e-6 * n * m);
    EXPECT_GT(std::abs(mean(q.bessel_order + 0.25, 2) - m * n), 1e-3) << "an order off by 1/4 goes unnoticed";
    EXPECT_EQ(q.level_set.has_value(), m == n);
  }
}

TEST(ProductLaws, TwoScalarFactorsAreTwoNormsOfOneDimension) {
  const Quotient w = scalar_product_invariant(2, 0.7, no_loss).quotient, s = norm_product_invariant(1, 1, 0.7, no_loss).quotient;
  for (const char* gauge : {"moment_map", "norm_difference"}) EXPECT_EQ(w.slices.at(gauge).single, s.slices.at(gauge).single);
  EXPECT_EQ(w.level_set->single, s.level_set->single);
  EXPECT_EQ(w.bessel_power, s.bessel_power);
  EXPECT_EQ(w.bessel_order, s.bessel_order);
  EXPECT_EQ(w.weight_decay, s.weight_decay);
  EXPECT_DOUBLE_EQ(w.decay_on_slice(1.7), s.decay_on_slice(1.7));
}

}  // namespace
}  // namespace orbitwalk::test
