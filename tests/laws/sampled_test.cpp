// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Laws against direct samplers. KS bounds: D <= 3.3/√N has a false-alarm rate of 2 exp(-2·3.3²) = 7e-10 a comparison.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "laws/beta_ensemble.hpp"
#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using test::noise;
constexpr double kBound = 3.3;

double ks(std::vector<double> sample, const Law& law) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double d = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = law.cdf(sample[i]);
    d = std::max({d, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return d;
}

void expect_agrees(const std::vector<double>& sample, const Law& law, std::uint64_t seed, const std::string& what) {
  const double d = ks(sample, law), bound = kBound / std::sqrt(static_cast<double>(sample.size()));
  EXPECT_LT(d, bound) << what << ": seed " << seed << ", KS " << d << ", bound " << bound;
}

void expect_rejected(const std::vector<double>& sample, const Law& law, std::uint64_t seed, const std::string& what) {
  const double d = ks(sample, law), bound = kBound / std::sqrt(static_cast<double>(sample.size()));
  EXPECT_GT(d, bound) << what << " (twin): seed " << seed << ", KS " << d << ", bound " << bound;
}

struct Case {
  int size;
  double index;
};
class BetaEnsembleLaw : public testing::TestWithParam<Case> {};

TEST_P(BetaEnsembleLaw, AgreesWithTridiagonalSampler) {
  const auto [n, index] = GetParam();
  const double temperature = 0.6, stiffness = 2, center = 1;
  const std::uint64_t seed = 20260601 + static_cast<std::uint64_t>(100 * n + 10 * index);
  BetaEnsemble ensemble(n, index, temperature, stiffness, center, seed);
  std::vector<double> top, bottom, sum;
  for (int i = 0; i < 1'000'000; ++i) {
    const std::vector<double>& z = ensemble.next();
    top.push_back(z.back()), bottom.push_back(z.front());
    double total = 0;
    for (const double v : z) total += v;
    sum.push_back(total);
  }
  const Quotient q = test::conjugation(n, stiffness, center);
  const NoiseIntensity right = noise(temperature, index);
  expect_agrees(top, predict("projected", "max", {q, Statistic::maximum}, right), seed, "max");
  expect_agrees(bottom, predict("projected", "min", {q, Statistic::minimum}, right), seed, "min");
  expect_agrees(sum, predict("projected", "sum", {q, Statistic::sum}, right), seed, "sum");
  // Twins: temperature 2 % off, and no measure factor at all.
  expect_rejected(top, predict("projected", "max", {q, Statistic::maximum}, noise(1.02 * temperature, index)), seed,
                  "max");
  if (n == 3)
    expect_rejected(sum, predict("projected", "sum", {q, Statistic::sum}, noise(1.03 * temperature, index)), seed,
                    "sum");
  expect_rejected(bottom, predict("uncorrected", "min", {q, Statistic::minimum}, right), seed, "min");
  if (index != 1) expect_rejected(top, predict("isotropic", "max", {q, Statistic::maximum}, right), seed, "isotropic");
}

INSTANTIATE_TEST_SUITE_P(Spectra, BetaEnsembleLaw,
                         testing::Values(Case{3, 1}, Case{3, 0.25}, Case{3, 2}, Case{4, 0.25}, Case{4, 1}, Case{4, 2}));

TEST(BetaEnsemble, RefusesWhatIsNoEnsemble) {
  EXPECT_THROW(BetaEnsemble(0, 1, 1, 1, 0, 1), SpecError);
  EXPECT_THROW(BetaEnsemble(3, 0, 1, 1, 0, 1), SpecError);
  BetaEnsemble single(1, 1, 4, 1, 2, 1);
  EXPECT_EQ(single.next().size(), 1u);
}

/// Spectra of XᵀX, X standard normal rows×rank, flattened.
std::vector<std::vector<double>> wishart_spectra(int rows, int rank, int count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> spectra;
  Eigen::MatrixXd x(rows, rank);
  for (int i = 0; i < count; ++i) {
    for (double& v : x.reshaped()) v = normal(generator);
    const Eigen::VectorXd values =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(x.transpose() * x, Eigen::EigenvaluesOnly).eigenvalues();
    spectra.emplace_back(values.begin(), values.end());
  }
  return spectra;
}

TEST(Wishart, AgreesWithGaussianMatrices) {
  const std::uint64_t seed = 4711;
  for (const auto& [rows, rank] : {std::pair{3, 3}, {5, 3}, {4, 4}}) {
    std::vector<double> top, bottom;
    for (const auto& z : wishart_spectra(rows, rank, 300'000, seed))
      top.push_back(z.back()), bottom.push_back(z.front());
    const Quotient q = test::wishart(rows, rank);
    const std::string what = std::to_string(rows) + "x" + std::to_string(rank);
    expect_agrees(top, predict("isotropic", "max", {q, Statistic::maximum}, noise(1, 1)), seed, what + " max");
    expect_agrees(bottom, predict("isotropic", "min", {q, Statistic::minimum}, noise(1, 1)), seed, what + " min");
    expect_rejected(top, predict("isotropic", "max", {q, Statistic::maximum}, noise(1.02, 1)), seed, what + " max");
    expect_rejected(bottom, predict("projected", "min", {q, Statistic::minimum}, noise(1, 0.9)), seed, what + " min");
  }
}

TEST(Wishart, ProjectedNoiseAgreesWithWeightedGaussianMatrices) {
  // Gaussian matrices with weights v^-(1-κ), v = ∏ (λi + λj)^(1/2). Each distribution function value is a ratio
  // estimate with a standard error from the weights; 6 standard errors are a false alarm with probability 2e-9 a value.
  const std::uint64_t seed = 815;
  const double ratio = 0.25;
  for (const auto& [rows, rank] : {std::pair{3, 3}, {4, 4}}) {
    const auto spectra = wishart_spectra(rows, rank, 300'000, seed);
    std::vector<double> weights;
    double total = 0;
    for (const auto& z : spectra) {
      double log_volume = 0;
      for (int i = 0; i < rank; ++i)
        for (int j = i + 1; j < rank; ++j) log_volume += 0.5 * std::log(z[i] + z[j]);
      weights.push_back(std::exp(-(1 - ratio) * log_volume));
      total += weights.back();
    }
    const Quotient q = test::wishart(rows, rank);
    for (const Statistic statistic : {Statistic::maximum, Statistic::minimum}) {
      const Law law = predict("projected", "x", {q, statistic}, noise(1, ratio));
      const Law twin = predict("isotropic", "x", {q, statistic}, noise(1, ratio));
      double worst = 0, twin_worst = 0;
      for (const double p : {0.05, 0.25, 0.5, 0.75, 0.95}) {
        const double x = law.quantile(p);
        double below = 0, squares = 0;
        for (std::size_t i = 0; i < spectra.size(); ++i) {
          const double value = statistic == Statistic::maximum ? spectra[i].back() : spectra[i].front();
          below += value < x ? weights[i] : 0;
          squares += std::pow(weights[i] * ((value < x) - p), 2);
        }
        const double error = std::sqrt(squares) / total;
        worst = std::max(worst, std::abs(below / total - p) / error);
        twin_worst = std::max(twin_worst, std::abs(below / total - twin.cdf(x)) / error);
      }
      EXPECT_LT(worst, 6) << rows << 'x' << rank << ": seed " << seed << ", largest z " << worst;
      EXPECT_GT(twin_worst, 6) << "twin: seed " << seed << ", largest z " << twin_worst;
    }
  }
}

}  // namespace
}  // namespace orbitwalk
