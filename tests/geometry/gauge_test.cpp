// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Gauges: gradients, moment maps against generators, and the co-area weight, for every registered model that has them.
#include "kernels/models/gauge.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <Eigen/SVD>
#include <cmath>

#include "geometry/gauge_name.hpp"
#include "geometry/host_cases.hpp"

namespace orbitwalk::test {
namespace {
using Eigen::MatrixXd;

constexpr Gauge gauges[] = {Gauge::moment_map, Gauge::norm_difference};

class EveryGauge : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryGauge, testing::ValuesIn(geometry_cases()), title_of);

TEST_P(EveryGauge, GradientIsTheDerivative) {
  const Host model(GetParam());
  Points points(model.description);
  int tested = 0;
  double twins = 0;
  for (const Gauge gauge : gauges) {
    const int c = model.functor.constraints(gauge);
    for (int i = 0; i < 20 && c > 0; ++i) {
      const Vector theta = points.point(), u = points.direction();
      const MatrixXd jacobian = model.functor.gauge_jacobian(gauge, theta);
      for (int a = 0; a < c; ++a) {
        // The step is shorter than any factor of these points: |p| has a kink at 0.
        const double slope = derivative([&](double t) { return model.functor.gauge(gauge, theta + t * u)[a]; }, 1e-5);
        EXPECT_NEAR(slope, jacobian.row(a).dot(u), 1e-8 * (1 + theta.norm()))
            << gauge_name(gauge) << ", constraint " << a;
        twins = std::max(twins, std::abs(slope + jacobian.row(a).dot(u)));
        ++tested;
      }
    }
  }
  if (tested == 0) GTEST_SKIP() << "no gauge";
  EXPECT_GT(twins, 1e-2);
}

TEST_P(EveryGauge, MomentMapHasGeneratorsForGradients) {
  const Host model(GetParam());
  const int c = model.functor.constraints(Gauge::moment_map);
  if (c == 0) GTEST_SKIP() << "no moment map";
  Points points(model.description);
  const auto gradients = [&](const Vector& theta) -> MatrixXd {
    return model.functor.gauge_jacobian(Gauge::moment_map, theta).transpose();
  };
  // Constant coefficients, of orthonormal rows: ∇χ_b = Σ_a C_ab ξ_a, found at one point, hold at every other one.
  const Vector first = points.point();
  const MatrixXd coefficients = orbit_at(model.frame, first).inverse * gradients(first);
  EXPECT_LT((coefficients.transpose() * coefficients - MatrixXd::Identity(c, c)).norm(), 1e-9);
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point();
    EXPECT_LT((model.frame(theta) * coefficients - gradients(theta)).norm(), 1e-9 * theta.norm()) << "point " << i;
    // The slice's weight is the volume where every generator is a gradient.
    if (c == model.description.generators) {
      EXPECT_NEAR(log_gauge_volume(gradients(theta).transpose()), orbit_at(model.frame, theta).log_volume, 1e-9);
    }
  }
  // Twin: the other gauge has not.
  if (model.functor.constraints(Gauge::norm_difference) == 0) return;
  const Vector theta = points.point();
  const MatrixXd other = model.functor.gauge_jacobian(Gauge::norm_difference, theta).transpose();
  EXPECT_GT((model.frame(theta) * coefficients - other).norm(), 1e-2 * theta.norm());
}

/// θ moved to χ = 0 by Newton steps along the gradients.
Vector to_slice(const HostModel& model, Gauge gauge, Vector theta) {
  for (int i = 0; i < 60; ++i) {
    const MatrixXd j = model.gauge_jacobian(gauge, theta);
    theta -= j.transpose() * (j * j.transpose()).partialPivLu().solve(model.gauge(gauge, theta));
  }
  return theta;
}

TEST_P(EveryGauge, BothNameTheSameSliceAndWeighItDifferently) {
  const Host model(GetParam());
  if (model.functor.constraints(Gauge::norm_difference) == 0) GTEST_SKIP() << "one gauge at most";
  Points points(model.description);
  double smallest = HUGE_VAL, largest = -HUGE_VAL, first = 0;
  for (int i = 0; i < 10; ++i) {
    const Vector start = points.point(), theta = to_slice(model.functor, Gauge::norm_difference, start);
    EXPECT_LT(model.functor.gauge(Gauge::norm_difference, theta).norm(), 1e-12);
    EXPECT_LT(model.functor.gauge(Gauge::moment_map, theta).norm(), 1e-11 * theta.squaredNorm());
    EXPECT_GT(model.functor.gauge(Gauge::moment_map, start).norm(), 1e-6);
    const double moment = log_gauge_volume(model.functor.gauge_jacobian(Gauge::moment_map, theta));
    const double norm = log_gauge_volume(model.functor.gauge_jacobian(Gauge::norm_difference, theta));
    if (i == 0) first = norm;
    EXPECT_NEAR(norm, first, 1e-12) << "gradients of the same length everywhere";
    smallest = std::min(smallest, moment - norm), largest = std::max(largest, moment - norm);
  }
  EXPECT_GT(largest - smallest, 0.1) << "the two weights would be the same law";
}

TEST(Gauge, WhichModelsHaveWhich) {
  EXPECT_EQ(host("hadamard", "coordinates = 3").functor.constraints(Gauge::moment_map), 3);
  EXPECT_EQ(host("hadamard", "coordinates = 3").functor.constraints(Gauge::norm_difference), 3);
  EXPECT_EQ(host("relu", "hidden = 5").functor.constraints(Gauge::moment_map), 5);
  EXPECT_EQ(host("relu", "hidden = 5").functor.constraints(Gauge::norm_difference), 5);
  EXPECT_EQ(host("matrix_product", "rank = 3").functor.constraints(Gauge::moment_map), 6);
  EXPECT_EQ(host("matrix_product", "rank = 3").functor.constraints(Gauge::norm_difference), 0);
  EXPECT_EQ(host("matrix_product", "rows = 2\nrank = 3").functor.constraints(Gauge::moment_map), 0)
      << "no regular slice";
  for (const char* name : {"radial", "gram_product", "conjugation", "linear"}) {
    for (const Gauge gauge : gauges) {
      const Host model = host(name, "");
      EXPECT_EQ(model.functor.constraints(gauge), 0) << name;
      EXPECT_EQ(model.functor.gauge(gauge, Vector::Ones(model.description.dimension)).size(), 0);
    }
  }
}

TEST(Gauge, ByHand) {
  const Host hadamard = host("hadamard", "");
  EXPECT_EQ(hadamard.functor.gauge(Gauge::moment_map, Vector{{3, -1}})[0], 4);
  EXPECT_EQ(hadamard.functor.gauge(Gauge::norm_difference, Vector{{-3, 1}})[0], 2);
  EXPECT_EQ(hadamard.functor.gauge_gradient(Gauge::moment_map, 0, Vector{{3, -1}}), (Vector{{3, 1}}));
  EXPECT_EQ(hadamard.functor.gauge_gradient(Gauge::norm_difference, 0, Vector{{-3, 1}}), (Vector{{-1, -1}}));
  const Host relu = host("relu", "inputs = 2\nhidden = 1\noutputs = 1");
  EXPECT_EQ(relu.functor.gauge(Gauge::moment_map, Vector{{3, 4, -2}})[0], 10.5);
  EXPECT_EQ(relu.functor.gauge(Gauge::norm_difference, Vector{{3, 4, -2}})[0], 3);
  EXPECT_LT((relu.functor.gauge_gradient(Gauge::norm_difference, 0, Vector{{3, 4, -2}}) - Vector{{0.6, 0.8, 1}}).norm(),
            1e-15);
  // U = (1 2; 0 1), V = (1 0; 0 1): UᵀU - VᵀV = (0 2; 2 4).
  const Host product = host("matrix_product", "rows = 2\ncolumns = 2");
  const Vector theta{{1, 2, 0, 1, 1, 0, 0, 1}};
  EXPECT_LT((product.functor.gauge(Gauge::moment_map, theta) - Vector{{0, std::sqrt(2.0), 2}}).norm(), 1e-15);
  const Vector symmetric = (product.functor.generator(1, theta) + product.functor.generator(2, theta)) / std::sqrt(2.0);
  EXPECT_LT((product.functor.gauge_gradient(Gauge::moment_map, 1, theta) - symmetric).norm(), 1e-15);
  EXPECT_EQ(product.functor.gauge_gradient(Gauge::moment_map, 0, theta), product.functor.generator(0, theta));
  EXPECT_EQ(product.functor.gauge_gradient(Gauge::moment_map, 2, theta), product.functor.generator(3, theta));
}

TEST(Gauge, DependentGradientsAreNoSlice) {
  EXPECT_EQ(log_gauge_volume(MatrixXd{{1, 2}, {2, 4}}), -HUGE_VAL);
  EXPECT_EQ(log_gauge_volume(MatrixXd{{1}, {2}}), -HUGE_VAL);
  EXPECT_NEAR(log_gauge_volume(MatrixXd{{3, 0, 0}, {0, 0, 2}}), std::log(6), 1e-15);
}

TEST(MatrixProduct, BalancedFactors) {
  // Where UᵀU = VᵀV, symmetric and skew generators are orthogonal; s_ij = σ_i + σ_j. Volumes: symmetric (the moment
  // map's) 1/2 [Σ log 2σ_i + Σ_{i<j} log s_ij], skew 1/2 Σ_{i<j} log s_ij. Symmetric ones bend the orbit like
  // rescalings, skew ones like isometries: H = P_H ∇(log v_symmetric - log v_skew).
  const Host model = host("matrix_product", "rows = 4\ncolumns = 5\nrank = 3");
  const int r = 3;
  const auto combined = [&](double sign) {
    return [&model, sign](const Vector& theta) -> MatrixXd {
      const MatrixXd f = model.frame(theta);
      MatrixXd part(f.rows(), sign > 0 ? 6 : 3);
      for (int a = 0, at = 0; a < r; ++a) {
        if (sign > 0) part.col(at++) = f.col(a * r + a);
        for (int b = a + 1; b < r; ++b) part.col(at++) = (f.col(a * r + b) + sign * f.col(b * r + a)) / std::sqrt(2.0);
      }
      return part;
    };
  };
  const Frame symmetric = combined(1), skew = combined(-1);
  Points points(model.description);
  double twin = 0;
  for (int i = 0; i < 20; ++i) {
    const Vector theta = to_slice(model.functor, Gauge::moment_map, points.point());
    ASSERT_LT(model.functor.gauge(Gauge::moment_map, theta).norm(), 1e-12) << "seed " << point_seed << ", point " << i;
    const Eigen::Map<const Matrix> u(theta.data(), 4, r), v(theta.data() + 12, 5, r);
    const Vector s = Eigen::JacobiSVD<MatrixXd>(u * v.transpose()).singularValues().head(r);
    double diagonal = 0, pairs = 0;
    for (int a = 0; a < r; ++a) {
      diagonal += 0.5 * std::log(2 * s[a]);
      for (int b = 0; b < a; ++b) pairs += 0.5 * std::log(s[a] + s[b]);
    }
    EXPECT_NEAR(model.log_volume(theta), diagonal + 2 * pairs, 1e-10);
    EXPECT_GT(std::abs(model.log_volume(2 * theta) - diagonal - 2 * pairs), 1) << "twin: another point";
    EXPECT_NEAR(log_gauge_volume(model.functor.gauge_jacobian(Gauge::moment_map, theta)), diagonal + pairs, 1e-10);
    EXPECT_NEAR(orbit_at(symmetric, theta).log_volume, diagonal + pairs, 1e-10);
    EXPECT_NEAR(orbit_at(skew, theta).log_volume, pairs, 1e-10);
    const Orbit orbit = orbit_at(model.frame, theta);
    const Vector h = mean_curvature(model.frame, theta);
    const Vector up = log_volume_gradient(symmetric, theta), down = log_volume_gradient(skew, theta);
    EXPECT_LT((h - orbit.horizontal(up - down)).norm(), 1e-9 * up.norm()) << "seed " << point_seed << ", point " << i;
    twin = std::max(twin, (h - orbit.horizontal(up + down)).norm() / up.norm());
  }
  EXPECT_GT(twin, 1e-2) << "the sign of the skew part makes no difference";
}

}  // namespace
}  // namespace orbitwalk::test
