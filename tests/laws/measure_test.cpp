// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Laws with a measure beside the powers (Quotient::log_lebesgue), singular at the ends, and the Bessel marginals of two
// factors.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <cstdio>
#include <random>

#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using test::noise;

/// p_k of a softmax with target t: Beta(t/T, (1-t)/T).
Quotient softmax(double t) {
  Quotient q;
  q.lower = 0, q.upper = 1;
  q.log_lebesgue = [](double p) { return -std::log(p) - std::log1p(-p); };
  q.loss = [t](double p) { return -t * std::log(p) - (1 - t) * std::log1p(-p); };
  return q;
}

double distance(const Law& law, const boost::math::beta_distribution<double>& beta) {
  double worst = 0;
  for (int i = 1; i < 400; ++i) worst = std::max(worst, std::abs(law.cdf(i / 400.0) - cdf(beta, i / 400.0)));
  for (const double x : {1e-12, 1e-7, 1e-4, 1 - 1e-4, 1 - 1e-7})
    worst = std::max(worst, std::abs(law.cdf(x) - cdf(beta, x)));
  return worst;
}

TEST(LogLebesgue, SoftmaxProbabilitiesAreBeta) {
  for (const auto& [t, temperature] : {std::pair{0.3, 0.1}, {0.5, 1.0}, {0.3, 0.7}, {0.02, 0.2}, {0.2, 1.5}}) {
    const boost::math::beta_distribution<double> beta(t / temperature, (1 - t) / temperature);
    for (const char* name : {"isotropic", "projected"}) {
      const Law law =
          predict(name, "p", {softmax(t), Statistic::maximum}, noise(temperature, name[0] == 'i' ? 1 : 0.2));
      EXPECT_LT(distance(law, beta), 1e-7) << name << ' ' << t << ' ' << temperature;
      EXPECT_LT(law.quadrature_error, 1e-6);
      EXPECT_NEAR(law.mean(), t, 1e-7);
    }
    const Law without = predict("uncorrected", "p", {softmax(t), Statistic::maximum}, noise(temperature, 1));
    EXPECT_GT(distance(without, beta), 0.02) << "the law without the measure is no Beta law of these parameters";
  }
  // The smallest of three independent probabilities.
  Quotient three = softmax(0.3);
  three.coordinates = 3;
  const boost::math::beta_distribution<double> beta(0.6, 1.4);
  const Law least = predict("isotropic", "p", {three, Statistic::minimum}, noise(0.5, 1));
  for (const double x : {0.01, 0.1, 0.4}) EXPECT_NEAR(least.cdf(x), 1 - std::pow(1 - cdf(beta, x), 3), 1e-7);
  // (1-t)/T = 0.01: most of the mass is closer to 1 than a double can tell.
  EXPECT_THROW(predict("isotropic", "p", {softmax(0.98), Statistic::maximum}, noise(2, 1)), NumericalError);
}

TEST(LogLebesgue, CosineOnASphere) {
  // (1 - c²)^{(d-3)/2} dc: (1 + c)/2 is Beta((d-1)/2, (d-1)/2).
  for (const int d : {2, 3, 4, 12}) {
    Quotient q;
    q.lower = -1, q.upper = 1;
    q.log_lebesgue = [d](double c) { return 0.5 * (d - 3) * (std::log1p(c) + std::log1p(-c)); };
    q.loss = [](double) { return 0.0; };
    const Law law = predict("isotropic", "cosine", {q, Statistic::maximum}, noise(1, 1));
    const boost::math::beta_distribution<double> beta(0.5 * (d - 1), 0.5 * (d - 1)), twin(0.5 * d, 0.5 * d);
    double worst = 0, wrong = 0;
    for (double c = -0.999; c < 1; c += 0.01) {
      worst = std::max(worst, std::abs(law.cdf(c) - cdf(beta, (1 + c) / 2)));
      wrong = std::max(wrong, std::abs(law.cdf(c) - cdf(twin, (1 + c) / 2)));
    }
    EXPECT_LT(worst, 1e-7) << d;
    EXPECT_GT(wrong, 5e-3) << d;
  }
  Quotient steep;
  steep.lower = 0, steep.upper = 1;
  steep.log_lebesgue = [](double x) { return -std::log1p(-x); };
  steep.loss = [](double) { return 0.0; };
  EXPECT_THROW(predict("isotropic", "x", {steep, Statistic::maximum}, noise(1, 1)), SpecError);
}

TEST(Bessel, MarginalsOfTwoFactorsWithWeightDecay) {
  // s = |v||w| of Gaussian factors, reweighted by a loss: direct draws against the law. KS bound 3.3/√N.
  const std::uint64_t seed = 51;
  const double temperature = 0.3, decay = 0.4;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal(0, std::sqrt(temperature / decay));
  std::uniform_real_distribution<double> uniform;
  for (const auto& [m, n] : {std::pair{1, 1}, {2, 2}, {1, 3}, {1, 2}, {2, 5}, {12, 3}}) {
    Quotient q;
    q.symmetry = Symmetry::rescaling;
    q.lower = 0;
    q.weight_decay = decay;
    q.bessel_power = 0.5 * (m + n) - 1, q.bessel_order = 0.5 * std::abs(m - n);
    q.loss = [](double s) { return 0.2 * (s - 1.5) * (s - 1.5); };
    std::vector<double> sample;
    while (sample.size() < 40'000) {
      double v = 0, w = 0;
      for (int k = 0; k < m; ++k) v += std::pow(normal(generator), 2);
      for (int k = 0; k < n; ++k) w += std::pow(normal(generator), 2);
      const double s = std::sqrt(v * w);
      if (uniform(generator) < std::exp(-q.loss(s) / temperature)) sample.push_back(s);
    }
    std::sort(sample.begin(), sample.end());
    const auto ks = [&](const Law& law) {
      double d = 0;
      for (std::size_t i = 0; i < sample.size(); ++i)
        d = std::max(d, std::abs(law.cdf(sample[i]) - (i + 0.5) / sample.size()));
      return d;
    };
    const double d = ks(predict("isotropic", "s", {q, Statistic::maximum}, noise(temperature, 1)));
    Quotient wrong = q;
    wrong.bessel_power += 0.5;
    const double twin = ks(predict("isotropic", "s", {wrong, Statistic::maximum}, noise(temperature, 1)));
    std::printf("  m %d, n %d: seed %llu, KS %.4f, twin %.4f, bound %.4f\n", m, n, (unsigned long long)seed, d, twin,
                3.3 / 200);
    EXPECT_LT(d, 3.3 / 200);
    EXPECT_GT(twin, 3.3 / 200);
  }
}

TEST(Bessel, FollowsToTheEndsOfTheRange) {
  // Cold, wide and lopsided factors: Gaussian in √s about the mode far out, no overflow near 0.
  Quotient q;
  q.symmetry = Symmetry::rescaling;
  q.lower = 0;
  q.weight_decay = 1;
  q.bessel_power = 0.5 * (400 + 2) - 1, q.bessel_order = 199;
  q.loss = [](double) { return 0.0; };
  // E s² = E|v|² E|w|² = m n (T/λ)².
  const Law wide = predict("isotropic", "s", {q, Statistic::maximum}, noise(1, 1));
  EXPECT_NEAR((wide.variance() + wide.mean() * wide.mean()) / 800, 1, 1e-7);
  q.bessel_power = 0, q.bessel_order = 0;
  q.loss = [](double s) { return 500 * (s - 1) * (s - 1); };
  const Law cold = predict("isotropic", "s", {q, Statistic::maximum}, noise(1e-4, 1));  // λ s/T = 10⁴
  EXPECT_NEAR(cold.mean(), 1 - 1e-3 - 0.5 * 1e-7, 1e-8);  // U'/T = -λ/T - 1/2s at the mode
  q.bessel_power = std::nan("");
  EXPECT_THROW(predict("isotropic", "s", {q, Statistic::maximum}, noise(1, 1)), SpecError);
}

}  // namespace
}  // namespace orbitwalk
