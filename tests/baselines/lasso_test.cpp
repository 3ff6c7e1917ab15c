// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "baselines/baselines.hpp"
#include "baselines/random_problems.hpp"

namespace orbitwalk {
namespace {

using namespace test;
using Eigen::MatrixXd, Eigen::VectorXd;

double objective(const MatrixXd& a, const VectorXd& y, double weight, const VectorXd& w) {
  return (a * w - y).squaredNorm() / static_cast<double>(a.rows()) + weight * w.lpNorm<1>();
}

/// The largest violation of 2/N Aᵀ(y - A w) ∈ weight ∂|w|_1, in units of the weight.
double kkt_violation(const MatrixXd& a, const VectorXd& y, double weight, const VectorXd& w) {
  const VectorXd slope = 2.0 / static_cast<double>(a.rows()) / weight * (a.transpose() * (y - a * w));
  double worst = 0;
  for (Eigen::Index j = 0; j < w.size(); ++j) {
    worst = std::max(worst, w[j] == 0 ? std::abs(slope[j]) - 1 : std::abs(slope[j] - std::copysign(1.0, w[j])));
  }
  return worst;
}

TEST(Lasso, OrthogonalColumnsByHand) {
  // AᵀA/N = 1, so that w = soft(Aᵀy/N, weight/2): N = 2, A = √2, Aᵀy/N = y/√2 = (3, -0.2).
  const MatrixXd a = std::sqrt(2.0) * MatrixXd::Identity(2, 2);
  const VectorXd y = std::sqrt(2.0) * Eigen::Vector2d(3, -0.2);
  const Optimum optimum = lasso(a, y, 1);
  EXPECT_NEAR(optimum.x[0], 2.5, 1e-14);
  EXPECT_EQ(optimum.x[1], 0);
  EXPECT_NEAR(optimum.value, 0.25 + 0.04 + 2.5, 1e-14);
  // No weight at all from 2 max |Aᵀy|/N on.
  EXPECT_EQ(lasso(a, y, 6.001).x.norm(), 0);
  EXPECT_GT(lasso(a, y, 5.999).x.norm(), 0);
}

class LassoRandom : public ::testing::TestWithParam<std::tuple<int, int, double>> {};

TEST_P(LassoRandom, ConditionsCertificateAndNeighbours) {
  const auto [rows, columns, weight] = GetParam();
  Draw draw(11);
  for (int repeat = 0; repeat < 8; ++repeat) {
    const MatrixXd a = draw.matrix(rows, columns);
    const VectorXd y = a * draw.sparse(columns, 5) + 0.3 * draw.vector(rows);
    const Optimum optimum = lasso(a, y, weight, 1e-10);
    expect_certificate(optimum, objective(a, y, weight, optimum.x), 1e-10);
    EXPECT_LT(kkt_violation(a, y, weight, optimum.x), 1e-6);
    for (int k = 0; k < 300; ++k) {
      const VectorXd other = optimum.x + std::pow(10.0, -4 + k % 5) * draw.vector(columns);
      ASSERT_GE(objective(a, y, weight, other), optimum.value * (1 - 1e-12));
    }
    // The twin that must fail.
    EXPECT_GT(kkt_violation(a, y, weight, optimum.x + 1e-2 * draw.vector(columns)), 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, LassoRandom,
                         ::testing::Combine(::testing::Values(32, 100), ::testing::Values(64),
                                            ::testing::Values(1e-3, 0.05, 1.0)));

TEST(Lasso, LimitsOfTheWeight) {
  Draw draw(12);
  // Small: basis pursuit where the data can be met, least squares where not.
  const MatrixXd wide = draw.matrix(20, 40), tall = draw.matrix(40, 20);
  const VectorXd y = wide * draw.sparse(40, 3), z = draw.vector(40);
  EXPECT_NEAR(lasso(wide, y, 1e-6).value / 1e-6, minimum_l1(wide, y).value, 1e-4);
  EXPECT_LT((lasso(tall, z, 1e-9).x - minimum_norm(tall, z)).norm(), 1e-6);
}

TEST(Lasso, DegenerateColumns) {
  Draw draw(13);
  MatrixXd a = draw.matrix(20, 6);
  a.col(3) = a.col(1), a.col(4) = -a.col(0), a.col(5).setZero();
  const VectorXd y = a.leftCols(3) * Eigen::Vector3d(1, -2, 0.5) + 0.1 * draw.vector(20);
  const Optimum all = lasso(a, y, 0.1), first = lasso(a.leftCols(3), y, 0.1);
  EXPECT_NEAR(all.value, first.value, 1e-8 * first.value);
  EXPECT_EQ(all.x[5], 0);
  EXPECT_EQ(lasso(a, VectorXd::Zero(20), 0.1).value, 0);
}

TEST(Lasso, RefusesWhatIsNoLasso) {
  Draw draw(14);
  const MatrixXd a = draw.matrix(4, 3);
  for (const double weight : {0.0, -1.0, std::nan(""), HUGE_VAL})
    message_of<SpecError>([&] { lasso(a, draw.vector(4), weight); });
  message_of<SpecError>([&] { lasso(a, draw.vector(3), 1); });
}

}  // namespace
}  // namespace orbitwalk
