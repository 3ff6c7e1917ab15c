// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/smooth_test.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/decompositions.hpp"

namespace orbitwalk {
namespace {

constexpr int kOrder = 4;
constexpr double kVisible = 1e-3;
// Total variation of P_1..P_4 on [-1, 1].
constexpr double kVariation[kOrder] = {2, 3, 1 + 1 + 4 * 0.4472135955, 2 * (1 + 2 * 3 / 7.0 + 3 / 8.0)};

using Scores = Eigen::Matrix<double, kOrder, 1>;

void legendre(double x, double (&p)[kOrder + 2]) {
  p[0] = 1, p[1] = x;
  for (int k = 2; k < kOrder + 2; ++k) p[k] = ((2 * k - 1) * x * p[k - 1] - (k - 1) * p[k - 2]) / k;
}

/// √(2k+1) P_k(2u - 1) averaged over u in [from, to].
Scores cell_scores(double from, double to) {
  double a[kOrder + 2], b[kOrder + 2];
  Scores scores;
  if (to - from < 1e-9) {
    legendre(from + to - 1, a);
    for (int k = 1; k <= kOrder; ++k) scores[k - 1] = std::sqrt(2 * k + 1.0) * a[k];
    return scores;
  }
  legendre(2 * from - 1, a), legendre(2 * to - 1, b);
  // ∫ P_k = (P_{k+1} - P_{k-1}) / (2k+1)
  for (int k = 1; k <= kOrder; ++k)
    scores[k - 1] = ((b[k + 1] - b[k - 1]) - (a[k + 1] - a[k - 1])) / (std::sqrt(2 * k + 1.0) * 2 * (to - from));
  return scores;
}

/// Upper tail of χ² with 1 to 4 degrees of freedom.
double chi_square_tail(double x, int freedom) {
  switch (freedom) {
    case 1: return std::erfc(std::sqrt(x / 2));
    case 2: return std::exp(-x / 2);
    case 3: return std::erfc(std::sqrt(x / 2)) + std::sqrt(2 * x / std::numbers::pi) * std::exp(-x / 2);
    default: return std::exp(-x / 2) * (1 + x / 2);
  }
}

}  // namespace

double smooth_p_value(const Distribution& sample, const Law& law, double effective_sample_size, double law_error) {
  const Distribution h = law.window ? restrict_to(sample, *law.window) : sample;
  if (!(effective_sample_size > 0)) return std::nan("");
  Scores mean = Scores::Zero();
  Eigen::Matrix<double, kOrder, kOrder> covariance = Eigen::Matrix<double, kOrder, kOrder>::Zero();
  double before = 0;
  const auto cell = [&](double share, double until) {
    const Scores scores = cell_scores(before, until);
    mean += share * scores;
    covariance += (until - before) * scores * scores.transpose();
    before = until;
  };
  cell(h.under, law.cdf(h.edges.front()));
  for (std::size_t i = 0; i < h.shares.size(); ++i) cell(h.shares[i], std::max(before, law.cdf(h.edges[i + 1])));
  cell(h.over, 1);
  for (int k = 0; k < kOrder; ++k) {
    const double allowed = law_error * kVariation[k] * std::sqrt(2 * k + 3.0);
    mean[k] = std::copysign(std::max(0.0, std::abs(mean[k]) - allowed), mean[k]);
  }
  const Eigen::SelfAdjointEigenSolver<decltype(covariance)> solver(covariance);
  double statistic = 0;
  int freedom = 0;
  for (int k = 0; k < kOrder; ++k) {
    const double variance = solver.eigenvalues()[k];
    if (variance < kVisible) continue;
    statistic += effective_sample_size * std::pow(solver.eigenvectors().col(k).dot(mean), 2) / variance;
    ++freedom;
  }
  if (freedom == 0) return 1;
  return std::min(1.0, chi_square_tail(statistic, freedom));
}

}  // namespace orbitwalk
