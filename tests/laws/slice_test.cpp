// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Slices and level sets against their definition: Gaussian parameters in a thin shell |χ| < ε around the slice, and
// simulations of horizontal noise written out for two factors. KS bounds: D <= 3.3/√N, 7e-10 a comparison.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

#include "laws/balance.hpp"
#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using Eigen::MatrixXd, Eigen::VectorXd;
using test::noise;

double ks(std::vector<double> sample, const Law& law) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double d = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = law.cdf(sample[i]);
    d = std::max({d, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return d;
}

/// The sample agrees with the law, and not with the twin.
void expect_law(const std::vector<double>& sample, const Law& law, const Law& twin, std::uint64_t seed,
                const std::string& what) {
  const double d = ks(sample, law), wrong = ks(sample, twin),
               bound = 3.3 / std::sqrt(static_cast<double>(sample.size()));
  std::printf("  %s: seed %llu, %zu values, KS %.4f, twin %.4f, bound %.4f\n", what.c_str(), (unsigned long long)seed,
              sample.size(), d, wrong, bound);
  EXPECT_LT(d, bound) << what;
  EXPECT_GT(wrong, bound) << what << ": the twin is accepted";
}

/// v ∈ R^m, w ∈ R^n, s = |v||w|, with the gauges' measures and the level set's.
Quotient factors(int m, int n) {
  Quotient q;
  q.symmetry = Symmetry::rescaling;
  q.lower = 0;
  q.slices["moment_map"] = {0.5 * (m + n - 4), 0, 0};
  q.slices["norm_difference"] = {0.5 * (m + n - 3), 0, 0};
  if (m == n) q.level_set = PowerMeasure{n - 1.5, 0, 0};
  q.bessel_power = 0.5 * (m + n) - 1;
  q.bessel_order = 0.5 * std::abs(m - n);
  q.loss = [](double s) { return s; };
  return q;
}

TEST(GaugeSlice, TheGaugeDecidesNotTheSet) {
  // |θ|²/2 = s on |v| = |w|, for both gauges; shell |χ| < 0.03. Its bias is O((0.03/s)²), so that s > 0.3 is looked at:
  // where the law does not vanish at s = 0, the shell as a whole has a bias O(0.03), and is rejected.
  const std::uint64_t seed = 31;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  const double least = 0.3;
  const Window window{least, 40};
  for (const auto& [m, n] : {std::pair{1, 1}, {1, 2}, {2, 2}, {1, 4}}) {
    std::vector<double> moment, difference;
    for (int i = 0; i < 1'000'000; ++i) {
      double v = 0, w = 0;
      for (int k = 0; k < m + n; ++k) {
        const double x = normal(generator);
        (k < m ? v : w) += x * x;
      }
      if (!(v * w > least * least)) continue;
      if (std::abs(v - w) < 0.06) moment.push_back(std::sqrt(v * w));
      if (std::abs(std::sqrt(v) - std::sqrt(w)) < 0.03) difference.push_back(std::sqrt(v * w));
    }
    const Invariant s{factors(m, n), Statistic::maximum};
    const Law one = predict("gauge_slice", "s", s, noise(1, 1), window),
              same = predict("gauge_slice:moment_map", "s", s, noise(1, 1), window);
    const Law other = predict("gauge_slice:norm_difference", "s", s, noise(1, 1), window);
    EXPECT_EQ(one.mean(), same.mean());
    const std::string what = std::to_string(m) + ", " + std::to_string(n);
    expect_law(moment, one, other, seed, "moment map " + what);
    expect_law(difference, other, one, seed, "norm difference " + what);
  }
}

TEST(GaugeSlice, WeightDecayAddsToTheLoss) {
  Quotient q = factors(2, 2);
  q.loss = [](double s) { return s / 4; };
  q.decay_on_slice = [](double s) { return 3 * s / 4; };
  const Law split = predict("gauge_slice", "s", {q, Statistic::maximum}, noise(0.5, 1));
  const Law whole = predict("gauge_slice", "s", {factors(2, 2), Statistic::maximum}, noise(0.5, 1));
  for (const double x : {0.1, 0.5, 1.0}) EXPECT_NEAR(split.cdf(x), whole.cdf(x), 1e-9);
  const Law without = predict("uncorrected", "s", {q, Statistic::maximum}, noise(0.5, 1));
  EXPECT_GT(std::abs(without.mean() - whole.mean()), 0.5) << "no slice, no decay on it";
}

TEST(GaugeSlice, UnknownGaugesAreListed) {
  const Invariant s{factors(2, 2), Statistic::maximum};
  try {
    predict("gauge_slice:norm_diference", "s", s, noise(1, 1));
    FAIL() << "an unknown gauge is accepted";
  } catch (const SpecError& error) {
    EXPECT_NE(std::string(error.what()).find("\"norm_difference\""), std::string::npos) << error.what();
  }
  EXPECT_THROW(predict("level_set:moment_map", "s", s, noise(1, 0)), SpecError);
  EXPECT_THROW(predict("level_set", "s", s, noise(1, 0.5)), SpecError);
  EXPECT_THROW(predict("level_set", "s", {factors(2, 3), Statistic::maximum}, noise(1, 0)), SpecError);
}

/// Projected Langevin with β = 0 for v ∈ R^m, w ∈ R^n and the loss U(s) + λ/2 |θ|², in double and small steps.
struct HorizontalWalk {
  int m, n;
  double temperature, decay, step;
  std::function<double(double)> slope;  // U'
  std::mt19937_64 generator;
  std::normal_distribution<double> normal;

  void advance(VectorXd& theta) {
    const double v = theta.head(m).norm(), w = theta.tail(n).norm();
    VectorXd orbit = theta, gradient = decay * theta, xi(m + n);
    orbit.tail(n) *= -1;
    const double pull = slope(v * w);
    if (v > 0) gradient.head(m) += pull * w / v * theta.head(m);
    if (w > 0) gradient.tail(n) += pull * v / w * theta.tail(n);
    for (double& x : xi) x = normal(generator);
    xi -= orbit * (orbit.dot(xi) / orbit.squaredNorm());
    theta += std::sqrt(2 * temperature * step) * xi - step * gradient;
  }
  double balance(const VectorXd& theta) const { return theta.head(m).squaredNorm() - theta.tail(n).squaredNorm(); }
};

TEST(LevelSet, TheBalanceDecaysAsItoSays) {
  // log(Q(t)/Q(0)) has a standard error of sqrt(2/steps) from the finite step, relative: 0.16 % here, bounds 1 %.
  const std::uint64_t seed = 77;
  for (const auto& [m, n, decay] : {std::tuple{1, 1, 0.0}, {2, 2, 0.0}, {2, 2, 0.3}}) {
    HorizontalWalk walk{m, n, 0.5, decay, 5e-4, [](double s) { return s - 2; }, std::mt19937_64(seed), {}};
    double found = 0, expected = 0, twin = 0;
    for (int particle = 0; particle < 400; ++particle) {
      VectorXd theta(m + n);
      theta << VectorXd::Constant(m, 1.9 / std::sqrt(m)), VectorXd::Constant(n, 1.2 / std::sqrt(n));
      const double initial = walk.balance(theta);
      std::vector<double> rho{theta.squaredNorm()};
      for (int k = 0; k < 2000; ++k) {
        walk.advance(theta);
        rho.push_back(theta.squaredNorm());
      }
      found += std::log(walk.balance(theta) / initial);
      expected += std::log(balance_path(initial, rho, walk.step, {0.5, decay, 0}).back() / initial);
      twin += std::log(balance_path(initial, rho, walk.step, {0.52, decay, 0}).back() / initial);
    }
    std::printf("  m %d, n %d, λ %g: seed %llu, mean log(Q/Q0) %.5f, expected %.5f\n", m, n, decay,
                (unsigned long long)seed, found / 400, expected / 400);
    EXPECT_NEAR(found / expected, 1, 0.01);
    EXPECT_GT(std::abs(found / twin - 1), 0.01) << "a rate off by 4 % goes unnoticed";
  }
}

TEST(LevelSet, FactorsOfUnequalSizeAreNeverBalanced) {
  const std::uint64_t seed = 78;
  HorizontalWalk walk{3, 1, 0.5, 0, 5e-4, [](double s) { return s - 2; }, std::mt19937_64(seed), {}};
  double found = 0, squares = 0, expected = 0, twin = 0;
  const int particles = 300;
  for (int particle = 0; particle < particles; ++particle) {
    VectorXd theta = VectorXd::Constant(4, 1.0);
    theta[3] = std::sqrt(3.0);  // starts balanced
    std::vector<double> rho{theta.squaredNorm()};
    for (int k = 0; k < 2000; ++k) {
      walk.advance(theta);
      rho.push_back(theta.squaredNorm());
    }
    const double path = balance_path(0, rho, walk.step, {0.5, 0, 2}).back(), q = walk.balance(theta);
    found += q, expected += path, twin += balance_path(0, rho, walk.step, {0.5, 0, 0}).back();
    squares += (q - path) * (q - path);
  }
  const double error = std::sqrt(squares) / particles;
  std::printf("  seed %llu: mean Q %.4f, expected %.4f, standard error %.4f (bound 6)\n", (unsigned long long)seed,
              found / particles, expected / particles, error);
  EXPECT_LT(std::abs(found - expected) / particles, 6 * error);
  EXPECT_GT(std::abs(found - twin) / particles, 6 * error);
  EXPECT_THROW(balance_path(1, std::vector<double>{1, 0}, 0.1, {}), SpecError);
  EXPECT_THROW(balance_path(1, std::vector<double>{1, 1}, 0, {}), SpecError);
}

TEST(LevelSet, OnTheBalancedSetTheLawIsArcLength) {
  // Long after the balance is gone: exp(-U/T) against the surface measure, not the gauge slice. h = 2e-3, started on Q
  // = 0.
  const std::uint64_t seed = 79;
  for (const auto& [n, decay] : {std::pair{1, 0.0}, {2, 0.4}}) {
    HorizontalWalk walk{n, n, 0.3, decay, 2e-3, [](double s) { return 2 * (s - 1.2); }, std::mt19937_64(seed), {}};
    std::vector<double> sample;
    double unbalanced = 0;
    for (int particle = 0; particle < 8000; ++particle) {
      VectorXd theta = VectorXd::Constant(2 * n, 1 / std::sqrt(n));
      for (int k = 0; k < 1000; ++k) walk.advance(theta);
      sample.push_back(theta.head(n).norm() * theta.tail(n).norm());
      unbalanced += std::abs(walk.balance(theta)) / 8000;
    }
    EXPECT_LT(unbalanced, 0.03) << "the steps are too large to keep Q = 0";
    Quotient q = factors(n, n);
    q.loss = [](double s) { return (s - 1.2) * (s - 1.2); };
    q.decay_on_slice = [decay](double s) { return decay * s; };
    const Law law = predict("level_set", "s", {q, Statistic::maximum}, noise(0.3, 0));
    const Window window{0.02, 4};
    const Law twin = predict("gauge_slice", "s", {q, Statistic::maximum}, noise(0.3, 0), window);
    expect_law(sample, law, twin, seed, "m = n = " + std::to_string(n));
  }
}

/// U ∈ R^{m×r}, V ∈ R^{n×r} on UᵀU = VᵀV: the singular values of UVᵀ.
Quotient product(int m, int n, int r) {
  Quotient q;
  q.symmetry = Symmetry::rescaling;
  q.coordinates = r;
  q.lower = 0;
  q.slices["moment_map"] = {0.5 * (m + n) - r - 1, r > 1 ? 1.0 : 0.0, 0};
  q.loss = [](double s) { return s; };  // |θ|²/2 on the slice
  return q;
}

TEST(MatrixProduct, SliceIsThatOfGaussianFactorsInAShell) {
  const std::uint64_t seed = 41;
  struct Shell {
    int m, n, r, draws;
    double width;  // |χ_ab| < width for each of the r(r+1)/2 constraints
  };
  const double least = 0.4;  // of the smallest singular value: the bias is O((width/σ)²)
  for (const Shell& shell : {Shell{2, 2, 1, 500'000, 0.05}, {2, 2, 2, 3'000'000, 0.15}, {3, 3, 2, 4'000'000, 0.15}}) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    std::vector<double> bottom, top;
    const auto [m, n, r, draws, width] = shell;
    MatrixXd u(m, r), v(n, r);
    for (int i = 0; i < draws; ++i) {
      for (double& x : u.reshaped()) x = normal(generator);
      for (double& x : v.reshaped()) x = normal(generator);
      // Off-diagonal constraints are √2 (UᵀU - VᵀV)_ab, whose gradients have the length of the generators (E_ab +
      // E_ba)/√2.
      bool inside = true;
      for (int a = 0; a < r && inside; ++a)
        for (int b = a; b < r && inside; ++b)
          inside =
              std::abs(u.col(a).dot(u.col(b)) - v.col(a).dot(v.col(b))) * (a == b ? 1 : std::sqrt(2.0)) < 2 * width;
      if (!inside) continue;
      const VectorXd sigma = Eigen::JacobiSVD<MatrixXd>(u * v.transpose()).singularValues();
      if (sigma[r - 1] > least) bottom.push_back(sigma[r - 1]), top.push_back(sigma[0]);
    }
    Quotient q = product(m, n, r), wrong = q;
    wrong.slices["moment_map"].single += r > 1 ? 0.75 : 0.5;  // the twin
    q.lower = wrong.lower = least;
    const std::string what = std::to_string(m) + "x" + std::to_string(n) + " rank " + std::to_string(r);
    expect_law(bottom, predict("gauge_slice", "sigma", {q, Statistic::minimum}, noise(1, 1)),
               predict("gauge_slice", "sigma", {wrong, Statistic::minimum}, noise(1, 1)), seed, what + ", smallest");
    expect_law(top, predict("gauge_slice", "sigma", {q, Statistic::maximum}, noise(1, 1)),
               predict("gauge_slice", "sigma", {wrong, Statistic::maximum}, noise(1, 1)), seed, what + ", largest");
  }
}

/// Growth rates, over T, of small diagonal imbalances C = UᵀU - VᵀV about U = V = √Σ (2×2) under noise across the GL(2)
/// orbits: Itô's drift of C_jj is T tr(P_H ∇²C_jj), differentiated numerically.
Eigen::Vector2d balance_growth(double s1, double s2) {
  const Eigen::Matrix2d root = Eigen::Vector2d(std::sqrt(s1), std::sqrt(s2)).asDiagonal();
  const double epsilon = 1e-5;
  Eigen::Matrix2d rates;
  for (int k = 0; k < 2; ++k) {
    Eigen::Matrix2d u = root;
    u(k, k) = std::sqrt(root(k, k) * root(k, k) + epsilon);
    MatrixXd generators(8, 4);
    for (int a = 0; a < 4; ++a) {
      Eigen::Matrix2d e = Eigen::Matrix2d::Zero();
      e(a / 2, a % 2) = 1;
      generators.col(a) << (u * e).reshaped(), (-root * e.transpose()).reshaped();
    }
    const MatrixXd basis = Eigen::HouseholderQR<MatrixXd>(generators).householderQ() * MatrixXd::Identity(8, 4);
    const MatrixXd horizontal = MatrixXd::Identity(8, 8) - basis * basis.transpose();
    for (int j = 0; j < 2; ++j) {
      VectorXd hessian = VectorXd::Zero(8);  // of C_jj: 2 on column j of U, -2 on column j of V
      hessian.segment(2 * j, 2).setConstant(2), hessian.segment(4 + 2 * j, 2).setConstant(-2);
      rates(j, k) = horizontal.diagonal().dot(hessian) / epsilon;
    }
  }
  Eigen::Vector2d growth = Eigen::EigenSolver<Eigen::Matrix2d>(rates).eigenvalues().real();
  if (growth[0] > growth[1]) std::swap(growth[0], growth[1]);
  return growth;
}

TEST(MatrixProduct, TheBalanceIsAttracting) {
  // With P = s1 + s2 the linear drift is -2T [[1/2s1 + s2/P², s1/P²], [s2/P², 1/2s2 + s1/P²]]: of determinant 4T²
  // (1/4s1s2 + 1/P²).
  for (const auto& [s1, s2] : {std::pair{1.0, 1.0}, {1.0, 0.5}, {2.0, 0.25}, {3.0, 0.1}}) {
    const double p = s1 + s2;
    const Eigen::Vector2d growth = balance_growth(s1, s2);
    EXPECT_NEAR(growth[0] * growth[1] / (1 / (s1 * s2) + 4 / (p * p)), 1, 1e-3) << s1 << ' ' << s2;
    EXPECT_NEAR(-growth.sum() / (1 / s1 + 1 / s2 + 2 / p), 1, 1e-3);
    EXPECT_LT(growth[1], 0);
  }
}

TEST(MatrixProduct, HorizontalNoiseHasTheLawOfTheLevelSet) {
  // 3×3 of rank 2, L = |W|²/2, noise across the orbits of GL(2), Itô; h = 4e-3, started balanced.
  const std::uint64_t seed = 43;
  const double temperature = 0.5, step = 4e-3;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  using Factor = Eigen::Matrix<double, 3, 2>;
  std::vector<double> top, bottom;
  double unbalanced = 0;
  const int particles = 2500;
  for (int particle = 0; particle < particles; ++particle) {
    Factor u, v;
    for (double& x : u.reshaped()) x = 0.6 * normal(generator);
    v = u;
    for (int k = 0; k < 500; ++k) {
      Factor x, y;
      for (double& z : x.reshaped()) z = normal(generator);
      for (double& z : y.reshaped()) z = normal(generator);
      // The vertical part (U E, -V Eᵀ): normal equations A E + E B = UᵀX - YᵀV with A = UᵀU, B = VᵀV.
      const Eigen::Matrix2d a = u.transpose() * u, b = v.transpose() * v, right = u.transpose() * x - y.transpose() * v;
      Eigen::Matrix4d system = Eigen::Matrix4d::Zero();
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
          for (int l = 0; l < 2; ++l) system(i + 2 * j, l + 2 * j) += a(i, l), system(i + 2 * j, i + 2 * l) += b(l, j);
      const Eigen::Vector4d solution = system.ldlt().solve(Eigen::Map<const Eigen::Vector4d>(right.data()));
      const Eigen::Map<const Eigen::Matrix2d> e(solution.data());
      const Eigen::Matrix3d w = u * v.transpose();
      const Factor du = std::sqrt(2 * temperature * step) * (x - u * e) - step * (w * v);
      const Factor dv = std::sqrt(2 * temperature * step) * (y + v * e.transpose()) - step * (w.transpose() * u);
      u += du, v += dv;
    }
    const VectorXd sigma = Eigen::JacobiSVD<MatrixXd>(u * v.transpose()).singularValues();
    top.push_back(sigma[0]), bottom.push_back(sigma[1]);
    unbalanced += (u.transpose() * u - v.transpose() * v).norm() / particles;
  }
  EXPECT_LT(unbalanced, 0.25);  // started at 0; what a finite step leaves
  Quotient q = product(3, 3, 2);
  q.level_set = PowerMeasure{0.5, 1, 0};
  q.loss = [](double s) { return s * s / 2; };
  for (const Statistic statistic : {Statistic::maximum, Statistic::minimum})
    expect_law(statistic == Statistic::maximum ? top : bottom,
               predict("level_set", "s", {q, statistic}, noise(temperature, 0)),
               predict("gauge_slice", "s", {q, statistic}, noise(temperature, 0)), seed,
               statistic == Statistic::maximum ? "largest" : "smallest");
}

/// log of surface measure over sqrt(det J Jᵀ) at singular values σ, by differences: U = A √Σ Oᵀ, V = B √Σ Oᵀ with A, B,
/// O moved along a basis of the Stiefel manifolds and of O(r).
double log_slice_density(int m, int n, int r, const VectorXd& sigma) {
  std::vector<VectorXd> tangents;
  const VectorXd root = sigma.cwiseSqrt();
  const auto flat = [](const MatrixXd& u, const MatrixXd& v) {
    VectorXd all(u.size() + v.size());
    all << u.reshaped(), v.reshaped();
    return all;
  };
  const MatrixXd zero_u = MatrixXd::Zero(m, r), zero_v = MatrixXd::Zero(n, r);
  for (const bool second : {false, true})
    for (int b = 0; b < r; ++b)
      for (int a = b + 1; a < (second ? n : m); ++a) {  // rotation of the rows a and b
        MatrixXd d = second ? zero_v : zero_u;
        d(a, b) = root[b];
        if (a < r) d(b, a) = -root[a];
        tangents.push_back(second ? flat(zero_u, d) : flat(d, zero_v));
      }
  for (int b = 0; b < r; ++b)
    for (int a = b + 1; a < r; ++a) {  // rotation of the columns of both
      MatrixXd du = zero_u, dv = zero_v;
      du(a, b) = dv(a, b) = root[a];
      du(b, a) = dv(b, a) = -root[b];
      tangents.push_back(flat(du, dv));
    }
  for (int a = 0; a < r; ++a) {
    MatrixXd du = zero_u, dv = zero_v;
    du(a, a) = dv(a, a) = 0.5 / root[a];
    tangents.push_back(flat(du, dv));
  }
  MatrixXd frame(tangents[0].size(), static_cast<int>(tangents.size())), generators((m + n) * r, r * (r + 1) / 2);
  for (std::size_t i = 0; i < tangents.size(); ++i) frame.col(static_cast<int>(i)) = tangents[i];
  MatrixXd u = zero_u, v = zero_v;
  u.topRows(r) = v.topRows(r) = root.asDiagonal();
  for (int a = 0, k = 0; a < r; ++a)
    for (int b = a; b < r; ++b, ++k) {
      MatrixXd e = MatrixXd::Zero(r, r);
      e(a, b) = e(b, a) = a == b ? 1 : std::sqrt(0.5);
      generators.col(k) = flat(u * e, -v * e);
    }
  // Tangent to the slice: orthogonal to the gradients of the gauge, which are the generators.
  EXPECT_LT((generators.transpose() * frame).cwiseAbs().maxCoeff(), 1e-12);
  return 0.5 * std::log((frame.transpose() * frame).determinant()) -
         0.5 * std::log((generators.transpose() * generators).determinant());
}

TEST(MatrixProduct, SliceMeasureIsThatOfTheTangentSpace) {
  const std::uint64_t seed = 42;
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(0.2, 3);
  for (const auto& [m, n, r] : {std::tuple{2, 2, 1}, {2, 2, 2}, {3, 3, 2}, {3, 3, 3}, {4, 3, 3}, {5, 4, 3}}) {
    const PowerMeasure measure = product(m, n, r).slices.at("moment_map");
    double low = HUGE_VAL, high = -HUGE_VAL, twin_low = HUGE_VAL, twin_high = -HUGE_VAL;
    for (int point = 0; point < 20; ++point) {
      VectorXd sigma(r);
      for (double& s : sigma) s = uniform(generator);
      double expected = measure.single * sigma.array().log().sum(), twin = expected;
      for (int i = 0; i < r; ++i)
        for (int j = 0; j < i; ++j) {
          expected += measure.difference * std::log(std::abs(sigma[i] - sigma[j]));
          // surface measure alone
          twin += std::log(std::abs(sigma[i] - sigma[j])) + 0.5 * std::log(sigma[i] + sigma[j]);
        }
      twin += r == 1 ? 0.5 * std::log(sigma[0]) : 0;
      const double found = log_slice_density(m, n, r, sigma);
      low = std::min(low, found - expected), high = std::max(high, found - expected);
      twin_low = std::min(twin_low, found - twin), twin_high = std::max(twin_high, found - twin);
    }
    EXPECT_LT(high - low, 1e-10) << m << ' ' << n << ' ' << r << ", seed " << seed;
    EXPECT_GT(twin_high - twin_low, 0.1);
  }
}

}  // namespace
}  // namespace orbitwalk
