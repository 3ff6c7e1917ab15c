// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Which moments a stationary law has, and what a result says where it has none.
#include "run/tails.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <random>

#include "run/ensemble.hpp"
#include "run/problems.hpp"

namespace orbitwalk {
namespace {

Problem geometric(double volatility, double step = 0.01,
                  const std::string& model = "loss = { target = 1.0, stiffness = 1.0 }") {
  return read_experiment(
             Spec::from_string("[model]\nname = \"linear\"\ncoordinates = 1\n" + model +
                                   "\n[dynamics]\nname = \"geometric\"\nvolatility = " + std::to_string(volatility) +
                                   "\nstep = " + std::to_string(step) +
                                   "\n[ensemble]\nparticles = 600\nburn_in = 100\nsteps = 100\nevery = 50\nseed = "
                                   "5\n[observe]\nhistogram = "
                                   "[{ of = \"w1\", range = [0.0, 10.0] }, { of = \"loss\", range = [0.0, 10.0] }]\n",
                               "geometric"))
      .problem;
}

TEST(MomentFactors, OfGeometricNoiseAreThoseOfTheScheme) {
  // w' = (1 - hk) w + hk + σ √h w ξ; in continuous time inverse gamma of shape 1 + 2k/σ²: variance for σ² < 2k, fourth
  // moment for σ² < 2k/3.
  const MomentFactors wild = moment_factors(geometric(std::sqrt(3.0))), calm = moment_factors(geometric(1)),
                      mild = moment_factors(geometric(0.5));
  EXPECT_NEAR(*wild.second, 0.99 * 0.99 + 0.03, 1e-6);
  EXPECT_NEAR(*calm.second, 0.9901, 1e-12);
  EXPECT_NEAR(*calm.fourth, std::pow(0.99, 4) + 6 * 0.9801 * 0.01 + 3e-4, 1e-12);
  EXPECT_GT(*calm.fourth, 1);
  EXPECT_LT(*mild.fourth, 1);
  EXPECT_GT(*moment_factors(geometric(0.9)).fourth, 1);
  EXPECT_LT(*moment_factors(geometric(0.8)).fourth, 1) << "0.64 < 2/3";
  // A coarse step has a condition of its own: (1 - h)² + h σ² < 1 is σ² < 2 - h.
  EXPECT_LT(*moment_factors(geometric(1.2, 0.5)).second, 1);
  EXPECT_GT(*moment_factors(geometric(1.25, 0.5)).second, 1) << "though 1.5625 < 2";
  // E (a + √v ξ)⁸ by Gauss-Hermite in its place: moments 1, 3, 15, 105 of ξ.
  const double a2 = 0.9801, v = 0.01;
  EXPECT_NEAR(
      *calm.eighth,
      std::pow(a2, 4) + 28 * std::pow(a2, 3) * v + 210 * a2 * a2 * v * v + 420 * a2 * v * v * v + 105 * v * v * v * v,
      1e-12);
  EXPECT_FALSE(moment_factors(geometric(1, 0.01, "l1 = 1.0\nloss = { target = 1.0, stiffness = 1.0 }")).second)
      << "not known";
}

Problem sgd(double rate, int batch, const std::string& weights, const std::string& more = "") {
  const auto coordinates = 1 + std::count(weights.begin(), weights.end(), ',');
  return read_experiment(
             Spec::from_string("[model]\nname = \"linear\"\ncoordinates = " + std::to_string(coordinates) +
                                   "\n[data]\nteacher = { samples = 5, noise = 0.5, seed = 3, weights = " + weights +
                                   " }\n[dynamics]\nname = \"sgd\"\nstep = " + std::to_string(rate) +
                                   "\nbatch = " + std::to_string(batch) + "\n" + more +
                                   "[ensemble]\nparticles = 600\nburn_in = 10\nsteps = 10\n[observe]\nhistogram = [{ "
                                   "of = \"w1\", range = [-9.0, 9.0] }]\n",
                               "sgd"))
      .problem;
}

TEST(MomentFactors, OfSgdInOneWeightAgainstAllItsBatches) {
  for (const int batch : {1, 2, 3}) {
    const Problem problem = sgd(0.4, batch, "[1.0]", "weight_decay = 0.1\n");
    const auto& x = problem.model.parameters.array("x");
    double second = 0, fourth = 0;
    const int all = int(std::pow(5, batch));
    for (int code = 0; code < all; ++code) {
      double curvature = 0.1;
      for (int b = 0, rest = code; b < batch; ++b, rest /= 5)
        curvature += x[std::size_t(rest % 5)] * x[std::size_t(rest % 5)] / batch;
      second += std::pow(1 - 0.4 * curvature, 2) / all, fourth += std::pow(1 - 0.4 * curvature, 4) / all;
    }
    EXPECT_NEAR(*moment_factors(problem).second, second, 1e-12) << batch;
    EXPECT_NEAR(*moment_factors(problem).fourth, fourth, 1e-12) << batch;
  }
  // A surrogate's gradients are normal: with the same second moment but another fourth.
  const MomentFactors batches = moment_factors(sgd(0.4, 2, "[1.0]")),
                      normal = moment_factors(sgd(0.4, 2, "[1.0]", "sampling = \"surrogate\"\n"));
  EXPECT_NEAR(*batches.second, *normal.second, 1e-12);
  EXPECT_GT(std::abs(*batches.fourth - *normal.fourth), 1e-4);
}

TEST(MomentFactors, OfSeveralWeightsComeFromTheLyapunovEquation) {
  // One sample a step multiplies E w w^T by the mean over samples of (1 - rate x x^T) ⊗ (1 - rate x x^T): a radius of
  // its own below or above 1.
  for (const double rate : {0.05, 0.6, 0.8, 1.0}) {
    const Problem problem = sgd(rate, 1, "[1.0, -1.0]");
    const Eigen::Map<const Eigen::Matrix<double, 5, 2>> x(problem.model.parameters.array("x").data());
    Eigen::Matrix4d map = Eigen::Matrix4d::Zero();
    for (int n = 0; n < 5; ++n) {
      const Eigen::Matrix2d step = Eigen::Matrix2d::Identity() - rate * x.row(n).transpose() * x.row(n);
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) map(i, j) += step(i / 2, j / 2) * step(i % 2, j % 2) / 5;
      }
    }
    const double radius = map.eigenvalues().cwiseAbs().maxCoeff();
    EXPECT_GT(std::abs(radius - 1), 0.01);
    EXPECT_EQ(moment_factors(problem).infinite_variance.find("infinite") != std::string::npos, radius > 1)
        << rate << ": " << radius;
    EXPECT_EQ(radius > 1, rate > 0.7) << rate << ": " << radius;
  }
}

TEST(Tails, ErrorsThatDoNotExistAreTakenAwayAndSaid) {
  struct Expected {
    double volatility;
    bool mean, variance, of_loss;
  };
  for (const Expected& expected : {Expected{0.3, true, true, true}, Expected{1, true, false, false},
                                   Expected{std::sqrt(3.0), false, false, false}}) {
    const Problem problem = geometric(expected.volatility);
    Tally tally = test::run_all(problem);
    auto results = reduce(problem, tally);
    ASSERT_GT(results[0].standard_error, 0);
    ASSERT_GT(results[0].variance_standard_error, 0);
    const auto notes = note_tails(problem, tally, results);
    EXPECT_EQ(std::isfinite(results[0].standard_error), expected.mean) << expected.volatility;
    EXPECT_EQ(std::isfinite(results[0].variance_standard_error), expected.variance) << expected.volatility;
    EXPECT_EQ(std::isfinite(results[1].standard_error), expected.of_loss) << "the loss is of second degree in w";
    EXPECT_TRUE(std::isfinite(results[0].mean) && std::isfinite(results[0].variance));
    EXPECT_EQ(notes.size(), expected.variance ? 0u : 2u);
    if (expected.variance) continue;
    EXPECT_EQ(notes[0].substr(0, notes[0].find(";")),
              expected.mean
                  ? "w1: the fourth moment of the stationary law is infinite (a step multiplies E w^4 by 1.0197 >= 1)"
                  : "w1: the variance of the stationary law is infinite (a step multiplies E w^2 by 1.0101 >= 1)");
  }
}

/// A finished run of radial, whose laws are not looked up here, with these last observations.
std::vector<std::string> notes_on(const std::vector<double>& values) {
  Problem problem = read_experiment(test::small_spec(int(values.size()))).problem;
  Tally tally(problem);
  tally.last_double.assign(2 * values.size(), 0.0);
  std::copy(values.begin(), values.end(), tally.last_double.begin());
  std::vector<ObservableResult> results(2);
  results[0].name = "r", results[1].name = "theta1";
  return note_tails(problem, tally, results);
}

TEST(Tails, HillsEstimateWarnsOfAnInfiniteVarianceOnly) {
  const std::uint64_t seed = 17;
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> exponential;
  std::vector<double> pareto(20000), steep(20000), gauss(20000), fast(20000);
  for (double& x : pareto) x = std::pow(1 - uniform(generator), -1 / 1.2);
  for (double& x : steep) x = std::pow(1 - uniform(generator), -1 / 3.0);
  for (double& x : gauss) x = normal(generator);
  for (double& x : fast) x = exponential(generator);
  std::vector<double> sorted = pareto;
  std::sort(sorted.begin(), sorted.end());
  // Standard error index/√count: 6 of them, a false alarm with probability 2e-9.
  EXPECT_NEAR(hill_index(sorted, 400), 1.2, 6 * 1.2 / 20) << "seed " << seed;
  ASSERT_EQ(notes_on(pareto).size(), 1u) << "seed " << seed;
  EXPECT_NE(notes_on(pareto)[0].find("variance is infinite"), std::string::npos);
  for (const auto* light : {&steep, &gauss, &fast})
    EXPECT_TRUE(notes_on(*light).empty()) << "seed " << seed << ": " << notes_on(*light)[0];
  EXPECT_TRUE(notes_on({pareto.begin(), pareto.begin() + 1000}).empty()) << "too few to say";
}

}  // namespace
}  // namespace orbitwalk
