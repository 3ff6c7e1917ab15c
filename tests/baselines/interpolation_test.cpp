// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The optima over {w: A w = y}: minimum norm, L1 and total variation.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "baselines/baselines.hpp"
#include "baselines/checks.hpp"
#include "baselines/random_problems.hpp"

namespace orbitwalk {
namespace {

using namespace test;
using Eigen::MatrixXd, Eigen::VectorXd;

TEST(MinimumNorm, IsThePseudoInverse) {
  Draw draw(1);
  for (const auto& [rows, columns, rank] :
       std::vector<std::array<int, 3>>{{5, 9, 5}, {9, 5, 5}, {6, 6, 6}, {6, 8, 3}, {8, 6, 2}}) {
    const MatrixXd a = draw.matrix(rows, rank) * draw.matrix(rank, columns);
    const VectorXd y = draw.vector(rows), w = minimum_norm(a, y);
    // The sum over singular vectors: other code than the orthogonal decomposition.
    const Eigen::JacobiSVD<MatrixXd> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
    VectorXd expected = VectorXd::Zero(columns);
    for (int k = 0; k < rank; ++k)
      expected += svd.matrixV().col(k) * (svd.matrixU().col(k).dot(y) / svd.singularValues()[k]);
    EXPECT_LT((w - expected).norm(), 1e-11 * expected.norm()) << rows << " x " << columns << ", rank " << rank;
  }
}

TEST(MinimumL1, ByHand) {
  // 1 w_1 + 2 w_2 = 2: all weight on the larger coefficient.
  const Optimum two = minimum_l1((MatrixXd(1, 2) << 1, 2).finished(), VectorXd::Constant(1, 2));
  EXPECT_NEAR(two.value, 1, 1e-14);
  EXPECT_EQ(two.x[0], 0);
  EXPECT_NEAR(two.x[1], 1, 1e-14);
  // w_1 + w_3 = 1, w_2 + w_3 = 1, cheaper by the shared column; and with a minus sign, by the columns apart: |(1, -1,
  // 0)| = 2.
  const MatrixXd a = (MatrixXd(2, 3) << 1, 0, 1, 0, 1, 1).finished();
  EXPECT_LT((minimum_l1(a, Eigen::Vector2d(1, 1)).x - Eigen::Vector3d(0, 0, 1)).norm(), 1e-14);
  EXPECT_NEAR(minimum_l1(a, Eigen::Vector2d(1, -1)).value, 2, 1e-14);
  EXPECT_EQ(minimum_l1(a, Eigen::Vector2d(0, 0)).value, 0);
}

TEST(MinimumTotalVariation, ByHand) {
  const auto solve = [](int d, std::vector<int> seen, std::vector<double> values) {
    MatrixXd a = MatrixXd::Zero(seen.size(), d);
    for (std::size_t i = 0; i < seen.size(); ++i) a(i, seen[i]) = 1;
    return minimum_total_variation(a, Eigen::Map<VectorXd>(values.data(), values.size()));
  };
  // Seen at single places: the variation of what is seen, however the gaps are filled.
  EXPECT_NEAR(solve(6, {0, 2, 5}, {1, 3, -1}).value, 2 + 4, 1e-13);
  EXPECT_NEAR(solve(6, {1, 3}, {2, 2}).value, 0, 1e-13);
  EXPECT_LT((solve(4, {2}, {-3}).x - VectorXd::Constant(4, -3)).norm(), 1e-13);
  // The mean alone is seen: a constant, although the minimum L1 norm is at a corner.
  EXPECT_NEAR(minimum_total_variation((MatrixXd(1, 3) << 1, 2, 3).finished(), VectorXd::Constant(1, 12)).x[1], 2,
              1e-13);
  EXPECT_NEAR(minimum_total_variation(MatrixXd::Constant(1, 1, 2.0), VectorXd::Constant(1, 3)).x[0], 1.5, 1e-14);
}

/// No feasible neighbour is better, at all distances: z is in the null space of A.
void expect_no_better_neighbour(Draw& draw, const MatrixXd& a, const Optimum& optimum,
                                const std::function<double(const VectorXd&)>& value) {
  const MatrixXd kernel = a.fullPivLu().kernel();
  for (int k = 0; k < 300; ++k) {
    const VectorXd z = kernel * draw.vector(kernel.cols());
    const double size = std::pow(10.0, -5 + 6 * (k % 61) / 60.0);
    ASSERT_GE(value(optimum.x + size * z), optimum.value * (1 - 1e-12)) << "at distance " << size;
  }
}

struct Interpolation {
  const char* name;
  Optimum (*solve)(const MatrixXd&, const VectorXd&, double);
  std::function<double(const VectorXd&)> value;
  int rows, columns;
};

std::vector<Interpolation> both() {
  return {{"L1", minimum_l1, [](const VectorXd& w) { return w.lpNorm<1>(); }, 32, 64},
          {"total variation", minimum_total_variation, total_variation, 60, 200}};
}

TEST(Interpolation, CertificateFeasibilityAndNeighbours) {
  Draw draw(2);
  for (const Interpolation& problem : both()) {
    SCOPED_TRACE(problem.name);
    for (int repeat = 0; repeat < 20; ++repeat) {
      // Of any size: the solver's absolute tolerances must not be seen.
      const double size = std::pow(10.0, -8 + repeat % 17), scale = std::pow(10.0, 3 - repeat % 7);
      const MatrixXd a = scale * draw.matrix(problem.rows, problem.columns);
      const VectorXd y = size * draw.vector(problem.rows);
      const Optimum optimum = problem.solve(a, y, 1e-8);
      expect_certificate(optimum, problem.value(optimum.x), 1e-10);
      EXPECT_LT((a * optimum.x - y).cwiseAbs().maxCoeff(), 1e-11 * y.cwiseAbs().maxCoeff());
      EXPECT_LT(optimum.value, problem.value(minimum_norm(a, y)));
      expect_no_better_neighbour(draw, a, optimum, problem.value);
    }
  }
}

TEST(Interpolation, RecoversWhatIsSimpleAndNoiseless) {
  Draw draw(3);
  for (int repeat = 0; repeat < 10; ++repeat) {
    const MatrixXd a = draw.matrix(32, 64), b = draw.matrix(60, 200);
    const VectorXd sparse = draw.sparse(64, 4);
    EXPECT_LT((minimum_l1(a, a * sparse).x - sparse).norm(), 1e-10);
    VectorXd steps = draw.sparse(200, 5);
    for (int i = 1; i < 200; ++i) steps[i] += steps[i - 1];
    EXPECT_LT((minimum_total_variation(b, b * steps).x - steps).norm(), 1e-9);
  }
}

TEST(Interpolation, DependentEquations) {
  Draw draw(4);
  for (const Interpolation& problem : both()) {
    SCOPED_TRACE(problem.name);
    const MatrixXd a = draw.matrix(10, 25);
    const VectorXd y = a * draw.vector(25);
    MatrixXd twice(30, 25);
    twice << a, draw.matrix(20, 10) * a;
    VectorXd both_y(30);
    both_y << y, twice.bottomRows(20) * minimum_norm(a, y);
    const Optimum once = problem.solve(a, y, 1e-8), again = problem.solve(twice, both_y, 1e-8);
    EXPECT_NEAR(once.value, again.value, 1e-10 * once.value);
    // More equations than unknowns, which one w satisfies.
    const MatrixXd tall = draw.matrix(40, 15);
    const VectorXd w = draw.vector(15);
    EXPECT_LT((problem.solve(tall, tall * w, 1e-8).x - w).norm(), 1e-10);
  }
}

TEST(Interpolation, InfeasibleIsToldApart) {
  Draw draw(5);
  for (const Interpolation& problem : both()) {
    SCOPED_TRACE(problem.name);
    const MatrixXd tall = draw.matrix(40, 15);
    const std::string message = message_of<InfeasibleError>([&] { problem.solve(tall, draw.vector(40), 1e-8); });
    EXPECT_NE(message.find("infeasible: no w satisfies the 40 equations in 15 unknowns"), std::string::npos) << message;
    MatrixXd zero_row = draw.matrix(3, 8);
    zero_row.row(1).setZero();
    message_of<InfeasibleError>([&] { problem.solve(zero_row, draw.vector(3), 1e-8); });
    // Wrong input is another thing.
    message_of<SpecError>([&] { problem.solve(tall, draw.vector(39), 1e-8); });
    message_of<SpecError>([&] { problem.solve(MatrixXd(0, 3), VectorXd(0), 1e-8); });
    message_of<SpecError>([&] { problem.solve(MatrixXd::Constant(1, 1, NAN), draw.vector(1), 1e-8); });
    message_of<SpecError>([&] { problem.solve(tall, draw.vector(40), 0); });
  }
  message_of<SpecError>([&] { minimum_norm(draw.matrix(3, 2), draw.vector(2)); });
}

// The twin that must fail: a feasible point beside the optimum, and a bound that is too low, are refused.
TEST(Certificate, RefusesAPerturbedSolution) {
  Draw draw(6);
  const MatrixXd a = draw.matrix(32, 64);
  const Optimum optimum = minimum_l1(a, draw.vector(32));
  check_certificate(optimum, 1e-8, "test");
  Optimum moved = optimum;
  moved.x += 1e-3 * a.fullPivLu().kernel().col(0);
  moved.value = moved.x.lpNorm<1>();
  EXPECT_NE(message_of<NumericalError>([&] { check_certificate(moved, 1e-8, "test"); }).find("not solved"),
            std::string::npos);
  Optimum low = optimum;
  low.bound *= 1 - 1e-6;
  message_of<NumericalError>([&] { check_certificate(low, 1e-8, "test"); });
  low.bound = NAN;
  message_of<NumericalError>([&] { check_certificate(low, 1e-8, "test"); });
  // A tolerance that doubles cannot hold is an error, not a wrong answer.
  message_of<NumericalError>([&] { lasso(a, draw.vector(32), 1e-3, 1e-30); });
}

TEST(Interpolation, ThreadsDoNotMeet) {
  Draw draw(7);
  const MatrixXd a = draw.matrix(60, 200);
  std::vector<VectorXd> targets;
  std::vector<double> alone, together(16);
  for (int k = 0; k < 16; ++k)
    targets.push_back(draw.vector(60)), alone.push_back(minimum_total_variation(a, targets[k]).value);
  std::vector<std::thread> threads;
  for (int first = 0; first < 4; ++first) {
    threads.emplace_back([&, first] {
      for (int k = first; k < 16; k += 4) together[k] = minimum_total_variation(a, targets[k]).value;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alone, together);
}

TEST(Interpolation, SaysNothing) {
  Draw draw(8);
  ::testing::internal::CaptureStdout();
  minimum_l1(draw.matrix(32, 64), draw.vector(32));
  minimum_total_variation(draw.matrix(60, 200), draw.vector(60));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace orbitwalk
