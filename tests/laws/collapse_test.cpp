// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The law of SGD on products near and beyond the noise at which it collapses to 0, against closed forms and integrals
// that share no code with it.
#include <gtest/gtest.h>

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "laws/cumulative.hpp"
#include "laws/law.hpp"
#include "laws/lyapunov.hpp"
#include "laws/no_law.hpp"

namespace orbitwalk {
namespace {

/// Least squares in w = s^D on the balanced set, <x²> = 1, <xy> = cross, Var_i of x_i (x_i w - y_i) = spread (w - at)²
/// + floor.
struct Product {
  int factors = 2;
  double cross = 1, decay = 0, spread = 0, at = 0, floor = 0;
};

Invariant invariant(const Product& p) {
  Invariant w;
  Quotient& q = w.quotient;
  q.symmetry = Symmetry::rescaling;
  q.lower = p.factors > 1 ? 0 : -std::numeric_limits<double>::infinity();
  q.weight_decay = p.decay;
  q.loss = [=](double z) { return (0.5 * z - p.cross) * z + 0.5 * p.cross * p.cross + 0.2; };
  if (p.factors > 1)
    q.decay_on_slice = [=](double z) { return 0.5 * p.decay * p.factors * std::pow(std::abs(z), 2.0 / p.factors); };
  q.sampled = SampledSlope{[=](double z) { return p.spread * (z - p.at) * (z - p.at) + p.floor; }, 1,
                           [=](double z) { return p.factors * std::pow(std::abs(z), 2 - 2.0 / p.factors); }};
  return w;
}

/// Label noise of variance `noise`/η at learning rate η: Σ = spread + noise/η enters the law as ηΣ.
LawContext sgd(double noise, double rate = 0.1) {
  LawContext context(1, 1);
  context.sgd_noise = SgdNoise{rate, 1, std::sqrt(noise / rate)};
  return context;
}

Law law(const Product& p, double noise, std::optional<Window> window = {}) {
  return predict("sgd_diffusion", "w1", invariant(p), sgd(noise), window);
}

std::string refusal(const Product& p, double noise) {
  try {
    law(p, noise);
  } catch (const NoLaw& none) {
    return none.what();
  }
  return "";
}

TEST(Collapse, LawOfTwoFactorsIsAGammaLawUpToItsLimit) {
  // w^{g/s - 3/2} exp(-w/s), s = ησ², g = <xy> - λ: gamma law of shape g/s - 1/2 and scale s.
  for (const double s : {0.1, 0.4, 1.0, 1.6, 1.9, 1.99, 1.9999}) {
    for (const double decay : {0.0, 0.01 * (2 - s)}) {
      for (const double sign : {1.0, -1.0}) {
        const Law found = law({2, sign, decay}, s);
        const double shape = (1 - decay) / s - 0.5;
        double worst = 0;
        for (double exponent = -300; exponent < 2; exponent += 0.05) {
          const double x = std::pow(10.0, exponent), exact = boost::math::gamma_p(shape, x / s);
          worst = std::max(worst, std::abs((sign > 0 ? found.cdf(x) : 1 - found.cdf(-x)) - exact));
        }
        EXPECT_LT(worst, 1e-8) << "ησ² " << s << ", λ " << decay << ", side " << sign;
        EXPECT_NEAR(found.mean(), sign * shape * s, 1e-8);
        EXPECT_NEAR(found.variance(), shape * s * s, 1e-8);
        EXPECT_GT(std::abs(law({2, sign, decay}, 0.98 * s).cdf(found.quantile(0.5)) - 0.5), 1e-4)
            << "twin: 2 % less noise, ησ² " << s;
      }
    }
  }
}

TEST(Collapse, IsRefusedFromTheLimitOnWithTheConditionInNumbers) {
  for (const double s : {2.0, 2.5, 4.0, 1e6}) {
    const std::string text = refusal({}, s);
    EXPECT_NE(text.find("not normalisable: collapse to 0"), std::string::npos) << s << ": " << text;
    EXPECT_NE(text.find("2 g = 2 "), std::string::npos) << text;
  }
  EXPECT_NE(refusal({}, 2.5).find("<= -1: it needs η Σ(0)/B < 2 g, and here η Σ(0)/B = 2.5"), std::string::npos)
      << refusal({}, 2.5);
  EXPECT_EQ(refusal({}, 1.999999), "");
  // Minibatch noise at 0 counts: Σ(0) = spread at² + floor + σ² <x²>, here with η = 0.1.
  EXPECT_EQ(refusal({2, 1, 0, 10, 0.5, 12}, 0.5), "") << "η Σ(0) = 1.95";
  EXPECT_NE(refusal({2, 1, 0, 10, 0.5, 13}, 0.5), "") << "η Σ(0) = 2.05";
  // Weight decay takes from the slope, down to no slope at all.
  EXPECT_EQ(refusal({2, 1, 0.4}, 1.1), "");
  EXPECT_NE(refusal({2, 1, 0.5}, 1.1), "");
  EXPECT_NE(refusal({2, 1, 1.5}, 1e-6).find("does not lead away"), std::string::npos);
  EXPECT_NE(refusal({2, 0, 0}, 1e-6).find("does not lead away"), std::string::npos);
  // More factors: no noise is too much, any weight decay is.
  for (const int factors : {3, 4, 16}) {
    EXPECT_EQ(refusal({factors, 1, 0}, 1e4), "");
    EXPECT_NE(refusal({factors, 1, 1e-6}, 0.1).find("any weight decay"), std::string::npos);
    EXPECT_NE(refusal({factors, 0, 0}, 0.1), "");
  }
}

TEST(Collapse, LawOfMoreFactorsAgainstAnIntegralInTheRoot) {
  // With u = w^{1/D}, Σ constant: ∫ U'/(Σ z'²) dz = ∫ (u^D - 1) u^{1-D} du / Σ, p(u) ~ u^{-3(D-1)} u^{D-1} exp(-2/s ∫).
  for (const int factors : {3, 4, 7}) {
    for (const double s : {0.05, 1.0, 20.0}) {
      const double d = factors;
      const auto weight = [=](double u) {
        const double integral = u * u / 2 + std::pow(u, 2 - d) / (d - 2) - (0.5 + 1 / (d - 2));
        const double exponent = -2 / s * integral - 2 * (d - 1) * std::log(u);
        return exponent > -700 ? std::exp(exponent) : 0.0;
      };
      boost::math::quadrature::exp_sinh<double> half_line;
      boost::math::quadrature::tanh_sinh<double> interval;
      const double mass = half_line.integrate(weight), mean = half_line.integrate([&](double u) {
        return weight(u) > 0 ? std::pow(u, d) * weight(u) : 0.0;
      }) / mass;
      const Law found = law({factors, 1, 0}, s);
      for (const double u : {0.2, 0.5, 0.8, 1.0, 1.2}) {
        EXPECT_NEAR(found.cdf(std::pow(u, d)), interval.integrate(weight, 0.0, u) / mass, 1e-8)
            << "D " << factors << ", ησ² " << s << ", u " << u;
      }
      EXPECT_NEAR(found.mean(), mean, 1e-7 * mean);
    }
  }
}

TEST(Collapse, InsideAWindowThereIsALawAllTheSame) {
  for (const Product& p : {Product{2, 1, 0}, Product{2, 1, 1.5}, Product{3, 1, 0.3}}) {
    const Law found = law(p, 4, Window{0.05, 1.5});
    const double d = p.factors;
    const auto slope = [=](double z) {
      return (z - p.cross + p.decay * std::pow(z, 2 / d - 1)) / (d * std::pow(z, 2 - 2 / d));
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    const auto weight = [=](double z) {
      return std::exp(-0.5 * Quadrature::integrate(slope, 1.0, z, 5, 1e-13)) * std::pow(z, -3 + 3 / d);
    };
    const double mass = Quadrature::integrate(weight, 0.05, 1.5, 5, 1e-12);
    for (const double x : {0.06, 0.1, 0.3, 1.0, 1.4})
      EXPECT_NEAR(found.cdf(x), Quadrature::integrate(weight, 0.05, x, 5, 1e-12) / mass, 1e-8) << d << " " << x;
    EXPECT_EQ(found.cdf(0.05), 0);
    EXPECT_EQ(found.cdf(1.5), 1);
  }
  EXPECT_LT(law({2, 1, 0}, 4, Window{-1.5, -0.05}).quantile(0.5), 0);
}

TEST(Collapse, WhereTheSamplesAgreeTheLawEndsOrIsAPoint) {
  EXPECT_NE(refusal({2, 1, 0, 0.7, 1, 0}, 0).find("fits every sample"), std::string::npos);
  EXPECT_NE(refusal({2, 1, 0, 0, 0, 0}, 0).find("no noise"), std::string::npos);
  const Law above = law({2, 1, 0, 0.7, 0.5, 0}, 0), below = law({2, 1, 0, 0.7, 1.5, 0}, 0);
  EXPECT_EQ(above.cdf(0.5), 0);
  EXPECT_EQ(below.cdf(1.5), 1);
  EXPECT_GT(above.cdf(1), 0.2);
  EXPECT_LT(below.cdf(1), 0.8);
}

TEST(Collapse, VarianceOfALinearWeightIsInfiniteWhereTheNoiseOutgrowsTheDamping) {
  // Pearson's law: Var = η Σ(m) / (2h - η spread) while that is positive; the density goes as |w|^{-2 - 2h/(η spread)}.
  const auto free_weight = [](double rate) {
    return predict("sgd_diffusion", "w1", invariant({1, 1, 0, 0.7, 0.5, 0.3}), sgd(0, rate));
  };
  for (const double rate : {0.01, 1.0, 2.5}) {
    const Law found = free_weight(rate);
    const auto density = [&](double z) { return std::pow(z - 1, 2) * found.density(z); };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    double sum = 0;  // in pieces that double: the tail is long
    for (double a = 0.25 * std::sqrt(found.variance()), b = a; b < 1e5; b *= 2)
      sum += Quadrature::integrate(density, 1 + b, 1 + 2 * b, 3, 1e-10) +
             Quadrature::integrate(density, 1 - 2 * b, 1 - b, 3, 1e-10) +
             (b == a ? Quadrature::integrate(density, 1 - a, 1 + a, 3, 1e-10) : 0);
    const double exact = rate * 0.475 / (2 - 0.7 * rate);
    EXPECT_NEAR(found.variance(), exact, 1e-12 * exact);
    if (rate < 2) {  // beyond, the tail holds more than a table shows
      EXPECT_NEAR(sum, exact, 1e-4 * exact) << rate;
    }
    EXPECT_DOUBLE_EQ(found.mean(), 1);
  }
  EXPECT_TRUE(std::isinf(free_weight(2 / 0.7 + 1e-6).variance()));
  EXPECT_TRUE(std::isfinite(free_weight(2 / 0.7 - 1e-6).variance()));
}

TEST(StationaryMoments, AreRightUpToTheLearningRateAtWhichTheVarianceIsInfinite) {
  // One weight, x² = 0.2 or 1.8, B = 1: C = η² <r² x²> / (2η - η² <x⁴>), infinite from η = 2 / 1.64 on.
  SgdSetting setting;
  setting.x.resize(2, 1), setting.y.resize(2);
  setting.x << std::sqrt(0.2), std::sqrt(1.8);
  setting.y << 1, 1;
  const double least = (setting.x(0, 0) + setting.x(1, 0)) / 2;
  double noise = 0;
  for (int i = 0; i < 2; ++i) noise += std::pow((setting.x(i, 0) * least - 1) * setting.x(i, 0), 2) / 2;
  for (const double below : {0.5, 1e-2, 1e-4, 1e-6}) {
    const double rate = setting.learning_rate = 2 / 1.64 * (1 - below), exact = rate * noise / (2 - 1.64 * rate);
    const SgdMoments moments = stationary_moments(setting);
    EXPECT_NEAR(moments.covariance(0, 0), exact, 1e-8 * exact) << below;
    EXPECT_LT(moments.iterations, 200) << "the series itself would take 30/" << below;
  }
  setting.learning_rate = 2 / 1.64 * (1 + 1e-6);
  EXPECT_THROW(stationary_moments(setting), NoLaw);
  setting.learning_rate = 2.1;
  EXPECT_THROW(stationary_moments(setting), NoLaw) << "the mean diverges";
}

TEST(CumulativeIntegral, EndsWhereAnIntegrandCannotBeFollowed) {
  CumulativeIntegral smooth([](double t) { return std::cos(t); }, 0, 0.01);
  while (smooth.upper() < 50) smooth.extend(1, 50);
  while (smooth.lower() > -20) smooth.extend(-1, -20);
  for (const double t : {-20.0, -3.3, 0.0, 1e-9, 7.7, 50.0}) EXPECT_NEAR(smooth.value(t), std::sin(t), 1e-11) << t;
  // A pole that is not integrable, and noise without a scale: an error, not for ever.
  CumulativeIntegral pole([](double t) { return 1 / std::abs(t - 1); }, 0, 0.01);
  EXPECT_THROW(while (pole.upper() < 2) pole.extend(1, 2), NumericalError);
  CumulativeIntegral rough([](double t) { return std::fmod(t * 1e15, 1.0); }, 0.3, 0.01);
  EXPECT_THROW(while (rough.upper() < 1) rough.extend(1, 1), NumericalError);
}

}  // namespace
}  // namespace orbitwalk
