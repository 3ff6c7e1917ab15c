// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Eigenvalues and singular values by Jacobi sweeps of fixed number, against Eigen.
#include "kernels/core/lane_algebra.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <random>
#include <vector>

namespace orbitwalk {
namespace {

constexpr std::uint64_t seed = 20260118;
constexpr int most = 24;  // "some tens" of lane_algebra.hpp

enum class Shape { generic, clustered, graded, rank_one, diagonal, zero };
constexpr Shape shapes[] = {Shape::generic,  Shape::clustered, Shape::graded,
                            Shape::rank_one, Shape::diagonal,  Shape::zero};

Eigen::MatrixXd draw(int m, int n, Shape shape, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  const auto normals = [&](int rows, int columns) {
    return Eigen::MatrixXd(Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(generator); }));
  };
  if (shape == Shape::zero) return Eigen::MatrixXd::Zero(m, n);
  if (shape == Shape::rank_one) return normals(m, 1) * normals(1, n);
  Eigen::MatrixXd x = normals(m, n);
  if (shape == Shape::generic) return x;
  if (shape == Shape::diagonal) return x.cwiseProduct(Eigen::MatrixXd::Identity(m, n));
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(x, Eigen::ComputeThinU | Eigen::ComputeThinV);
  Eigen::VectorXd values(n);
  for (int i = 0; i < n; ++i) values[i] = shape == Shape::clustered ? (i < n / 2 ? 1 : 3) : std::pow(0.5, i);
  return svd.matrixU() * values.asDiagonal() * svd.matrixV().transpose();
}

template <class R>
void expect_eigenvalues() {
  const double epsilon = std::numeric_limits<R>::epsilon();
  std::mt19937_64 generator(seed);
  for (int n = 1; n <= most; ++n) {
    for (const Shape shape : shapes) {
      for (int trial = 0; trial < 5; ++trial) {
        const Eigen::MatrixXd x = draw(n, n, shape, generator);
        const Eigen::MatrixXd a = (x + x.transpose()).template cast<R>().template cast<double>();
        std::vector<R> lanes(n * n), found(n);
        for (int i = 0; i < n * n; ++i) lanes[i] = R(a(i / n, i % n));
        symmetric_eigenvalues(lanes.data(), n, found.data());
        const Eigen::VectorXd expected =
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a, Eigen::EigenvaluesOnly).eigenvalues();
        for (int i = 0; i < n; ++i) {
          ASSERT_NEAR(found[i], expected[i], 4 * n * epsilon * a.norm())
              << "n " << n << ", shape " << int(shape) << ", seed " << seed;
        }
      }
    }
  }
}
TEST(SymmetricEigenvalues, AgreeWithEigenInDouble) { expect_eigenvalues<double>(); }
TEST(SymmetricEigenvalues, AgreeWithEigenInFloat) { expect_eigenvalues<float>(); }

template <class R>
void expect_singular_values() {
  const double epsilon = std::numeric_limits<R>::epsilon();
  std::mt19937_64 generator(seed + 1);
  for (int n = 1; n <= most; n += n < 6 ? 1 : 3) {
    for (const int m : {n, n + 1, 2 * n}) {
      for (const Shape shape : shapes) {
        const Eigen::MatrixXd a = draw(m, n, shape, generator).cast<R>().template cast<double>();
        std::vector<R> lanes(m * n), found(n);
        for (int i = 0; i < m * n; ++i) lanes[i] = R(a(i / n, i % n));
        singular_values(lanes.data(), m, n, found.data());
        const Eigen::VectorXd expected = Eigen::JacobiSVD<Eigen::MatrixXd>(a).singularValues().reverse();
        for (int i = 0; i < n; ++i) {
          ASSERT_NEAR(found[i], expected[i], 4 * m * epsilon * a.norm())
              << m << " by " << n << ", shape " << int(shape) << ", seed " << seed + 1;
        }
      }
    }
  }
}
TEST(SingularValues, AgreeWithEigenInDouble) { expect_singular_values<double>(); }
TEST(SingularValues, AgreeWithEigenInFloat) { expect_singular_values<float>(); }

TEST(SortAscending, SortsAnyOrder) {
  std::mt19937_64 generator(seed + 2);
  for (int n = 1; n < 20; ++n) {
    std::vector<double> values(n);
    for (double& x : values) x = double(generator() % 7);
    std::vector<double> expected = values;
    std::sort(expected.begin(), expected.end());
    sort_ascending(values.data(), n);
    EXPECT_EQ(values, expected);
  }
}

TEST(RatioOrZero, IsZeroWhereTheDenominatorIsNotPositive) {
  EXPECT_EQ(ratio_or_zero(3.0, 2.0), 1.5);
  EXPECT_EQ(ratio_or_zero(3.0, 0.0), 0.0);
  EXPECT_EQ(ratio_or_zero(3.0f, -0.0f), 0.0f);
  EXPECT_EQ(ratio_or_zero(3.0, -1.0), 0.0);
}

}  // namespace
}  // namespace orbitwalk
