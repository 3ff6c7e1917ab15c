// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Smaller orbits: points with a larger stabiliser are reported with its dimension, and only they.
#include <gtest/gtest.h>

#include <Eigen/QR>
#include <cmath>

#include "geometry/host_cases.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

class EveryOrigin : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryOrigin, testing::ValuesIn(geometry_cases()), title_of);

TEST_P(EveryOrigin, RankLossIsReported) {
  const Host model(GetParam());
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  const int d = model.description.dimension, generic = generic_rank(model.frame, d);
  const Vector origin = Vector::Zero(d);
  const Orbit orbit = orbit_at(model.frame, origin);
  if (orbit.rank == generic) GTEST_SKIP() << "the origin's orbit is as large as any";
  EXPECT_EQ(orbit.stabiliser(), model.description.generators - orbit.rank);
  EXPECT_THROW(log_volume_gradient(model.frame, origin), NumericalError);
  EXPECT_LE(orbit.vertical(Vector::Ones(d)).norm(), Vector::Ones(d).norm());
  EXPECT_TRUE(mean_curvature(model.frame, origin).allFinite());
  if (model.description.log_orbit_volume) {
    EXPECT_EQ(model.log_volume(origin), -HUGE_VAL);
  }
  Points points(model.description);
  EXPECT_EQ(orbit_at(model.frame, points.point()).rank, generic) << "twin: an ordinary point";
}

/// Stabiliser at the point, which must be below the generic rank exactly when it is `more` than the generic stabiliser.
void expect_stabiliser(const Host& model, const Vector& theta, int more) {
  const int k = model.description.generators, generic = generic_rank(model.frame, model.description.dimension);
  const Orbit orbit = orbit_at(model.frame, theta);
  EXPECT_EQ(orbit.rank, generic - more) << orbit.singular_values.transpose();
  EXPECT_EQ(orbit.stabiliser(), k - generic + more);
  EXPECT_TRUE(std::isfinite(orbit.log_volume)) << "the volume of the smaller orbit";
  if (more > 0) {
    EXPECT_THROW(log_volume_gradient(model.frame, theta), NumericalError);
    // To rounding: the closed form knows no tolerance.
    EXPECT_LT(model.log_volume(theta), orbit.log_volume - 15 * more);
  } else {
    EXPECT_NEAR(model.log_volume(theta), orbit.log_volume, 1e-6);
  }
}

Matrix orthogonal(int n, Points& points) {
  Matrix x(n, n);
  for (int i = 0; i < n; ++i) x.row(i) = points.normals().head(n);
  return Eigen::HouseholderQR<Eigen::MatrixXd>(x).householderQ();
}

TEST(Strata, FactorsThatVanishTogether) {
  const Host hadamard = host("hadamard", "coordinates = 3");
  expect_stabiliser(hadamard, Vector{{1, 0, 2, -1, 0, 3}}, 1);
  expect_stabiliser(hadamard, Vector{{1, 0, 2, -1, 0.5, 0}}, 0);  // one factor alone is no loss
  expect_stabiliser(hadamard, Vector{{0, 0, 2, 0, 0, 0}}, 2);
  const Host relu = host("relu", "inputs = 2\nhidden = 2\noutputs = 1");
  expect_stabiliser(relu, Vector{{0, 0, 1, 2, 0, -1}}, 1);
  expect_stabiliser(relu, Vector{{0, 0, 1, 2, 1, -1}}, 0);
}

TEST(Strata, EqualEigenvalues) {
  const Host model = host("conjugation", "size = 4");
  Points points(model.description);
  const auto at = [&](double a, double b, double c, double d) {
    const Matrix q = orthogonal(4, points), s = q * Vector{{a, b, c, d}}.asDiagonal() * q.transpose();
    Vector theta(10);
    for (int i = 0, n = 0; i < 4; ++i) {
      for (int j = i; j < 4; ++j) theta[n++] = i == j ? s(i, i) : std::sqrt(2.0) * s(i, j);
    }
    return theta;
  };
  for (int i = 0; i < 20; ++i) {
    expect_stabiliser(model, at(1, 1, 2, 3), 1);  // O(2) O(1) O(1)
    expect_stabiliser(model, at(1, 1, 2, 2), 2);  // O(2) O(2)
    expect_stabiliser(model, at(1, 2, 2, 2), 3);  // O(3) O(1)
    expect_stabiliser(model, at(1, 1 + 1e-8, 2, 3), 0);
  }
}

TEST(Strata, MatricesOfLowRank) {
  // X of rank s: rotations of its kernel, (r - s)(r - s - 1)/2 more. U, V of ranks a, b: (r - a)(r - b).
  const Host gram = host("gram_product", "rows = 6\nrank = 4");
  const Host product = host("matrix_product", "rows = 4\ncolumns = 5\nrank = 3");
  Points x(gram.description), y(product.description);
  const auto low = [](Points& points, int rows, int columns, int rank) {
    Matrix left(rows, rank), right(rank, columns);
    for (int i = 0; i < rank; ++i)
      left.col(i) = points.normals().head(rows), right.row(i) = points.normals().head(columns);
    return Matrix(left * right);
  };
  for (int i = 0; i < 20; ++i) {
    for (int s = 1; s <= 4; ++s) {
      expect_stabiliser(gram, low(x, 6, 4, s).reshaped<Eigen::RowMajor>(), (4 - s) * (3 - s) / 2);
    }
    for (int a = 1; a <= 3; ++a) {
      for (int b = 1; b <= 3; ++b) {
        Vector theta(27);
        theta << low(y, 4, 3, a).reshaped<Eigen::RowMajor>(), low(y, 5, 3, b).reshaped<Eigen::RowMajor>();
        expect_stabiliser(product, theta, (3 - a) * (3 - b));
      }
    }
  }
}

TEST(Strata, CurvatureOfASmallerOrbit) {
  // Equal eigenvalues 1, 1, 3 of a symmetric matrix: the orbit is a projective plane, whose curvature is finite
  // although log v is -∞. In the eigenbasis H = Σ over pairs of unequal (i, j) of (E_i - E_j)/(λ_j - λ_i).
  const Host model = host("conjugation", "size = 3");
  const Vector theta{{1, 0, 0, 1, 0, 3}};
  EXPECT_LT((mean_curvature(model.frame, theta) - Vector{{0.5, 0, 0, 0.5, 0, -1}}).norm(), 1e-11);
}

}  // namespace
}  // namespace orbitwalk::test
