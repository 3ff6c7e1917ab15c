// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/law.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <vector>

#include "laws/quotients.hpp"
#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using test::noise;

/// The message of the SpecError that `call` must throw.
template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const SpecError& error) {
    return error.what();
  }
  return "no error";
}

/// What every law must be: a distribution function that rises from 0 to 1, is the integral of its density, and inverts.
/// `depth` bounds the halvings of the check's own quadrature (a pole needs many).
void expect_is_a_law(const Law& law, unsigned depth = 8) {
  SCOPED_TRACE(law.name + " of " + law.formula);
  EXPECT_EQ(law.cdf(law.lower), 0);
  EXPECT_EQ(law.cdf(law.upper), 1);
  EXPECT_LT(law.quadrature_error, 2e-6);
  double before = 0;
  for (int i = 0; i <= 1000; ++i) {
    const double f = law.cdf(law.lower + (law.upper - law.lower) * i / 1000);
    EXPECT_GE(f, before - 1e-9);
    before = f;
  }
  double previous = law.lower;
  for (const double p : {1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999}) {
    const double x = law.quantile(p);
    EXPECT_NEAR(law.cdf(x), p, 1e-9);
    if (previous > law.lower) {
      const double mass = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
          [&](double z) { return law.density(z); }, previous, x, depth, 1e-9);
      EXPECT_NEAR(mass, law.cdf(x) - law.cdf(previous), 1e-6);
    }
    previous = x;
  }
}

TEST(Law, EveryLawOfEveryQuotientNormalises) {
  std::vector<Invariant> invariants{{test::radial(3, 4, 1.5), Statistic::maximum},
                                    {test::radial(1000, 4, 1.5), Statistic::maximum}};
  for (const Statistic s : {Statistic::minimum, Statistic::maximum, Statistic::sum}) {
    invariants.push_back({test::conjugation(2), s});
    invariants.push_back({test::conjugation(3, 2, 1), s});
    invariants.push_back({test::wishart(2, 2), s});
    invariants.push_back({test::wishart(4, 3), s});
  }
  int laws = 0;
  for (const Invariant& invariant : invariants)
    for (const double ratio : {0.0, 0.25, 1.0, 1.7})
      for (const LawInfo& info : law_registry()) {
        if (info.name == "gauge_slice" || info.name == "level_set" || info.name == "lyapunov" ||
            info.name == "sgd_diffusion")
          continue;
        expect_is_a_law(predict(info.name, "x", invariant, noise(0.49, ratio)));
        ++laws;
      }
  EXPECT_EQ(laws, 14 * 4 * 3);
}

TEST(Law, RadialMeans) {
  // theory.md, section 3, quotes 1.6586, 1.498 and 1.5455 from simulation. The exact means are moments of a normal law
  // N(μ = 1.5, σ² = 0.1225) cut at 0: E r^3 / E r^2 = (μ³ + 3μσ²)/(μ² + σ²) at β = α, cut 4.3σ away.
  const Invariant r{test::radial(3, 4, 1.5), Statistic::maximum};
  const auto mean = [&](double beta) { return predict("projected", "r", r, {0.7, beta}).mean(); };
  EXPECT_NEAR(mean(0.7), 3.92625 / 2.3725, 5e-6);
  EXPECT_NEAR(mean(0.0), 1.5 + 0.35 * std::exp(-std::pow(1.5 / 0.35, 2) / 2) / std::sqrt(2 * M_PI), 1e-7);
  EXPECT_NEAR(mean(0.35), 1.542107913, 1e-8);
  for (const auto& [beta, simulated] : {std::pair{0.7, 1.6586}, {0.0, 1.498}, {0.35, 1.5455}})
    EXPECT_NEAR(mean(beta), simulated, 4e-3);
  // The law without the correction misses by a KS distance of 0.13 to 0.18.
  const Law right = predict("projected", "r", r, {0.7, 0}), wrong = predict("isotropic", "r", r, {0.7, 0});
  double ks = 0;
  for (double x = 0; x < 4; x += 1e-3) ks = std::max(ks, std::abs(right.cdf(x) - wrong.cdf(x)));
  EXPECT_GT(ks, 0.13);
  EXPECT_LT(ks, 0.2);
}

TEST(Law, OneCoordinateIsChi) {
  for (const double ratio : {0.0, 0.25, 1.0, 1.5}) {
    const double power = 4 * ratio, temperature = 0.3;  // r^power exp(-r²/2T): r²/2T is Gamma((power + 1)/2)
    Quotient q = test::radial(5, 1, 0);
    const Law law = predict("projected", "r", {q, Statistic::maximum}, noise(temperature, ratio));
    const boost::math::gamma_distribution<double> chi((power + 1) / 2);
    const boost::math::gamma_distribution<double> warm((power + 1) / 2 * 1.01);
    double worst = 0, twin = 0;
    for (double x = 0.01; x < 4; x += 0.01) {
      worst = std::max(worst, std::abs(law.cdf(x) - cdf(chi, x * x / (2 * temperature))));
      twin = std::max(twin, std::abs(law.cdf(x) - cdf(warm, x * x / (2 * temperature))));
    }
    EXPECT_LT(worst, 1e-9) << "ratio " << ratio;
    EXPECT_GT(twin, 1e-3) << "the twin with a shape 1 % off must fail";
  }
}

TEST(Law, WeightDecayGivesBessel) {
  const double temperature = 0.2, decay = 0.3, rate = decay / temperature;
  Quotient q = test::hadamard(decay, 0, 0);
  const Law flat = predict("isotropic", "w", {q, Statistic::maximum}, noise(temperature, 1));
  expect_is_a_law(flat, 25);
  EXPECT_NEAR(flat.mean(), 0, 1e-9);
  EXPECT_NEAR(flat.variance() * rate * rate, 1, 1e-8);  // w = p·q, independent normals of variance T/λ
  boost::math::quadrature::tanh_sinh<double> rule;
  for (const double x : {1e-6, 1e-3, 0.1, 0.7, 2.0}) {
    const double half = rule.integrate([&](double w) { return boost::math::cyl_bessel_k(0, rate * w); }, 0.0, x);
    EXPECT_NEAR(flat.cdf(x), 0.5 + half * rate / M_PI, 1e-9) << x;
  }
  EXPECT_GT(flat.density(0), flat.density(1e-6));

  // With a loss: moments against the two-dimensional integral over (p, q), by the trapezoidal rule.
  Quotient pulled = test::hadamard(decay, 1, 0.8);
  const Law law = predict("isotropic", "w", {pulled, Statistic::maximum}, noise(temperature, 1));
  expect_is_a_law(law, 25);
  double mass = 0, first = 0, second = 0;
  const double h = 0.02;
  for (int i = -350; i <= 350; ++i)
    for (int j = -350; j <= 350; ++j) {
      const double p = i * h, r = j * h, w = p * r;
      const double weight = std::exp(-(pulled.loss(w) + decay * (p * p + r * r) / 2) / temperature);
      mass += weight, first += w * weight, second += w * w * weight;
    }
  first /= mass;
  EXPECT_NEAR(law.mean(), first, 1e-6);
  EXPECT_NEAR(law.variance(), second / mass - first * first, 1e-6);
  const Law twin = predict("uncorrected", "w", {pulled, Statistic::maximum}, noise(temperature, 1));
  EXPECT_GT(std::abs(twin.mean() - first), 0.05) << "the law without K0 must miss";

  // Extremes of independent coordinates have a closed form for any number of them.
  pulled.coordinates = 7;
  const Law top = predict("isotropic", "w", {pulled, Statistic::maximum}, noise(temperature, 1));
  for (const double x : {-0.1, 0.0, 0.5, 1.2}) EXPECT_NEAR(top.cdf(x), std::pow(law.cdf(x), 7), 1e-8);
}

TEST(Law, ReluSlice) {
  // v in R^m, w in R^n, |v| = |w|: s^((m+n-4)/2) exp(-U/T); with U = s it is a Gamma law.
  for (const auto& [m, n] : {std::pair{1, 3}, {1, 4}, {2, 2}, {1, 2}}) {
    Quotient q;
    q.symmetry = Symmetry::rescaling;
    q.lower = 0;
    q.slices["moment_map"] = {(m + n - 4) / 2.0, 0, 0};
    q.loss = [](double s) { return s; };
    const Law law = predict("gauge_slice", "s", {q, Statistic::maximum}, noise(0.5, 1));
    expect_is_a_law(law);
    const boost::math::gamma_distribution<double> gamma((m + n - 2) / 2.0, 0.5);
    for (const double s : {1e-5, 0.01, 0.3, 1.0, 3.0}) EXPECT_NEAR(law.cdf(s), cdf(gamma, s), 1e-9) << m << ' ' << n;
  }
}

TEST(Law, HadamardSliceNeedsAWindow) {
  const Invariant w{test::hadamard(0, 1, 1), Statistic::maximum};
  EXPECT_NE(refusal([&] { predict("gauge_slice", "w", w, noise(0.1, 1)); }).find("not normalisable"),
            std::string::npos);
  EXPECT_NE(refusal([&] {
              predict("gauge_slice", "w", w, noise(0.1, 1), Window{-1, 2});
            }).find("not normalisable"),
            std::string::npos);
  const Law law = predict("gauge_slice", "w", w, noise(0.1, 1), Window{0.05, 2.5});
  expect_is_a_law(law);
  EXPECT_EQ(law.lower, 0.05);
  const auto density = [](double x) { return std::exp(-(x - 1) * (x - 1) / 0.2) / x; };
  const auto integral = [&](double b) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(density, 0.05, b, 15, 1e-13);
  };
  for (const double x : {0.06, 0.2, 0.9, 1.4}) EXPECT_NEAR(law.cdf(x), integral(x) / integral(2.5), 1e-9);
  // Coordinates above a minimum in the window stay away from the pole; below a maximum they do not.
  Quotient three = w.quotient;
  three.coordinates = 3;
  expect_is_a_law(predict("gauge_slice", "w", {three, Statistic::minimum}, noise(0.1, 1), Window{0.05, 2.5}));
  EXPECT_NE(refusal([&] {
              predict("gauge_slice", "w", {three, Statistic::maximum}, noise(0.1, 1), Window{0.05, 2.5});
            }).find("not normalisable"),
            std::string::npos);
}

TEST(Law, WindowsConditionCoupledLaws) {
  const Invariant top{test::conjugation(3), Statistic::maximum};
  const Law whole = predict("projected", "x", top, noise(1, 0.25));
  const Law part = predict("projected", "x", top, noise(1, 0.25), Window{0.5, 1.5});
  expect_is_a_law(part);
  for (const double x : {0.6, 1.0, 1.3})
    EXPECT_NEAR(part.cdf(x), (whole.cdf(x) - whole.cdf(0.5)) / (whole.cdf(1.5) - whole.cdf(0.5)), 1e-6);
}

TEST(Law, RefusalsSayWhy) {
  const Invariant w{test::hadamard(0, 1, 1), Statistic::maximum}, r{test::radial(3, 4, 1.5), Statistic::maximum};
  EXPECT_NE(refusal([&] { predict("isotropic", "w", w, noise(1, 1)); }).find("infinite volume"), std::string::npos);
  EXPECT_NE(refusal([&] { predict("projected", "w", w, noise(1, 1)); }).find("compact"), std::string::npos);
  EXPECT_NE(refusal([&] { predict("gauge_slice", "r", r, noise(1, 1)); }).find("no gauge"), std::string::npos);
  EXPECT_NE(refusal([&] { predict("isotropc", "r", r, noise(1, 1)); }).find("\"isotropic\""), std::string::npos);
  EXPECT_NE(refusal([&] { predict("isotropic", "r", r, noise(0, 1)); }).find("positive temperature"),
            std::string::npos);
  EXPECT_NE(refusal([&] { predict("isotropic", "r", r, noise(1, 1), Window{2, 1}); }).find("empty"), std::string::npos);
  EXPECT_NE(refusal([&] {
              predict("isotropic", "r", r, noise(1, 1), Window{-3, -1});
            }).find("no mass"),
            std::string::npos);
  Invariant flat = r;
  flat.quotient.loss = [](double) { return 0.0; };
  EXPECT_NE(refusal([&] { predict("isotropic", "r", flat, noise(1, 1)); }).find("not normalisable"), std::string::npos);
  for (const LawInfo& info : law_registry()) {
    EXPECT_EQ(&law_info(info.name), &info);
    EXPECT_FALSE(info.summary.empty() || info.equation.empty() || info.applies.empty() || info.source.empty());
  }
}

TEST(Law, IsotropicEqualsProjectedAtEqualNoiseAndIsWrongOtherwise) {
  const Invariant top{test::wishart(4, 3), Statistic::maximum};
  const Law a = predict("isotropic", "x", top, noise(1, 1)), b = predict("projected", "x", top, noise(1, 1));
  const Law c = predict("isotropic", "x", top, noise(1, 0.25)), d = predict("projected", "x", top, noise(1, 0.25));
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(a.mean(), c.mean());
  EXPECT_GT(c.mean() - d.mean(), 1) << "large orbits are favoured by isotropic noise";
}

}  // namespace
}  // namespace orbitwalk
