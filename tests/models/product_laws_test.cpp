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
#include "orbitwalk/geometry/gauge.hpp"

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

/// Mean of |z| under the weight z², which takes the exponents away from the pole at 0, over random points near a slice.
class WeightedMean {
 public:
  void add(double z) {
    const double w = z * z;
    weight_ += w, sum_ += w * std::abs(z), ww_ += w * w, wwz_ += w * w * std::abs(z), wwzz_ += w * w * z * z;
  }
  double mean() const { return sum_ / weight_; }
  double error() const { return std::sqrt(wwzz_ - 2 * mean() * wwz_ + mean() * mean() * ww_) / weight_; }

 private:
  double weight_ = 0, sum_ = 0, ww_ = 0, wwz_ = 0, wwzz_ = 0;
};

void expect_slice(const std::string& title, const Invariant& invariant, const std::string& gauge, const WeightedMean& sample) {
  const double exponent = invariant.quotient.slices.at(gauge).single;
  const double expected = mean_on_slice(exponent + 2, invariant.quotient.decay_on_slice, 1);
  const double twin = mean_on_slice(exponent + 2.25, invariant.quotient.decay_on_slice, 1);
  std::printf("  %s, %s: seed %llu, mean %.4f, expected %.4f, standard error %.4f (bound 6)\n", title.c_str(), gauge.c_str(),
              (unsigned long long)seed, sample.mean(), expected, sample.error());
  EXPECT_LT(std::abs(sample.mean() - expected), 6 * sample.error());
  EXPECT_GT(std::abs(sample.mean() - twin), 6 * sample.error()) << "an exponent off by 1/4 goes unnoticed";
}

// Points are kept in shells about χ = 0 whose half-width leaves a bias O(width²) below the error.
TEST(ProductLaws, SlicesOfTwoNormsAreThoseOfNormalParametersNearThem) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  for (const auto& [m, n] : {std::pair{1, 2}, std::pair{1, 4}, std::pair{3, 3}}) {
    const Invariant invariant = norm_product_invariant(m, n, 1, no_loss);
    WeightedMean moment_map, norm_difference;
    for (int i = 0; i < 1'000'000; ++i) {
      double a = 0, b = 0;
      for (int j = 0; j < m; ++j) a += std::pow(normal(generator), 2);
      for (int j = 0; j < n; ++j) b += std::pow(normal(generator), 2);
      if (std::abs(b - a) < 0.06) moment_map.add(std::sqrt(a * b));
      if (std::abs(std::sqrt(b) - std::sqrt(a)) < 0.03) norm_difference.add(std::sqrt(a * b));
    }
    const std::string title = "m " + std::to_string(m) + ", n " + std::to_string(n);
    expect_slice(title, invariant, "moment_map", moment_map);
    expect_slice(title, invariant, "norm_difference", norm_difference);
  }
}

TEST(ProductLaws, SlicesOfScalarFactorsAreThoseOfNormalParametersNearThem) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  for (const int depth : {2, 3}) {
    const Invariant invariant = scalar_product_invariant(depth, 1, no_loss);
    const double width = depth == 2 ? 0.03 : 0.1;
    WeightedMean moment_map, norm_difference;
    for (int i = 0; i < 3'000'000; ++i) {
      double u[3], w = 1;
      bool on_moment_map = true, on_norm_difference = true;
      for (int a = 0; a < depth; ++a) {
        u[a] = normal(generator), w *= u[a];
        if (a == 0) continue;
        on_moment_map = on_moment_map && std::abs(u[a] * u[a] - u[a - 1] * u[a - 1]) < 2 * width;
        on_norm_difference = on_norm_difference && std::abs(std::abs(u[a]) - std::abs(u[a - 1])) < width;
      }
      if (on_moment_map) moment_map.add(w);
      if (on_norm_difference) norm_difference.add(w);
    }
    expect_slice("D " + std::to_string(depth), invariant, "moment_map", moment_map);
    expect_slice("D " + std::to_string(depth), invariant, "norm_difference", norm_difference);
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
    EXPECT_TRUE(std::isnan(scalar_product_invariant(3, 1, no_loss).quotient.bessel_power));
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
