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

void expect_observed(const MatrixOptimum& optimum, const Mask& mask, const MatrixXd& values) {
  EXPECT_TRUE((!mask || (optimum.x.array() == values.array())).all()) << "observed entries are kept bit by bit";
}

TEST(MinimumNuclearNorm, ByHand) {
  // [[a, b], [c, x]]: rank one with x = bc/a where |bc/a| <= |a|; its norm is the root of the sum of squares.
  Mask mask = Mask::Constant(2, 2, true);
  mask(1, 1) = false;
  MatrixXd values = (MatrixXd(2, 2) << 4, 2, 2, NAN).finished();  // the value outside of the mask is not looked at
  const MatrixOptimum corner = minimum_nuclear_norm(mask, values);
  EXPECT_NEAR(corner.value, 5, 1e-6);
  EXPECT_NEAR(corner.x(1, 1), 1, 1e-3);
  // The diagonal alone: its absolute sum, as |W|_* >= |tr(S W)| for orthogonal S.
  Mask diagonal = Mask::Constant(2, 2, false);
  diagonal(0, 0) = diagonal(1, 1) = true;
  EXPECT_NEAR(minimum_nuclear_norm(diagonal, (MatrixXd(2, 2) << 3, 0, 0, -2).finished()).value, 5, 1e-6);
  // One row: nothing can be hidden, the rest is 0.
  Mask row = Mask::Constant(1, 3, true);
  row(0, 1) = false;
  EXPECT_NEAR(minimum_nuclear_norm(row, (MatrixXd(1, 3) << 3, 9, 4).finished()).value, 5, 1e-6);
  EXPECT_EQ(minimum_nuclear_norm(Mask::Constant(3, 2, false), MatrixXd::Ones(3, 2)).value, 0);
  EXPECT_EQ(minimum_nuclear_norm(Mask::Constant(3, 2, true), MatrixXd::Zero(3, 2)).value, 0);
}

TEST(MinimumNuclearNorm, EverythingObserved) {
  Draw draw(21);
  const MatrixXd w = draw.matrix(7, 5);
  const MatrixOptimum optimum = minimum_nuclear_norm(Mask::Constant(7, 5, true), w);
  EXPECT_EQ(optimum.x, w);
  expect_certificate(optimum, nuclear_norm(w));
}

class CompletionRandom : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(CompletionRandom, CertificateFeasibilityAndNeighbours) {
  const auto [rank, columns] = GetParam();
  Draw draw(22 + rank);
  for (int repeat = 0; repeat < 10; ++repeat) {
    const double size = std::pow(10.0, 2 * (repeat % 5) - 4);
    const Mask mask = draw.mask(20, columns, 4 * columns);
    const MatrixXd values =
        size * (rank > 0 ? MatrixXd(draw.matrix(20, rank) * draw.matrix(rank, columns)) : draw.matrix(20, columns));
    const MatrixOptimum optimum = minimum_nuclear_norm(mask, values);
    expect_certificate(optimum, nuclear_norm(optimum.x));
    expect_observed(optimum, mask, values);
    EXPECT_LE(optimum.bound, nuclear_norm(values) * (1 + 1e-12)) << "the matrix behind the values is feasible";
    for (int k = 0; k < 100; ++k) {
      const MatrixXd away =
          mask.select(MatrixXd::Zero(20, columns), std::pow(10.0, -3 + k % 5) * size * draw.matrix(20, columns));
      ASSERT_GE(nuclear_norm(optimum.x + away), optimum.bound);
      ASSERT_GE(nuclear_norm(optimum.x + away), optimum.value * (1 - 1e-7));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CompletionRandom,
                         ::testing::Combine(::testing::Values(0, 1, 2), ::testing::Values(20, 12)));

TEST(MinimumNuclearNorm, RecoversLowRankFromManyEntries) {
  Draw draw(25);
  for (int rank = 1; rank <= 2; ++rank) {
    const MatrixXd truth = draw.matrix(20, rank) * draw.matrix(rank, 20);
    const Mask mask = draw.mask(20, 20, 300);
    const MatrixOptimum optimum = minimum_nuclear_norm(mask, truth);
    EXPECT_LT((optimum.x - truth).norm(), 1e-4 * truth.norm());
    EXPECT_NEAR(optimum.value, nuclear_norm(truth), 1e-6 * optimum.value);
  }
}

// A transposed problem is the same problem, solved with the sides changed.
TEST(MinimumNuclearNorm, Transposed) {
  Draw draw(26);
  const Mask mask = draw.mask(9, 14, 50);
  const MatrixXd values = draw.matrix(9, 14);
  const double value = minimum_nuclear_norm(mask, values).value;
  EXPECT_NEAR(minimum_nuclear_norm(mask.transpose(), values.transpose()).value, value, 2e-7 * value);
}

TEST(MinimumNuclearNorm, RefusesWrongInput) {
  const Mask mask = Mask::Constant(2, 2, true);
  message_of<SpecError>([&] { minimum_nuclear_norm(mask, MatrixXd::Ones(2, 3)); });
  message_of<SpecError>([&] { minimum_nuclear_norm(mask, MatrixXd::Constant(2, 2, NAN)); });
  message_of<SpecError>([&] { minimum_nuclear_norm(Mask(0, 2), MatrixXd(0, 2)); });
  message_of<SpecError>([&] { minimum_nuclear_norm(mask, MatrixXd::Ones(2, 2), -1); });
  // A tolerance that doubles cannot hold is an error, not a wrong answer.
  Draw draw(27);
  message_of<NumericalError>([&] { minimum_nuclear_norm(draw.mask(20, 20, 80), draw.matrix(20, 20), 1e-30); });
}

}  // namespace
}  // namespace orbitwalk
