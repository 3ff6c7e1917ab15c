// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Generators leave predictor and loss alone, at a point and along finite flows, for every registered model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "geometry/host_cases.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

class EveryPredictor : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryPredictor, testing::ValuesIn(geometry_cases()), title_of);

/// |d/dt f(θ + tξ)| at 0, largest component, for ξ of unit length.
double slope(const Host& model, const Vector& theta, const Vector& xi) {
  const Vector u = xi.normalized();
  const auto difference = [&](double t) -> Vector {
    return model.predictor(theta + t * u) - model.predictor(theta - t * u);
  };
  const double h = 1e-3;
  return ((8 * difference(h) - difference(2 * h)) / (12 * h)).cwiseAbs().maxCoeff();
}

/// Twin of a generator: the last component that is not 0 has the wrong sign.
Vector with_a_wrong_sign(Vector xi) {
  for (int j = int(xi.size()) - 1; j >= 0; --j) {
    if (xi[j] == 0) continue;
    xi[j] = -xi[j];
    break;
  }
  return xi;
}

TEST_P(EveryPredictor, GeneratorsLeaveItAndTheLossAlone) {
  const Host model(GetParam());
  ASSERT_TRUE(model.description.predictor) << "describe() of " << model.description.name << " gives no predictor";
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  double worst = 0, twins = 0;
  for (int i = 0; i < 10; ++i) {
    const Vector theta = points.point(), gradient = model.functor.gradient(theta);
    const double size = std::max(1.0, model.predictor(theta).cwiseAbs().maxCoeff());
    for (int a = 0; a < model.functor.generators(); ++a) {
      const Vector xi = model.functor.generator(a, theta);
      worst = std::max(worst, slope(model, theta, xi) / size);
      EXPECT_LT(std::abs(gradient.dot(xi)), 1e-11 * gradient.norm() * xi.norm())
          << "generator " << a << ", point " << i;
      twins = std::max(twins, slope(model, theta, with_a_wrong_sign(xi)) / size);
    }
  }
  std::printf("  seed %llu: largest slope %.2g (bound 1e-8), of twins %.2g\n", (unsigned long long)point_seed, worst,
              twins);
  EXPECT_LT(worst, 1e-8);
  EXPECT_GT(twins, 1e-4) << "a generator with a wrong sign leaves the predictor alone as well: the check says nothing";
}

/// exp(t X) θ by classical Runge-Kutta steps; error about t (t/steps)^4.
template <class Field>
Vector flow(Field field, Vector theta, double time, int steps) {
  const double h = time / steps;
  for (int s = 0; s < steps; ++s) {
    const Vector k1 = field(theta), k2 = field(theta + h / 2 * k1), k3 = field(theta + h / 2 * k2),
                 k4 = field(theta + h * k3);
    theta += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return theta;
}

TEST_P(EveryPredictor, IsConstantAlongFiniteFlows) {
  const Host model(GetParam());
  ASSERT_TRUE(model.description.predictor);
  if (model.description.generators == 0) GTEST_SKIP() << "no generators";
  Points points(model.description);
  double twin = 0;
  for (int i = 0; i < 3; ++i) {
    const Vector theta = points.point(), f = model.predictor(theta);
    const double size = std::max(1.0, f.cwiseAbs().maxCoeff());
    for (int a = 0; a < model.functor.generators(); ++a) {
      const auto generator = [&](const Vector& at) { return model.functor.generator(a, at); };
      const Vector there = flow(generator, theta, 0.7, 100);
      EXPECT_GT((there - theta).norm(), 1e-3) << "generator " << a << " does not move the point";
      EXPECT_LT((model.predictor(there) - f).cwiseAbs().maxCoeff(), 1e-8 * size)
          << "generator " << a << ", seed " << point_seed << ", point " << i;
      EXPECT_NEAR(model.functor.loss(there), model.functor.loss(theta),
                  1e-8 * std::max(1.0, model.functor.loss(theta)));
      const Vector wrong = flow([&](const Vector& at) { return with_a_wrong_sign(generator(at)); }, theta, 0.7, 100);
      twin = std::max(twin, (model.predictor(wrong) - f).cwiseAbs().maxCoeff() / size);
    }
  }
  EXPECT_GT(twin, 1e-2) << "a flow with a wrong sign would pass";
}

TEST_P(EveryPredictor, HostModelIsTheModelThatIsDescribed) {
  const Host model(GetParam());
  EXPECT_EQ(model.functor.parameters(), model.description.dimension);
  EXPECT_EQ(model.functor.generators(), model.description.generators);
  EXPECT_EQ(std::size_t(model.functor.observables()), model.description.observables.size());
  Points points(model.description);
  const Vector theta = points.point(), values = model.functor.observe(theta);
  const auto at = std::find(model.description.observables.begin(), model.description.observables.end(), "loss");
  ASSERT_NE(at, model.description.observables.end());
  const double loss = model.functor.loss(theta);
  EXPECT_NEAR(values[at - model.description.observables.begin()], loss, 1e-12 * (1 + std::abs(loss)));
  const Eigen::MatrixXd frame = model.frame(theta);
  ASSERT_EQ(frame.cols(), model.functor.generators());
  for (int a = 0; a < frame.cols(); ++a) EXPECT_EQ(frame.col(a), model.functor.generator(a, theta));
}

TEST(HostModel, UnknownNamesAreErrors) {
  ModelDescription description;
  description.name = "radail";
  try {
    HostModel model(description);
    FAIL() << "no error";
  } catch (const SpecError& error) {
    EXPECT_NE(std::string(error.what()).find("radial"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace orbitwalk::test
