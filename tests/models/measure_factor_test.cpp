// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Invariants whose measure is no power (Quotient::log_lebesgue) against Gibbs averages of the functor's own loss, by
// sums over a grid or over random directions.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "laws/law.hpp"
#include "models/cases.hpp"

namespace orbitwalk::test {
namespace {

ModelDescription model_of(const std::string& name, const std::string& keys) {
  return describe({name, name, "[model]\nname = \"" + name + "\"\n" + keys});
}

TEST(SoftmaxShift, ProbabilitiesAreBetaDistributed) {
  const ModelDescription description = model_of("softmax_shift", "loss = { target = [0.55, 0.25, 0.2] }\n");
  const auto model = make_functor<double>(description);
  const double temperature = 0.15;
  // exp(-L/T) is a smooth function on the plane z_3 = 0, so that a sum over a grid has errors far below the bound.
  Vector sum = Vector::Zero(3), squares = Vector::Zero(3), theta = Vector::Zero(3);
  double total = 0;
  for (theta[0] = -25; theta[0] <= 25; theta[0] += 0.125) {
    for (theta[1] = -25; theta[1] <= 25; theta[1] += 0.125) {
      const double weight = std::exp(-model->loss(theta) / temperature);
      const Vector p = model->observe(theta).head(3);
      total += weight, sum += weight * p, squares += weight * p.cwiseAbs2();
    }
  }
  for (int k = 0; k < 3; ++k) {
    const std::string name = "p" + std::to_string(k + 1);
    const double mean = sum[k] / total, variance = squares[k] / total - mean * mean;
    const Law law =
        predict("isotropic", name, *description.invariant(name), {std::sqrt(temperature), std::sqrt(temperature)});
    EXPECT_NEAR(law.mean(), mean, 1e-6);
    EXPECT_NEAR(law.variance(), variance, 1e-6);
    // Twin: without the measure factor.
    Invariant flat = *description.invariant(name);
    flat.quotient.log_lebesgue = nullptr;
    EXPECT_GT(
        std::abs(predict("isotropic", name, flat, {std::sqrt(temperature), std::sqrt(temperature)}).mean() - mean),
        1e-3);
    // The negative control: no noise along the orbits changes the law.
    for (const double vertical : {0.0, 0.2, 1.0}) {
      EXPECT_NEAR(predict("projected", name, *description.invariant(name), {std::sqrt(temperature), vertical}).mean(),
                  mean, 1e-6);
    }
  }
}

TEST(ScaleInvariant, CosineHasTheLawOfRandomDirections) {
  constexpr std::uint64_t seed = 20260121;
  const double temperature = 0.6;
  for (const int d : {2, 3, 4, 9}) {
    const ModelDescription description =
        model_of("scale_invariant", "dimension = " + std::to_string(d) + "\nloss = { strength = 1.4 }\n");
    const auto model = make_functor<double>(description);
    Points points(description, seed);
    double total = 0, sum = 0, squares = 0, cross = 0, weights = 0;
    for (int i = 0; i < 100'000; ++i) {
      const Vector theta = points.normals();  // of any length: neither loss nor cosine sees it
      const double weight = std::exp(-model->loss(theta) / temperature), c = model->observe(theta)[1];
      total += weight, sum += weight * c;
      squares += weight * weight * c * c, cross += weight * weight * c, weights += weight * weight;
    }
    const double mean = sum / total, error = std::sqrt(squares - 2 * mean * cross + mean * mean * weights) / total;
    const Invariant cosine = *description.invariant("cosine");
    const Law law = predict("isotropic", "cosine", cosine, {std::sqrt(temperature), std::sqrt(temperature)});
    std::printf("  d %d: seed %llu, mean %.5f, law %.5f, standard error %.1g (bound 6)\n", d, (unsigned long long)seed,
                mean, law.mean(), error);
    EXPECT_LT(std::abs(law.mean() - mean), 6 * error);
    EXPECT_NEAR(predict("projected", "cosine", cosine, {std::sqrt(temperature), 0}).mean(), law.mean(), 1e-9)
        << "no volume factor";
    if (d == 3) continue;  // Archimedes: flat
    Invariant flat = cosine;
    flat.quotient.log_lebesgue = nullptr;
    EXPECT_GT(
        std::abs(predict("isotropic", "cosine", flat, {std::sqrt(temperature), std::sqrt(temperature)}).mean() - mean),
        6 * error);
  }
}

}  // namespace
}  // namespace orbitwalk::test
