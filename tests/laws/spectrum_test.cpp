// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/spectrum.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <chrono>
#include <cmath>

#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "laws/registry.hpp"

namespace orbitwalk {
namespace {

using test::noise;

double kronrod(const std::function<double(double)>& f, double a, double b) {
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, a, b, 6, 1e-9);
}

TEST(Spectrum, NoRepulsionIsOrderStatisticsOfIndependentNormals) {
  const boost::math::normal normal;
  for (const int n : {2, 3, 4}) {
    const JointLaw joint = law_info("projected").joint(test::conjugation(n), noise(1, 0));
    EXPECT_EQ(joint.measure.difference, 0) << "the exponent must cancel exactly at β = 0";
    QuadratureOptions sectors;
    sectors.force_sectors = true;
    const Marginal top = marginal(joint, Statistic::maximum, {}, sectors), closed = marginal(joint, Statistic::maximum),
                   bottom = marginal(joint, Statistic::minimum, {}, sectors), sum = marginal(joint, Statistic::sum);
    double worst = 0, twin = 0;
    for (double x = -5; x < 5; x += 0.05) {
      worst = std::max(worst, std::abs(top.table->cdf(x) - std::pow(cdf(normal, x), n)));
      worst = std::max(worst, std::abs(closed.table->cdf(x) - std::pow(cdf(normal, x), n)));
      worst = std::max(worst, std::abs(bottom.table->cdf(x) - 1 + std::pow(cdf(normal, -x), n)));
      worst = std::max(worst, std::abs(sum.table->cdf(x) - cdf(normal, x / std::sqrt(n))));
      twin = std::max(twin, std::abs(sum.table->cdf(x) - cdf(normal, 1.01 * x / std::sqrt(n))));
    }
    EXPECT_LT(worst, 1e-6) << "n = " << n;
    EXPECT_GT(twin, 1e-3);
  }
}

TEST(Spectrum, TwoEigenvaluesHaveClosedForms) {
  // Centre of mass and spacing of two eigenvalues are independent: (z1+z2) ~ N(0, 2), s² / 4 ~ Gamma((κ+1)/2).
  const boost::math::normal normal(0, std::sqrt(2.0));
  for (const double index : {0.25, 1.0, 2.0, 3.5}) {
    const Law law = predict("projected", "x", {test::conjugation(2), Statistic::maximum}, noise(1, index));
    const double norm = std::exp2(-index) / std::tgamma((index + 1) / 2);  // of s^κ exp(-s²/4)
    const auto exact = [&](double x) {  // s = u^4 takes the fractional power out of the oracle too
      return kronrod(
          [&](double u) {
            const double s = std::pow(u, 4);
            return norm * std::pow(s, index) * std::exp(-s * s / 4) * cdf(normal, 2 * x - s) * 4 * u * u * u;
          },
          0, 2.4);
    };
    double worst = 0;
    for (double x = -3; x < 6; x += 0.1) worst = std::max(worst, std::abs(law.cdf(x) - exact(x)));
    EXPECT_LT(worst, 1e-6) << "index " << index;
    // Twin: an index 2 % off.
    const Law twin = predict("projected", "x", {test::conjugation(2), Statistic::maximum}, noise(1, 1.02 * index));
    double miss = 0;
    for (double x = -3; x < 6; x += 0.1) miss = std::max(miss, std::abs(twin.cdf(x) - exact(x)));
    EXPECT_GT(miss, 3e-4) << "index " << index;
  }
  const Law goe = predict("isotropic", "x", {test::conjugation(2), Statistic::maximum}, noise(1, 1));
  EXPECT_NEAR(goe.mean(), std::sqrt(M_PI) / 2, 1e-6);
  EXPECT_NEAR(goe.variance(), (6 - M_PI) / 4, 1e-6);
}

TEST(Spectrum, SumOfEigenvaluesIgnoresRepulsion) {
  // The trace of a β-ensemble is N(0, n T) whatever the index.
  for (const int n : {2, 3, 4})
    for (const double index : {0.25, 1.0, 2.0}) {
      const Law law = predict("projected", "x", {test::conjugation(n), Statistic::sum}, noise(0.3, index));
      const boost::math::normal normal(0, std::sqrt(0.3 * n));
      double worst = 0;
      for (double x = -4; x < 4; x += 0.05) worst = std::max(worst, std::abs(law.cdf(x) - cdf(normal, x)));
      EXPECT_LT(worst, 1e-6) << n << ' ' << index;
    }
}

TEST(Spectrum, WishartClosedForms) {
  for (const auto& [rows, rank] : {std::pair{2, 2}, {3, 2}, {3, 3}, {4, 3}, {4, 4}, {6, 4}})
    for (const double ratio : {0.0, 0.25, 1.0}) {
      // The trace is a Gamma law for every ratio: the density is homogeneous of degree `degree` times exp(-trace/2).
      const double pairs = rank * (rank - 1) / 2.0;
      const double degree = rank * (rows - rank - 1) / 2.0 + pairs * (1 - (1 - ratio) / 2) + rank;
      const Law trace = predict("projected", "trace", {test::wishart(rows, rank), Statistic::sum}, noise(1, ratio));
      const boost::math::gamma_distribution<double> gamma(degree, 2);
      double worst = 0;
      for (double x = 0.05; x < 60; x += 0.25) worst = std::max(worst, std::abs(trace.cdf(x) - cdf(gamma, x)));
      EXPECT_LT(worst, 2e-6) << rows << 'x' << rank << " ratio " << ratio;
    }
  // Smallest eigenvalue with rows = rank + 1: exactly exponential of rate rank/2.
  for (const int rank : {2, 3, 4}) {
    const Law law = predict("isotropic", "x", {test::wishart(rank + 1, rank), Statistic::minimum}, noise(1, 1));
    for (double x = 0.01; x < 6; x += 0.1) EXPECT_NEAR(law.cdf(x), 1 - std::exp(-rank * x / 2), 1e-6) << rank;
  }
  // Smallest eigenvalue, square 2×2 (Edelman 1988): density (1/2)(1/√x + ... ) integrates to mean 2 - π/2.
  EXPECT_NEAR(predict("isotropic", "x", {test::wishart(2, 2), Statistic::minimum}, noise(1, 1)).mean(), 2 - M_PI / 2,
              1e-6);
}

TEST(Spectrum, ConcentratedFarFromTheEnd) {
  // A cold well at λ = 1: the end at 0 stops mattering, and κ = 0 with 3 rows, rank 2 is |z1 - z2| (z1+z2)^(-1/2).
  for (const double temperature : {0.1, 0.02, 1e-3, 1e-5}) {
    Quotient q = test::wishart(3, 2);
    q.loss = [](double z) { return (z - 1) * (z - 1) / 2; };
    const Law law = predict("projected", "x", {q, Statistic::maximum}, noise(temperature, 0));
    const double s = std::sqrt(temperature), low = std::max(0.0, 1 - 9 * s);
    const auto inner = [&](double x, double power) {
      return std::exp(-q.loss(x) / temperature) *
             kronrod([&](double z) { return (x - z) * std::pow(x + z, -0.5) * std::exp(-q.loss(z) / temperature); },
                     low, x) *
             std::pow((x - 1) / s, power);
    };
    const auto moment = [&](double power) {
      return kronrod([&](double x) { return inner(x, power); }, low, 1 + 9 * s);
    };
    EXPECT_NEAR((law.mean() - 1) / s, moment(1) / moment(0), 1e-5) << temperature;
  }
}

TEST(Spectrum, CostOfFourCoordinates) {
  const auto start = std::chrono::steady_clock::now();
  const Law law = predict("projected", "x", {test::conjugation(4), Statistic::maximum}, noise(1, 0.25));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_LT(law.quadrature_error, 1e-6);
}

}  // namespace
}  // namespace orbitwalk
