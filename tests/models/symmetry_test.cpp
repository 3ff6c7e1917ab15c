// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Generators leave the loss and the invariants alone; the projection is the projection on their span.
#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>
#include <string>

#include "models/cases.hpp"

namespace orbitwalk::test {
namespace {

/// Prefixes of the names of observables that do move along orbits. Everything else a model shows must be invariant.
const char* const moving[] = {
    "theta",     "balance",           "ratio",           "spread",       "mean", "log_volume", "half_log_det",
    "imbalance", "excess_log_volume", "frobenius_ratio", "nuclear_ratio"};

bool moves(const ModelDescription& model, const std::string& name) {
  for (const std::string prefix : moving) {
    if (name.rfind(prefix, 0) == 0) return true;
  }
  if (model.name == "scale_invariant") return name == "r";
  // GL(h) mixes the columns; its diagonal subgroup, with h generators, does not.
  return model.name == "attention" && model.generators > model.parameters.size("head") &&
         name.rfind("strength", 0) == 0;
}

class EverySymmetry : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EverySymmetry, testing::ValuesIn(symmetric_cases()), title_of);

TEST_P(EverySymmetry, GeneratorsLeaveTheLossAlone) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  if (description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(description);
  double largest_twin = 0;
  for (int i = 0; i < 25; ++i) {
    const Vector theta = points.point(), gradient = model->gradient(theta), other = points.direction();
    largest_twin = std::max(largest_twin, std::abs(gradient.dot(other)) / gradient.norm());
    for (int a = 0; a < model->generators(); ++a) {
      const Vector xi = model->generator(a, theta);
      const double size = gradient.norm() * xi.norm();
      EXPECT_LT(std::abs(gradient.dot(xi)), 1e-12 * size)
          << "the gradient is not horizontal: generator " << a << ", point " << i;
      const double slope = derivative([&](double t) { return model->loss(theta + t * xi.normalized()); });
      EXPECT_LT(std::abs(slope), 1e-8 * gradient.norm())
          << "generator " << a << ", seed " << point_seed << ", point " << i;
    }
  }
  EXPECT_GT(largest_twin, 1e-2) << "a random direction leaves the loss alone as well: the check says nothing";
}

/// exp(t X) θ by classical Runge-Kutta steps; error about t (t/steps)^4.
Vector flow(const Functor& model, int a, Vector theta, double time, int steps) {
  const double h = time / steps;
  for (int s = 0; s < steps; ++s) {
    const Vector k1 = model.generator(a, theta), k2 = model.generator(a, theta + h / 2 * k1);
    const Vector k3 = model.generator(a, theta + h / 2 * k2), k4 = model.generator(a, theta + h * k3);
    theta += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return theta;
}

TEST_P(EverySymmetry, InvariantsAreConstantAlongFiniteFlows) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  if (description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(description);
  Vector moved = Vector::Zero(model->observables());
  for (int i = 0; i < 5; ++i) {
    const Vector theta = points.point(), before = model->observe(theta);
    for (int a = 0; a < model->generators(); ++a) {
      const Vector there = flow(*model, a, theta, 0.5, 60), after = model->observe(there);
      EXPECT_GT((there - theta).norm(), 1e-3) << "generator " << a << " does not move the point";
      EXPECT_NEAR(model->loss(there), model->loss(theta), 1e-8 * std::max(1.0, model->loss(theta)));
      for (int o = 0; o < before.size(); ++o) {
        const double change = std::abs(after[o] - before[o]) / std::max(1.0, std::abs(before[o]));
        moved[o] = std::max(moved[o], change);
        if (!moves(description, description.observables[o])) {
          EXPECT_LT(change, 1e-8) << description.observables[o] << ", generator " << a << ", seed " << point_seed
                                  << ", point " << i;
        }
      }
    }
  }
  for (int o = 0; o < moved.size(); ++o) {
    if (moves(description, description.observables[o])) {
      EXPECT_GT(moved[o], 1e-3) << description.observables[o] << " is listed as not invariant, but nothing moves it";
      EXPECT_FALSE(description.invariant(description.observables[o])) << "a law for " << description.observables[o];
    }
  }
}

struct Span {
  Matrix projection;
  int rank;
  double condition;  // largest over smallest singular value that counts
};

Span span_of(const Matrix& columns) {
  if (columns.cols() == 0) return {Matrix::Zero(columns.rows(), columns.rows()), 0, 1};
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(columns, Eigen::ComputeThinU);
  const Vector s = svd.singularValues();
  Span result{Matrix::Zero(columns.rows(), columns.rows()), 0, 1};
  while (result.rank < s.size() && s[result.rank] > 1e-9 * s[0]) ++result.rank;
  const Eigen::MatrixXd u = svd.matrixU().leftCols(result.rank);
  result.projection = u * u.transpose();
  if (result.rank > 0) result.condition = s[0] / s[result.rank - 1];
  return result;
}

TEST_P(EverySymmetry, ProjectionIsThatOnTheSpanOfTheGenerators) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  if (description.generators == 0) GTEST_SKIP() << "no generators";
  const int d = model->parameters();
  Points points(description);
  for (int i = 0; i < 25; ++i) {
    const Vector theta = points.point();
    const Matrix columns = frame(*model, theta);
    const Span span = span_of(columns);
    const auto apply = [&](const Vector& x) {
      const auto result = model->project_vertical(theta, x);
      EXPECT_FALSE(result.degenerate) << "seed " << point_seed << ", point " << i << ": " << theta.transpose();
      return result.vector;
    };
    // The Gram matrix squares the condition of the frame.
    const double bound = 1e-13 * d * (1 + span.condition * span.condition);
    Matrix p(d, d);
    for (int j = 0; j < d; ++j) p.col(j) = apply(Vector::Unit(d, j));
    EXPECT_LT((p - span.projection).norm(), bound) << "seed " << point_seed << ", point " << i;
    EXPECT_LT((p * p - p).norm(), bound);
    EXPECT_LT((p - p.transpose()).norm(), bound);
    EXPECT_NEAR(p.trace(), span.rank, bound);
    const Vector x = points.direction(), gradient = model->gradient(theta);
    EXPECT_LT((apply(apply(x)) - apply(x)).norm(), bound);
    for (int a = 0; a < model->generators(); ++a)
      EXPECT_LT((apply(columns.col(a)) - columns.col(a)).norm(), bound * columns.col(a).norm());
    EXPECT_LT(apply(gradient).norm(), bound * gradient.norm());
    // Twin: without the last generator the projection is another one (in radial, only with the others gone too).
    const int left_out = span.rank == model->generators() ? 1 : model->generators() - span.rank + 1;
    const Span smaller = span_of(columns.leftCols(model->generators() - left_out));
    EXPECT_GT((p - smaller.projection).norm(), 0.5);
  }
  EXPECT_FALSE(model->overran());
}

TEST_P(EverySymmetry, DegenerateOrbitsAreFlaggedAndFinite) {
  const ModelDescription description = describe(GetParam());
  if (description.generators == 0) GTEST_SKIP() << "no generators";
  const auto both = {make_functor<double>(description), make_functor<float>(description)};
  Points points(description);
  for (const auto& model : both) {
    const int d = model->parameters();
    const Vector origin = Vector::Zero(d), x = points.direction();
    const auto at_origin = model->project_vertical(origin, x);
    const Span span = span_of(frame(*model, origin));
    if (span.rank == 0) {
      EXPECT_TRUE(at_origin.degenerate) << "the origin's orbit is a point";
      EXPECT_EQ(at_origin.vector.norm(), 0);
    } else {
      EXPECT_FALSE(at_origin.degenerate) << "the origin's orbit is like the others";
      EXPECT_LT((at_origin.vector - span.projection * x).norm(), 1e-6);
    }
    EXPECT_TRUE(model->gradient(origin).allFinite());
    EXPECT_TRUE(std::isfinite(model->loss(origin)));
  }
}

/// Coordinates of a symmetric matrix in the conjugation model.
Vector coordinates(const Matrix& a) {
  Vector theta(a.rows() * (a.rows() + 1) / 2);
  for (int i = 0, at = 0; i < a.rows(); ++i) {
    for (int j = i; j < a.rows(); ++j) theta[at++] = i == j ? a(i, i) : std::sqrt(2.0) * a(i, j);
  }
  return theta;
}

Matrix random_rotation(int n, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  Matrix x(n, n);
  for (double& value : x.reshaped()) value = normal(generator);
  return Eigen::JacobiSVD<Eigen::MatrixXd>(x, Eigen::ComputeFullU).matrixU();
}

/// Symmetric matrices with eigenvalues 1, 1 + gap, 2.2, 3.7 through all stages of degeneracy: whatever happens, the
/// projected vector is finite and not longer than the vector, and equal eigenvalues are noticed.
template <class R>
void expect_graceful(double flagged_below, double exact_above, double tolerance) {
  const ModelDescription description = describe({"conjugation", "", "[model]\nname = \"conjugation\"\nsize = 4\n"});
  const auto model = make_functor<R>(description), exact = make_functor<double>(description);
  Points points(description);
  std::mt19937_64 generator(point_seed);
  double longest = 0;
  for (int i = 0; i < 2000; ++i) {
    const double gap = i < 200 ? 0 : std::pow(10, -9 + 9.0 * (i - 200) / 1800);
    Matrix diagonal = Matrix::Zero(4, 4);
    diagonal.diagonal() << 1, 1 + gap, 2.2, 3.7;
    const Matrix q = random_rotation(4, generator), a = q * diagonal * q.transpose();
    const Vector theta = coordinates(a).template cast<R>().template cast<double>();
    const Vector x = points.direction().template cast<R>().template cast<double>();
    const auto projected = model->project_vertical(theta, x);
    ASSERT_TRUE(projected.vector.allFinite()) << "gap " << gap;
    longest = std::max(longest, projected.vector.norm());
    if (gap < flagged_below) {
      EXPECT_TRUE(projected.degenerate) << "gap " << gap << ", seed " << point_seed << ", point " << i;
    }
    if (gap > exact_above) {
      EXPECT_FALSE(projected.degenerate) << "gap " << gap;
      const Vector expected = span_of(frame(*exact, theta)).projection * x;
      EXPECT_LT((projected.vector - expected).norm(), tolerance)
          << "gap " << gap << ", seed " << point_seed << ", point " << i;
    }
  }
  EXPECT_LT(longest, 1 + tolerance) << "a projection does not lengthen";
}
TEST(Conjugation, NearlyEqualEigenvaluesInDouble) { expect_graceful<double>(1e-8, 1e-5, 2e-2); }
TEST(Conjugation, NearlyEqualEigenvaluesInFloat) { expect_graceful<float>(2e-4, 3e-2, 2e-2); }

TEST(GramProduct, RankTwoTooSmallIsFlagged) {
  // Of X with one non-zero eigenvalue, the orbit loses the rotations of its kernel: λ_a + λ_b = 0.
  const ModelDescription description = describe({"gram_product", "", "[model]\nname = \"gram_product\"\n"});
  const auto model = make_functor<double>(description);
  Points points(description);
  std::mt19937_64 generator(point_seed);
  for (int i = 0; i < 200; ++i) {
    Matrix x = Matrix::Zero(5, 3);
    for (int row = 0; row < 5; ++row) x(row, 0) = points.normals()[0];
    x = (x * random_rotation(3, generator)).eval();
    const Vector theta = x.reshaped<Eigen::RowMajor>(), xi = points.direction();
    const auto projected = model->project_vertical(theta, xi);
    EXPECT_TRUE(projected.degenerate) << "seed " << point_seed << ", point " << i;
    EXPECT_LT((projected.vector - span_of(frame(*model, theta)).projection * xi).norm(), 1e-6);
  }
}

}  // namespace
}  // namespace orbitwalk::test
