// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What a model says about itself agrees: sizes, loss and gradient, minibatches, float and double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/cases.hpp"
#include "models/catalog.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

class EveryModel : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::ValuesIn(model_cases()), title_of);

/// Those with data that all particles share, from which SGD draws.
std::vector<ModelCase> cases_with_data() {
  std::vector<ModelCase> cases;
  for (const ModelCase& each : model_cases()) {
    if (each.data) cases.push_back(each);
  }
  return cases;
}
class EveryModelWithData : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryModelWithData, testing::ValuesIn(cases_with_data()), title_of);

TEST_P(EveryModel, HasTheSizesItDescribes) {
  const ModelDescription description = describe(GetParam());
  EXPECT_EQ(description.name, GetParam().name);
  const auto model = make_functor<double>(description);
  EXPECT_EQ(model->parameters(), description.dimension);
  EXPECT_EQ(model->generators(), description.generators);
  EXPECT_EQ(std::size_t(model->observables()), description.observables.size());
  EXPECT_EQ(description.initial.mean.size(), std::size_t(description.dimension));
  EXPECT_EQ(description.initial.scale.size(), std::size_t(description.dimension));
  if (GetParam().instance) EXPECT_GT(description.samples, 0u);
  else EXPECT_EQ(description.samples, GetParam().data ? 37u : 0u);
  const std::set<std::string> names(description.observables.begin(), description.observables.end());
  EXPECT_EQ(names.size(), description.observables.size()) << "an observable is named twice";
  EXPECT_FALSE(model_info(description.name).summary.empty());
}

/// Largest |∇L·u - dL/du| over all coordinates and some random directions u, against |∇L|.
double gradient_error(const Functor& model, const Vector& theta, const Vector& gradient, Points& points) {
  double worst = 0;
  const auto compare = [&](const Vector& u) {
    const double slope = derivative([&](double t) { return model.loss(theta + t * u); });
    worst = std::max(worst, std::abs(slope - gradient.dot(u)));
  };
  for (int i = 0; i < theta.size(); ++i) compare(Vector::Unit(theta.size(), i));
  for (int i = 0; i < 3; ++i) compare(points.direction());
  return worst / gradient.norm();
}

TEST_P(EveryModel, GradientIsTheDerivativeOfTheLoss) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  Points points(description);
  // A relu network is not differentiable where a sample meets a hyperplane, nor an l1 norm where a weight is 0:
  // differences across that are left out, which happens seldom, and is counted.
  const bool relu = description.name == "relu", l1 = GetParam().toml.find("l1 = ") != std::string::npos;
  int kinks = 0, rejected_twins = 0;
  const int count = 40;
  for (int i = 0; i < count; ++i) {
    const Vector theta = points.point(), gradient = model->gradient(theta);
    const double error = gradient_error(*model, theta, gradient, points);
    if (error > 1e-6 && (relu || (l1 && theta.cwiseAbs().minCoeff() < 2e-3))) {
      ++kinks;
      continue;
    }
    EXPECT_LT(error, 1e-6) << "seed " << point_seed << ", point " << i << ": " << theta.transpose();
    Vector wrong = gradient;  // twin: one component wrong in its fifth digit
    int largest;
    gradient.cwiseAbs().maxCoeff(&largest);
    wrong[largest] *= 1 + 1e-5 * std::sqrt(double(theta.size()));
    rejected_twins += gradient_error(*model, theta, wrong, points) > 1e-6;
  }
  EXPECT_LE(kinks, relu && GetParam().data ? count / 2 : l1 ? 3 : 0);
  EXPECT_EQ(rejected_twins, count - kinks);
  EXPECT_FALSE(model->overran());
}

TEST_P(EveryModelWithData, MinibatchOfAllSamplesIsTheGradient) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  ASSERT_TRUE(model->has_minibatch());
  Points points(description);
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point(), gradient = model->gradient(theta);
    const auto error = [&](int batch) {
      return (model->minibatch_gradient(theta, batch) - gradient).norm() / gradient.norm();
    };
    EXPECT_LT(error(int(description.samples)), 1e-12) << "seed " << point_seed << ", point " << i;
    EXPECT_GT(error(int(description.samples) - 1), 1e-5) << "the twin without the last sample agrees";
  }
  EXPECT_FALSE(model->overran());
}

TEST_P(EveryModelWithData, NoiseOnLabelsIsAShiftOfTheTargets) {
  const ModelDescription description = describe(GetParam());
  // Weights of either sign and noise are drawn once more here, in the order that kernels/models/model.hpp prescribes.
  ModelDescription shifted = description;
  std::vector<double>& targets = shifted.parameters.array("y");
  const int samples = int(description.samples), outputs = int(targets.size()) / samples;
  ASSERT_EQ(targets.size(), std::size_t(samples) * outputs);
  const double label_noise = 0.8;
  auto draw = draw_of<double>(samples, label_noise);
  for (int b = 0; b < samples; ++b) {
    const double weight = draw.weight(b);
    for (int o = 0; o < outputs; ++o) targets[o * samples + b] += draw.label_noise(b, o) / weight;
  }
  const auto model = make_functor<double>(description), other = make_functor<double>(shifted);
  Points points(description);
  for (int i = 0; i < 10; ++i) {
    const Vector theta = points.point(), expected = other->surrogate_gradient(theta, samples, 0);
    EXPECT_LT((model->surrogate_gradient(theta, samples, label_noise) - expected).norm(), 1e-11 * (1 + expected.norm()))
        << "seed " << point_seed << ", point " << i;
    EXPECT_GT((model->surrogate_gradient(theta, samples, 0) - expected).norm(), 1e-3 * expected.norm())
        << "without noise";
  }
  EXPECT_FALSE(model->overran());
}

TEST_P(EveryModel, FloatAgreesWithDouble) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description), single = make_functor<float>(description);
  Points points(description);
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point().cast<float>().cast<double>();
    const Vector gradient = model->gradient(theta), values = model->observe(theta);
    // Rounding of the largest term of the sums, of which there are no more than some hundreds.
    const double scale = std::max({1.0, theta.cwiseAbs().maxCoeff(), gradient.norm(), std::abs(model->loss(theta))});
    EXPECT_LT(std::abs(single->loss(theta) - model->loss(theta)), 2e-5 * scale);
    EXPECT_LT((single->gradient(theta) - gradient).norm(), 2e-5 * scale);
    const Vector observed = single->observe(theta);
    for (int o = 0; o < values.size(); ++o) {
      EXPECT_LT(std::abs(observed[o] - values[o]),
                2e-5 * std::max(scale, std::abs(values[o])) * std::max(1.0, std::abs(values[o])))
          << description.observables[o] << ", seed " << point_seed << ", point " << i;
    }
    if (description.generators == 0) continue;
    const Vector xi = points.direction().cast<float>().cast<double>();
    for (int a = 0; a < model->generators(); ++a) {
      EXPECT_LT((single->generator(a, theta) - model->generator(a, theta)).norm(), 1e-5 * scale);
    }
    const auto p = model->project_vertical(theta, xi), q = single->project_vertical(theta, xi);
    if (!q.degenerate) {
      EXPECT_LT((p.vector - q.vector).norm(), 0.05) << "seed " << point_seed << ", point " << i;
    }
    EXPECT_LT(q.vector.norm(), 1.02) << "a projection does not lengthen; seed " << point_seed << ", point " << i;
  }
  EXPECT_FALSE(single->overran());
}

TEST(Models, UnknownNamesAndKeysAreErrors) {
  EXPECT_THROW(describe({"x", "x", "[model]\nname = \"radail\"\n"}), SpecError);
  for (const auto& name : model_names()) {
    EXPECT_THROW(describe({name, name, "[model]\nname = \"" + name + "\"\nno_such_key = 1\n"}), SpecError) << name;
    EXPECT_THROW(describe({name, name, "[model]\nname = \"" + name + "\"\nloss = { kind = \"no_such_loss\" }\n"}),
                 SpecError)
        << name;
  }
}

}  // namespace
}  // namespace orbitwalk::test
