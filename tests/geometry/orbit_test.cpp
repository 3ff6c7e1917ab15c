// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Volumes, projections and curvature of orbits, for every registered model. No test here is statistical: the points are
// random, the bounds are rounding.
#include "geometry/orbit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "geometry/host_cases.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

class EveryOrbit : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryOrbit, testing::ValuesIn(geometry_cases()), title_of);

TEST_P(EveryOrbit, ClosedFormIsTheVolumeOfTheGenerators) {
  const Host model(GetParam());
  if (!model.description.log_orbit_volume) GTEST_SKIP() << "no closed form";
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  const int generic = generic_rank(model.frame, model.description.dimension);
  const Frame twin = [&](const Vector& theta) -> Eigen::MatrixXd { return model.frame(theta) * (1 + 1e-8); };
  double worst = 0, twins = HUGE_VAL;
  for (int i = 0; i < 1000; ++i) {
    const Vector theta = points.point();
    const Orbit orbit = orbit_at(model.frame, theta);
    EXPECT_EQ(orbit.rank, generic) << "seed " << point_seed << ", point " << i;
    const double closed = model.log_volume(theta), size = std::max(1.0, std::abs(closed));
    const double error = std::abs(orbit.log_volume - closed) / size;
    EXPECT_LT(error, 1e-10) << "seed " << point_seed << ", point " << i << ": " << theta.transpose();
    worst = std::max(worst, error);
    if (i < 50) twins = std::min(twins, std::abs(orbit_at(twin, theta).log_volume - closed) / size);
  }
  const int k = model.description.generators;
  std::printf(
      "  rank %d of %d generators, stabiliser %d; largest relative error %.2g (bound 1e-10), twin at least %.2g\n",
      generic, k, k - generic, worst, twins);
  EXPECT_GT(twins, 1e-10) << "generators too long by 1e-8 go unnoticed";
}

TEST_P(EveryOrbit, ProjectionsSplitTheSpace) {
  const Host model(GetParam());
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point(), x = points.direction(), y = points.direction();
    const Orbit orbit = orbit_at(model.frame, theta);
    EXPECT_LT((orbit.vertical(x) + orbit.horizontal(x) - x).norm(), 1e-14);
    EXPECT_LT((orbit.vertical(orbit.vertical(x)) - orbit.vertical(x)).norm(), 1e-13);
    EXPECT_LT(orbit.horizontal(orbit.vertical(x)).norm(), 1e-13);
    EXPECT_LT(std::abs(orbit.vertical(x).dot(orbit.horizontal(y))), 1e-13);
    for (int a = 0; a < model.functor.generators(); ++a) {
      const Vector xi = model.functor.generator(a, theta);
      EXPECT_LT(orbit.horizontal(xi).norm(), 1e-10 * orbit.singular_values[0]) << "generator " << a;
    }
    const Vector gradient = model.functor.gradient(theta);
    EXPECT_LT(orbit.vertical(gradient).norm(), 1e-10 * gradient.norm()) << "the gradient is not horizontal";
    EXPECT_LT((orbit.gram() - orbit.frame.transpose() * orbit.frame).norm(), 1e-12 * orbit.gram().norm());
    // The functor's projection, through a Gram matrix, loses twice as many digits.
    bool degenerate = false;
    const Vector projected = model.functor.project_vertical(theta, x, &degenerate);
    const double condition = orbit.singular_values[0] / orbit.singular_values[orbit.rank - 1];
    EXPECT_LT((projected - orbit.vertical(x)).norm(), 1e-13 * x.size() * (1 + condition * condition))
        << "degenerate " << degenerate << ", seed " << point_seed << ", point " << i;
    // Twin: the span without one direction.
    Orbit smaller = orbit;
    smaller.tangent = orbit.tangent.leftCols(orbit.rank - 1).eval();
    EXPECT_GT((smaller.vertical(orbit.tangent.col(orbit.rank - 1)) - orbit.tangent.col(orbit.rank - 1)).norm(), 0.5);
  }
}

TEST_P(EveryOrbit, GradientOfTheVolumeIsThatOfTheClosedForm) {
  const Host model(GetParam());
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  const auto log_volume = [&](const Vector& theta) {
    return model.description.log_orbit_volume ? model.log_volume(theta) : orbit_at(model.frame, theta).log_volume;
  };
  Points points(model.description);
  double largest = 0, largest_twin = 0;
  for (int i = 0; i < 10; ++i) {
    const Vector theta = points.point(), gradient = log_volume_gradient(model.frame, theta);
    largest = std::max(largest, gradient.norm());
    for (int j = 0; j < 4; ++j) {
      const Vector u = points.direction();
      const double slope = derivative([&](double t) { return log_volume(theta + t * u); }, 1e-4);
      EXPECT_NEAR(slope, gradient.dot(u), 1e-6 * std::max(1.0, gradient.norm()))
          << "seed " << point_seed << ", point " << i;
      largest_twin = std::max(largest_twin, std::abs(slope - 1.01 * gradient.dot(u)) / std::max(1.0, gradient.norm()));
    }
  }
  if (largest > 1e-6) {
    EXPECT_GT(largest_twin, 1e-6) << "a gradient 1 % too long goes unnoticed";
  }
}

/// D_η F_a, the linear part of the generators.
Eigen::MatrixXd linear_part(const Frame& frame, const Vector& theta, const Vector& eta) {
  return frame(theta + eta) - frame(theta);
}

TEST_P(EveryOrbit, MeanCurvatureFollowsTheVolumeAsTheGroupSays) {
  const Host model(GetParam());
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  // X skew: <X η, η> = 0. X symmetric: <X η, ζ> = <η, X ζ>.
  const Vector origin = points.point(), eta = points.normals(), zeta = points.normals();
  const Eigen::MatrixXd along = linear_part(model.frame, origin, eta), across = linear_part(model.frame, origin, zeta);
  const double size = std::max(1e-300, along.norm() * eta.norm());
  const bool skew = (along.transpose() * eta).norm() < 1e-12 * size;
  const bool symmetric = (along.transpose() * zeta - across.transpose() * eta).norm() < 1e-12 * size;
  double largest = 0, wrong_sign = 0;
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point(), h = mean_curvature(model.frame, theta);
    const Vector slope = log_volume_gradient(model.frame, theta);
    const Orbit orbit = orbit_at(model.frame, theta);
    const double scale = 1e-9 * std::max(1 / theta.norm(), slope.norm());
    EXPECT_LT(orbit.vertical(h).norm(), scale) << "H is horizontal";
    if (skew) {
      EXPECT_LT((h + slope).norm(), scale) << "isometries: H = -grad log v; point " << i;
    }
    if (symmetric) {
      EXPECT_LT((h - orbit.horizontal(slope)).norm(), scale) << "rescaling: H = P_H grad log v; point " << i;
    }
    largest = std::max(largest, h.norm() / scale);
    wrong_sign =
        std::max(wrong_sign, (symmetric ? Vector(h + orbit.horizontal(slope)) : Vector(h - slope)).norm() / scale);
  }
  std::printf("  %s\n", skew && symmetric ? "constant generators"
                        : skew            ? "isometries"
                        : symmetric       ? "rescalings"
                                          : "neither");
  if (largest > 1e3) {
    EXPECT_GT(wrong_sign, 1e3) << "the other sign would pass";
  }
}

TEST_P(EveryOrbit, MeanCurvatureIsTheDriftOfVerticalNoise) {
  // tr(P_V D²L) = -<H, ∇L> for an invariant L, whatever the group: an independent way to H, by the model's gradient
  // alone.
  const Host model(GetParam());
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  double largest = 0, twin = 0;
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point(), h = mean_curvature(model.frame, theta),
                 gradient = model.functor.gradient(theta);
    const Orbit orbit = orbit_at(model.frame, theta);
    double trace = 0, size = 1e-3;
    for (int t = 0; t < orbit.rank; ++t) {
      const Vector tangent = orbit.tangent.col(t);
      const double term =
          derivative([&](double s) { return model.functor.gradient(theta + s * tangent).dot(tangent); });
      trace += term, size += std::abs(term);
    }
    EXPECT_NEAR(trace, -h.dot(gradient), 1e-7 * size) << "seed " << point_seed << ", point " << i;
    largest = std::max(largest, std::abs(h.dot(gradient)) / size);
    twin = std::max(twin, std::abs(trace - h.dot(gradient)) / size);
  }
  if (largest > 1e-3) {
    EXPECT_GT(twin, 1e-3) << "the other sign would pass";
  }
}

TEST(Orbit, HadamardByHand) {
  // p = 3, q = 1: ξ = (3, -1), v = √10, ∇ log v = (3, 1)/10, H = 2pq (q, p)/ρ⁴ = (6, 18)/100.
  const Host model = host("hadamard", "");
  const Vector theta{{3, 1}};
  const Orbit orbit = orbit_at(model.frame, theta);
  EXPECT_EQ(orbit.rank, 1);
  EXPECT_EQ(orbit.stabiliser(), 0);
  EXPECT_NEAR(orbit.log_volume, 0.5 * std::log(10), 1e-15);
  EXPECT_LT((orbit.vertical(Vector{{0, 1}}) - Vector{{-0.3, 0.1}}).norm(), 1e-15);
  EXPECT_LT((log_volume_gradient(model.frame, theta) - Vector{{0.3, 0.1}}).norm(), 1e-12);
  EXPECT_LT((mean_curvature(model.frame, theta) - Vector{{0.06, 0.18}}).norm(), 1e-12);
}

TEST(Orbit, NonlinearGenerators) {
  // One field of length e^{x²} around the circle of radius r: v = r e^{x²}, but the circle's curvature is still -θ/r².
  const Frame frame = [](const Vector& theta) -> Eigen::MatrixXd {
    return std::exp(theta[0] * theta[0]) * Vector{{-theta[1], theta[0]}};
  };
  const Vector theta{{0.6, 0.7}};
  const double r2 = theta.squaredNorm();
  EXPECT_NEAR(orbit_at(frame, theta).log_volume, 0.5 * std::log(r2) + 0.36, 1e-14);
  EXPECT_LT((log_volume_gradient(frame, theta) - theta / r2 - Vector{{1.2, 0}}).norm(), 1e-9);
  EXPECT_LT((mean_curvature(frame, theta) + theta / r2).norm(), 1e-9);
}

}  // namespace
}  // namespace orbitwalk::test
