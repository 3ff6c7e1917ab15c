// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The discrete Lyapunov equation against SGD run on the spot. Bounds: 6 standard errors from independent chains, a
// false alarm with probability 2e-9 a number, about 60 numbers.
#include "laws/lyapunov.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>

#include "laws/law.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t seed = 61;

/// 12 samples of 2 correlated features: few, so that the residuals and the fourth moments are far from those of normal
/// data.
SgdSetting small_problem() {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  SgdSetting s;
  s.x.resize(12, 2), s.y.resize(12);
  for (int i = 0; i < 12; ++i) {
    const double a = normal(generator), b = normal(generator);
    s.x(i, 0) = a, s.x(i, 1) = 0.6 * a + 0.8 * b + 0.3;
    s.y[i] = 1.5 * a - 0.7 * b + 0.8 * normal(generator);
  }
  return s;
}

/// The largest deviation of the covariance from the chains' average of e eᵀ about the exact mean, and of the mean, in
/// standard errors.
struct Deviation {
  double mean = 0, covariance = 0, relative = 0;
};

struct Chains {
  std::vector<Eigen::Vector2d> first;
  std::vector<Eigen::Matrix2d> second;  // about the exact mean
};

Chains simulate(const SgdSetting& s, const Eigen::VectorXd& center, int chains, int burn_in, int steps) {
  Chains result;
  std::mt19937_64 generator(seed + 1);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> pick(0, static_cast<int>(s.y.size()) - 1);
  for (int chain = 0; chain < chains; ++chain) {
    Eigen::Vector2d w = center, u = Eigen::Vector2d::Zero(), first = u;
    Eigen::Matrix2d second = Eigen::Matrix2d::Zero();
    for (int k = 0; k < burn_in + steps; ++k) {
      Eigen::Vector2d g = s.weight_decay * w;
      for (int b = 0; b < s.batch; ++b) {
        const int i = pick(generator);
        const double noise = s.label_noise > 0 ? s.label_noise * normal(generator) : 0;
        g += s.x.row(i).transpose() * ((s.x(i, 0) * w[0] + s.x(i, 1) * w[1] - s.y[i] - noise) / s.batch);
      }
      u = s.momentum * u - s.learning_rate * g;
      w += u;
      if (k < burn_in) continue;
      first += w / steps;
      second += (w - center) * (w - center).transpose() / steps;
    }
    result.first.push_back(first), result.second.push_back(second);
  }
  return result;
}

Deviation deviation(const Chains& chains, const SgdMoments& moments) {
  Deviation worst;
  const double n = static_cast<double>(chains.first.size());
  const auto standard = [&](auto&& value, double expected) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < chains.first.size(); ++i) sum += value(i), squares += value(i) * value(i);
    const double mean = sum / n, error = std::sqrt((squares / n - mean * mean) / (n - 1));
    return std::pair{std::abs(mean - expected) / error, std::abs(mean / expected - 1)};
  };
  for (int i = 0; i < 2; ++i) {
    worst.mean =
        std::max(worst.mean, standard([&](std::size_t k) { return chains.first[k][i]; }, moments.mean[i]).first);
    for (int j = 0; j <= i; ++j) {
      const auto [z, relative] =
          standard([&](std::size_t k) { return chains.second[k](i, j); }, moments.covariance(i, j));
      worst.covariance = std::max(worst.covariance, z);
      if (i == j) worst.relative = std::max(worst.relative, relative);
    }
  }
  return worst;
}

TEST(Lyapunov, CovarianceIsThatOfSgd) {
  struct Case {
    double rate;
    int batch;
    double label_noise, weight_decay, momentum;
    bool twin;  // the multiplicative noise is large enough to be missed
  };
  for (const Case& c : {Case{0.2, 1, 0, 0, 0, true},
                        {0.2, 3, 0.7, 0, 0, true},
                        {0.15, 2, 0.3, 0.4, 0, true},
                        {0.1, 2, 0.3, 0, 0.6, true},
                        {0.05, 2, 0.5, 0.2, 0.9, true}}) {
    SgdSetting s = small_problem();
    s.learning_rate = c.rate, s.batch = c.batch, s.label_noise = c.label_noise, s.weight_decay = c.weight_decay,
    s.momentum = c.momentum;
    const SgdMoments moments = stationary_moments(s);
    s.multiplicative = false;
    const SgdMoments additive = stationary_moments(s);
    const Chains chains = simulate(s, moments.mean, 100, 500, 10'000);
    const Deviation right = deviation(chains, moments), twin = deviation(chains, additive);
    std::printf(
        "  η %g, B %d, σ %g, λ %g, μ %g: seed %llu, %d iterations, z of mean %.2f, of covariance %.2f (bound 6), off "
        "by "
        "%.2g; additive noise only: z %.1f, off by %.2g\n",
        c.rate, c.batch, c.label_noise, c.weight_decay, c.momentum, (unsigned long long)seed, moments.iterations,
        right.mean, right.covariance, right.relative, twin.covariance, twin.relative);
    EXPECT_LT(right.mean, 6);
    EXPECT_LT(right.covariance, 6);
    EXPECT_GT(twin.covariance, 6) << "the covariance without the multiplicative term is accepted";
  }
}

TEST(Lyapunov, OneWeightHasAClosedForm) {
  // c = 1, μ = 0: C (1 - (1 - ηh)² - η²/B (⟨x⁴⟩ - h²)) = η²/B (⟨r²x²⟩ + σ²h); full batches of one sample have no noise.
  SgdSetting s;
  s.x.resize(4, 1), s.y.resize(4);
  s.x << 1, 2, -1, 0.5;
  s.y << 1, 1, 0, 2;
  s.learning_rate = 0.1, s.batch = 3, s.label_noise = 0.5;
  const double h = 6.25 / 4, fourth = (1 + 16 + 1 + 0.0625) / 4, w = 4.0 / 6.25;
  double noise = 0;
  for (int i = 0; i < 4; ++i) noise += std::pow((s.x(i, 0) * w - s.y[i]) * s.x(i, 0), 2) / 4;
  const double expected = 0.01 / 3 * (noise + 0.25 * h) / (1 - std::pow(1 - 0.1 * h, 2) - 0.01 / 3 * (fourth - h * h));
  const SgdMoments moments = stationary_moments(s);
  EXPECT_NEAR(moments.covariance(0, 0) / expected, 1, 1e-11);
  EXPECT_NEAR(moments.mean[0], w, 1e-14);
  s.full = true;  // label noise on all four samples is all there is
  EXPECT_NEAR(stationary_moments(s).covariance(0, 0) / (0.01 / 4 * 0.25 * h / (1 - std::pow(1 - 0.1 * h, 2))), 1,
              1e-11);
  s.full = false;
  // Heavy ball without the multiplicative part: variance η N (1 + μ) / (h (1 - μ) (2 (1 + μ) - ηh)).
  s.momentum = 0.7, s.multiplicative = false;
  const double additive = (noise + 0.25 * h) / 3;
  EXPECT_NEAR(stationary_moments(s).covariance(0, 0) / (0.1 * additive * 1.7 / (h * 0.3 * (3.4 - 0.1 * h))), 1, 1e-11);
}

TEST(Lyapunov, LawOfAWeightIsNormal) {
  SgdSetting s = small_problem();
  s.learning_rate = 0.1, s.batch = 2;
  const auto moments = std::make_shared<SgdMoments>(stationary_moments(s));
  Invariant weight;
  weight.quotient.component = 1;
  const Law law = predict("lyapunov", "w2", weight, LawContext(NoiseIntensity{}, moments));
  EXPECT_NEAR(law.mean(), moments->mean[1], 1e-9);
  EXPECT_NEAR(law.variance() / moments->covariance(1, 1), 1, 1e-8);
  EXPECT_THROW(predict("lyapunov", "w2", weight, {1, 1}), SpecError);
  weight.quotient.component = 2;
  EXPECT_THROW(predict("lyapunov", "w3", weight, LawContext(NoiseIntensity{}, moments)), SpecError);
}

TEST(Lyapunov, RefusesWhatHasNoStationaryLaw) {
  SgdSetting s = small_problem();
  s.learning_rate = 100;
  EXPECT_THROW(stationary_moments(s), SpecError);  // the mean diverges
  const double h = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(s.x.transpose() * s.x / 12).eigenvalues()[1];
  s.learning_rate = 1.9 / h;
  EXPECT_THROW(stationary_moments(s), SpecError);  // the mean does not, the covariance does
  s.batch = 1'000'000;
  EXPECT_NO_THROW(stationary_moments(s));
  s.x.col(1) = s.x.col(0);
  EXPECT_THROW(stationary_moments(s), SpecError);  // a free direction
  s.batch = 0;
  EXPECT_THROW(stationary_moments(s), SpecError);
}

}  // namespace
}  // namespace orbitwalk
