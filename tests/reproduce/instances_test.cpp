// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The problem that an analysis sets up on the host is the one that the simulated particle had: what is computed from it
// with the particle's weights is what was observed. The twins have another particle's problem, or the one of the other
// precision.
#include "studies/reproduce/instances.hpp"

#include <cmath>

#include "reproduce/finished.hpp"

namespace orbitwalk::test {
namespace {

using namespace reproduce;

const std::vector<std::uint64_t> particles = {0, 1, 5, 17, 19};

Eigen::VectorXd weights_of(const FinishedRun& run, std::uint64_t particle) {
  const int c = run.experiment.problem.model.dimension;
  Eigen::VectorXd w(c);
  for (int i = 0; i < c; ++i) w[i] = run.last("w" + std::to_string(i + 1))[particle];
  return w;
}

/// All weights observed; the steps are large enough to lead away from the start.
FinishedRun free_run(const std::string& experiment, const Settings& more) {
  const PublishedRun& published = experiment_named(experiment).runs[0];
  Settings settings = size(20, 30) + Settings{"dynamics.step=0.05"} + more;
  std::string list = "observe.histogram=[";
  const int c = experiment == "spectrum" ? 64 : 200;
  for (const char* name : {"error", "l1_norm", "total_variation", "support", "loss"})
    list += std::string("{of=\"") + name + "\",bins=2,range=[0.0,1.0]},";
  for (int i = 1; i <= c; ++i) list += "{of=\"w" + std::to_string(i) + "\",bins=2,range=[-1.0,1.0]},";
  settings.push_back(list + "]");
  return finish(published, settings);
}

class FreeWeights : public testing::TestWithParam<std::string> {};

TEST_P(FreeWeights, HaveTheObservedLossOnTheInstanceOfTheirParticle) {
  for (const std::string precision : {"mixed", "double", "float"}) {
    const FinishedRun run = free_run(GetParam(), {"ensemble.precision=\"" + precision + "\""});
    const double rounding = precision == "double" ? 1e-13 : 2e-5;
    double twin = 1, other_precision = 0;
    FinishedRun wrong = run;
    wrong.experiment.problem.plan.precision = precision == "double" ? Precision::mixed : Precision::float64;
    for (const std::uint64_t i : particles) {
      const Eigen::VectorXd w = weights_of(run, i);
      const SeedRegression instance = regression_of(run, i);
      const double observed = 2 * run.last("loss")[i];
      EXPECT_NEAR(training_error(instance, w), observed, rounding * observed) << precision << ", particle " << i;
      EXPECT_NEAR(total_variation(w), run.last("total_variation")[i], 1e-5 * total_variation(w));
      EXPECT_NEAR(w.lpNorm<1>(), run.last("l1_norm")[i], 1e-5 * w.lpNorm<1>());
      twin = std::min(twin, std::abs(training_error(regression_of(run, i + 1 < 20 ? i + 1 : 0), w) / observed - 1));
      other_precision = std::max(other_precision, std::abs(training_error(regression_of(wrong, i), w) / observed - 1));
    }
    EXPECT_GT(twin, 100 * rounding) << "twin: the neighbour's instance; " << precision;
    if (precision == "double") {
      EXPECT_GT(other_precision, 100 * rounding) << "twin: the instance that is drawn in float";
    }
  }
}

TEST_P(FreeWeights, ShareOneInstanceWhereItIsShared) {
  const FinishedRun run = free_run(GetParam(), {"data.instance.shared=true"});
  for (const std::uint64_t i : particles) {
    const double observed = 2 * run.last("loss")[i];
    EXPECT_NEAR(training_error(regression_of(run, 0), weights_of(run, i)), observed, 2e-5 * observed);
  }
}

// The start is 0, and the formula is that of real numbers: what is left is the rounding of 400 steps.
TEST_P(FreeWeights, AreWhereTheFormulaOfGradientDescentSays) {
  for (const double step : {0.01, 0.15}) {
    FinishedRun run = free_run(GetParam(), {"ensemble.precision=\"double\"", "ensemble.steps=400", "ensemble.every=400",
                                            "ensemble.init.scale=0.0", "dynamics.step=" + std::to_string(step)});
    double twin = 1;
    for (const std::uint64_t i : particles) {
      const SeedRegression instance = regression_of(run, i);
      const Eigen::VectorXd w = weights_of(run, i), exact = descent_from_zero(instance, step, 400);
      EXPECT_LT((w - exact).norm(), 1e-11 * exact.norm()) << "step " << step << ", particle " << i;
      twin = std::min({twin, (w - descent_from_zero(instance, step, 401)).norm() / w.norm(),
                       (w - descent_from_zero(instance, 1.001 * step, 400)).norm() / w.norm()});
    }
    EXPECT_GT(twin, 1e-8) << "twins: a step more, and a learning rate that is 0.1 % off";
  }
}

INSTANTIATE_TEST_SUITE_P(Experiments, FreeWeights, testing::Values("spectrum", "signal"),
                         [](const auto& info) { return info.param; });

TEST(Descent, OvershootsWhereTheStepIsLarge) {
  const SeedRegression one{Eigen::MatrixXd::Identity(1, 1), Eigen::VectorXd::Ones(1), Eigen::VectorXd::Ones(1)};
  double w = 0;
  for (int k = 1; k <= 9; ++k) {
    w -= 1.5 * (w - 1);
    EXPECT_NEAR(descent_from_zero(one, 1.5, k)[0], w, 1e-14) << k << " steps";
  }
  EXPECT_EQ(descent_from_zero(one, 1.0, 5)[0], 1) << "there in one step";
}

/// |w|_1 at a training error, by brute force over a grid of two weights.
TEST(LeastNorms, AreLeastAtTheTrainingErrorAskedFor) {
  SeedRegression instance{Eigen::MatrixXd(3, 2), Eigen::VectorXd(3), Eigen::VectorXd::Zero(2)};
  instance.a << 1, 0.3, -0.2, 1, 0.5, 0.5;
  instance.y << 1.1, 0.4, 1.0;
  const double interpolating = training_error(instance, minimum_norm(instance.a, instance.y));
  for (const double target : {interpolating + 0.02, interpolating + 0.1, interpolating + 0.3}) {
    const Eigen::VectorXd l1 = least_l1_at(instance, target), variation = least_variation_at(instance, target);
    EXPECT_LE(training_error(instance, l1), target * (1 + 1e-9));
    EXPECT_LE(training_error(instance, variation), target * (1 + 1e-9));
    double least_l1 = INFINITY, least_variation = INFINITY;
    for (int i = -300; i <= 500; ++i) {
      for (int j = -300; j <= 500; ++j) {
        const Eigen::VectorXd w = (Eigen::VectorXd(2) << i * 0.004, j * 0.004).finished();
        if (training_error(instance, w) > target) continue;
        least_l1 = std::min(least_l1, w.lpNorm<1>());
        least_variation = std::min(least_variation, total_variation(w));
      }
    }
    EXPECT_NEAR(l1.lpNorm<1>(), least_l1, 0.009) << "a grid of 0.004 a weight";
    EXPECT_LE(l1.lpNorm<1>(), least_l1 + 1e-4);
    EXPECT_NEAR(total_variation(variation), least_variation, 0.009);
    EXPECT_LE(total_variation(variation), least_variation + 1e-4);
  }
}

// Factors of size 1e-6 make W = 0 of it: what is left of loss and error is the matrix.
TEST(Completion, MatrixAndMaskAreThoseOfTheParticle) {
  for (const std::string precision : {"mixed", "double"}) {
    for (const PublishedRun& published : experiment_named("completion").runs) {
      const FinishedRun run = finish(published, size(20, 1) + Settings{"model.initial_deviation=[1e-6, 1e-6]",
                                                                       "ensemble.precision=\"" + precision + "\""});
      double twin = 1;
      const auto errors_of = [&](std::uint64_t i) {
        const MaskedMatrix instance = masked_matrix_of(run, i);
        const double seen = instance.mask.select(instance.truth.array().square(), 0.0).sum(),
                     all = instance.truth.squaredNorm();
        return std::pair<double, double>{seen, (all - seen) / double(400 - instance.mask.count())};
      };
      for (const std::uint64_t i : particles) {
        const auto [seen, hidden] = errors_of(i);
        const double loss = run.at("loss", 0)[i], error = run.at("error", 0)[i];  // kept in float
        EXPECT_NEAR(0.5 * seen / 400, loss, 1e-5 * loss) << precision << ", particle " << i;
        EXPECT_NEAR(hidden, error, 1e-5 * error);
        twin = std::min(twin, std::abs(errors_of(i + 1 < 20 ? i + 1 : 0).second / error - 1));
      }
      EXPECT_GT(twin, 1e-3) << "twin: the neighbour's matrix and mask";
    }
  }
}

}  // namespace
}  // namespace orbitwalk::test
