// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The exponents of models/product_laws.hpp against brute force. Normal parameters θ ~ N(0, I) are the Gibbs law of
// weight decay λ = T = 1 alone, so that on a slice the law of z is z^e exp(-|θ|²/2), and without a slice the Bessel
// law.
#include "models/product_laws.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <vector>

#include "geometry/gauge_name.hpp"
#include "kernels/models/gauge.hpp"
#include "models/cases.hpp"

namespace orbitwalk::test {
namespace {

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

/// Gibbs law exp(-|θ|²/2) of factors x_a = |u_a|, u_a ∈ R^{n_a}, in the shell |χ_a| < ε of the gauge's constraints
/// between neighbours, integrated as it stands: sums of z² and z³, z = ∏ x_a, which the pole at z = 0 leaves alone.
/// Simpson's rule in each narrow interval; the bias is O(ε²).
struct Shell {
  Gauge gauge;
  std::vector<int> dimensions;
  double epsilon = 2e-3;
  double squares = 0, cubes = 0;

  void add(std::size_t a, double x, double weight, double z) {
    weight *= std::pow(x, dimensions[a] - 1) * std::exp(-x * x / 2), z *= x;
    if (a + 1 == dimensions.size()) {
      squares += weight * z * z, cubes += weight * z * z * z;
      return;
    }
    const bool moment_map = gauge == Gauge::moment_map;
    const double low = std::max(0.0, moment_map ? std::sqrt(std::max(0.0, x * x - 2 * epsilon)) : x - epsilon);
    const double high = moment_map ? std::sqrt(x * x + 2 * epsilon) : x + epsilon;
    const double simpson[] = {1, 4, 2, 4, 1};
    for (int i = 0; i < 5; ++i) add(a + 1, low + (high - low) * i / 4, weight * simpson[i] * (high - low), z);
  }
  double mean() {
    for (double x = 2.5e-3; x < 9; x += 5e-3) add(0, x, 1, 1);
    return cubes / squares;
  }
};

TEST(ProductLaws, SlicesAreLimitsOfShells) {
  const std::vector<std::vector<int>> factors = {{1, 2}, {1, 4}, {3, 3}, {1, 1}, {1, 1, 1}, {1, 1, 1, 1}};
  for (const auto& dimensions : factors) {
    const bool scalars = dimensions.size() > 2;
    const Invariant invariant = scalars ? scalar_product_invariant(int(dimensions.size()), 1, no_loss)
                                        : norm_product_invariant(dimensions[0], dimensions[1], 1, no_loss);
    for (const Gauge gauge : {Gauge::moment_map, Gauge::norm_difference}) {
      const double exponent = invariant.quotient.slices.at(gauge_name(gauge)).single,
                   mean = Shell{gauge, dimensions}.mean();
      const auto on_slice = [&](double e) { return mean_on_slice(e + 2, invariant.quotient.decay_on_slice, 1); };
      EXPECT_NEAR(mean, on_slice(exponent), 1e-4 * mean) << gauge_name(gauge) << ", factors " << dimensions.size();
      EXPECT_GT(std::abs(mean - on_slice(exponent + 0.01)), 1e-3 * mean) << "an exponent off by 1/100 goes unnoticed";
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
    EXPECT_TRUE(std::isnan(scalar_product_invariant(3, 1, no_loss).quotient.bessel_power));
  }
}

TEST(ProductLaws, TwoScalarFactorsAreTwoNormsOfOneDimension) {
  const Quotient w = scalar_product_invariant(2, 0.7, no_loss).quotient,
                 s = norm_product_invariant(1, 1, 0.7, no_loss).quotient;
  for (const char* gauge : {"moment_map", "norm_difference"})
    EXPECT_EQ(w.slices.at(gauge).single, s.slices.at(gauge).single);
  EXPECT_EQ(w.level_set->single, s.level_set->single);
  EXPECT_EQ(w.bessel_power, s.bessel_power);
  EXPECT_EQ(w.bessel_order, s.bessel_order);
  EXPECT_EQ(w.weight_decay, s.weight_decay);
  EXPECT_DOUBLE_EQ(w.decay_on_slice(1.7), s.decay_on_slice(1.7));
}

}  // namespace
}  // namespace orbitwalk::test
