// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The law-side view of a model (geometry/quotient.hpp) agrees with the model: observables, orbit volume, Lebesgue
// measure, loss, slice. Monte Carlo bounds: KS p-value 1e-9 a comparison, about 40 comparisons, so 4e-8 for this file.
#include "geometry/quotient.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compare/distances.hpp"
#include "laws/law.hpp"
#include "models/cases.hpp"
#include "models/oracle.hpp"

namespace orbitwalk::test {
namespace {

class EveryQuotient : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryQuotient, testing::ValuesIn(model_cases()), title_of);

TEST_P(EveryQuotient, ObservablesAreThoseOfTheOracle) {
  const ModelDescription description = describe(GetParam());
  const auto model = make_functor<double>(description);
  Points points(description);
  for (int i = 0; i < 50; ++i) {
    const Vector theta = points.point(), values = model->observe(theta);
    const auto expected = observables_of(description, theta);
    if (!expected) GTEST_SKIP() << "no oracle for " << description.name << " in tests/models/oracle.hpp";
    for (int o = 0; o < values.size(); ++o) {
      const std::string& name = description.observables[o];
      if (GetParam().instance && name != "loss" && !expected->count(name)) continue;  // instance_test.cpp
      const double value = name == "loss" ? model->loss(theta) : expected->at(name);
      EXPECT_NEAR(values[o], value, 1e-12 * std::max({1.0, std::abs(value), theta.squaredNorm()}))
          << name << ", seed " << point_seed << ", point " << i;
    }
  }
  EXPECT_FALSE(model->overran());
}

/// The first observable of the model with a law-side view.
std::optional<Invariant> any_invariant(const ModelDescription& description) {
  for (const auto& name : description.observables) {
    if (const auto invariant = description.invariant(name)) return invariant;
  }
  return {};
}

double log_of(const PowerMeasure& measure, const Vector& z) {
  double sum = 0;
  const auto power = [](double exponent, double base) { return exponent == 0 ? 0 : exponent * std::log(base); };
  for (int i = 0; i < z.size(); ++i) {
    sum += power(measure.single, z[i]);
    for (int j = 0; j < i; ++j)
      sum += power(measure.difference, std::abs(z[i] - z[j])) + power(measure.sum, z[i] + z[j]);
  }
  return sum;
}

/// 1/2 log of the product of the non-zero eigenvalues of the Gram matrix of the generators.
double log_volume(const Functor& model, const Vector& theta) {
  if (model.generators() == 0) return 0;
  const Vector s = Eigen::JacobiSVD<Eigen::MatrixXd>(frame(model, theta)).singularValues();
  double sum = 0;
  for (double value : s) sum += value > 1e-10 * s[0] ? std::log(value) : 0;
  return sum;
}

TEST_P(EveryQuotient, OrbitVolumeIsThatOfTheGenerators) {
  const ModelDescription description = describe(GetParam());
  const auto invariant = any_invariant(description);
  if (!invariant || invariant->quotient.symmetry != Symmetry::compact) GTEST_SKIP() << "no compact quotient";
  if (description.generators == 0) GTEST_SKIP() << "no generators";
  if (invariant->quotient.log_lebesgue)
    GTEST_SKIP() << "its coordinate does not tell the volume: see the model's own test";
  const auto model = make_functor<double>(description);
  Points points(description);
  double lowest = HUGE_VAL, highest = -HUGE_VAL, twin_lowest = HUGE_VAL, twin_highest = -HUGE_VAL;
  for (int i = 0; i < 50; ++i) {
    const Vector theta = points.point();
    const auto z = quotient_coordinates(description, theta);
    ASSERT_TRUE(z) << "add the quotient coordinates of " << description.name << " to tests/models/oracle.hpp";
    ASSERT_EQ(z->size(), invariant->quotient.coordinates);
    const double numeric = log_volume(*model, theta),
                 difference = numeric - log_of(invariant->quotient.orbit_volume, *z);
    lowest = std::min(lowest, difference), highest = std::max(highest, difference);
    PowerMeasure wrong = invariant->quotient.orbit_volume;
    (wrong.sum != 0 ? wrong.sum : wrong.difference != 0 ? wrong.difference : wrong.single) += 0.25;
    const double twin = numeric - log_of(wrong, *z);
    twin_lowest = std::min(twin_lowest, twin), twin_highest = std::max(twin_highest, twin);
  }
  EXPECT_LT(highest - lowest, 1e-9) << "seed " << point_seed;
  EXPECT_GT(twin_highest - twin_lowest, 1e-2) << "an exponent off by 1/4 goes unnoticed";
}

TEST_P(EveryQuotient, LossIsTheSumOverTheCoordinates) {
  const ModelDescription description = describe(GetParam());
  const auto invariant = any_invariant(description);
  if (!invariant || invariant->quotient.symmetry != Symmetry::compact) GTEST_SKIP() << "no compact quotient";
  if (description.generators == 0) GTEST_SKIP() << "no generators: every parameter has a law of its own";
  if (invariant->quotient.log_lebesgue)
    GTEST_SKIP() << "the law of one coordinate of several: see the model's own test";
  const auto model = make_functor<double>(description);
  Points points(description);
  for (int i = 0; i < 20; ++i) {
    const Vector theta = points.point();
    const auto z = quotient_coordinates(description, theta);
    ASSERT_TRUE(z);
    double sum = 0;
    for (double value : *z) sum += invariant->quotient.loss(value);
    EXPECT_NEAR(sum, model->loss(theta), 1e-12 * std::max(1.0, sum));
  }
}

/// KS p-value of the observable at standard normal parameters, whose density exp(-|θ|²/2) is a function of the quotient
/// coordinates: what is left to be tested is the push-forward of Lebesgue measure.
double p_of_normal_parameters(const ModelDescription& description, const std::string& name,
                              const std::vector<double>& sample, double change) {
  Invariant invariant = *description.invariant(name);
  invariant.quotient.loss = [&](double z) { return square_of_parameters(description, z) / 2; };
  PowerMeasure& lebesgue = invariant.quotient.lebesgue;
  (invariant.quotient.coordinates > 1 && lebesgue.single == 0 ? lebesgue.difference : lebesgue.single) += change;
  const Law law = predict("isotropic", name, invariant, {1, 1});
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = law.cdf(sample[i]), n = double(sample.size());
    distance = std::max({distance, f - double(i) / n, double(i + 1) / n - f});
  }
  return ks_p_value(distance, double(sample.size()));
}

TEST_P(EveryQuotient, LebesgueMeasureIsThatOfNormalParameters) {
  const ModelDescription description = describe(GetParam());
  const auto first = any_invariant(description);
  if (!first || first->quotient.symmetry != Symmetry::compact) GTEST_SKIP() << "no compact quotient";
  if (first->quotient.log_lebesgue) GTEST_SKIP() << "the law of one coordinate of several: see the model's own test";
  if (first->quotient.coordinates > 3)
    GTEST_SKIP() << "the law of " << first->quotient.coordinates << " coordinates takes long";
  const auto model = make_functor<double>(description);
  Points points(description, point_seed + 1);
  const int count = 60'000;
  std::vector<std::vector<double>> samples(description.observables.size());
  for (int i = 0; i < count; ++i) {
    const Vector values = model->observe(points.normals());
    for (int o = 0; o < values.size(); ++o) samples[o].push_back(values[o]);
  }
  double smallest_twin = 1;
  for (std::size_t o = 0; o < samples.size(); ++o) {
    const std::string& name = description.observables[o];
    if (!description.invariant(name)) continue;
    std::sort(samples[o].begin(), samples[o].end());
    const double p = p_of_normal_parameters(description, name, samples[o], 0);
    smallest_twin = std::min(smallest_twin, p_of_normal_parameters(description, name, samples[o], 0.2));
    std::printf("  %s: seed %llu, %d draws, p %.3g (bound 1e-9)\n", name.c_str(), (unsigned long long)point_seed + 1,
                count, p);
    EXPECT_GT(p, 1e-9) << name;
  }
  EXPECT_LT(smallest_twin, 1e-9) << "an exponent off by 0.2 goes unnoticed";
}

TEST(Relu, SliceExponentIsThatOfNormalParametersNearTheSlice) {
  // |θ|²/2 = s on the slice |v| = |w|, so that s^e exp(-s) is a Gamma law of mean e + 1. Parameters with
  // |χ| = ||v|² - |w|²|/2 < 0.02 are kept; the bias is O(0.02²).
  for (const auto& [n, m] : {std::pair{3, 1}, std::pair{4, 3}, std::pair{2, 2}}) {
    const ModelDescription description = describe(
        {"relu", "",
         "[model]\nname = \"relu\"\nhidden = 1\ninputs = " + std::to_string(n) + "\noutputs = " + std::to_string(m)});
    const auto s = description.invariant("strength1");
    ASSERT_TRUE(s && s->quotient.slices.count("moment_map"));
    Points points(description, point_seed + 2);
    double sum = 0;
    int kept = 0;
    for (int i = 0; i < 2'000'000; ++i) {
      const Vector x = points.normals();
      const double w2 = x.head(n).squaredNorm(), v2 = x.tail(m).squaredNorm();
      if (std::abs(v2 - w2) >= 0.04) continue;
      sum += std::sqrt(v2 * w2), ++kept;
    }
    const double expected = s->quotient.slices.at("moment_map").single + 1, error = std::sqrt(expected / kept),
                 mean = sum / kept;
    std::printf("  inputs %d, outputs %d: seed %llu, mean %.4f, expected %.4f, standard error %.4f (bound 6)\n", n, m,
                (unsigned long long)point_seed + 2, mean, expected, error);
    EXPECT_LT(std::abs(mean - expected), 6 * error);
    EXPECT_GT(std::abs(mean - (expected + 0.25)), 6 * error) << "an exponent off by 1/4 goes unnoticed";
  }
}

}  // namespace
}  // namespace orbitwalk::test
