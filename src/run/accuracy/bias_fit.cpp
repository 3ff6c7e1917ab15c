// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Weighted least squares through a ladder of steps: m + C H^p, and m + C H^p + D H^q.
#include <array>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

#include "run/accuracy/extrapolation.hpp"

namespace orbitwalk {
namespace {

/// Inverse of a symmetric positive 3 × 3 matrix, by cofactors.
std::array<std::array<double, 3>, 3> inverse(const std::array<std::array<double, 3>, 3>& a) {
  std::array<std::array<double, 3>, 3> result;
  const auto cofactor = [&](int i, int j) {
    const int r = (i + 1) % 3, s = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
    return a[r][c] * a[s][d] - a[r][d] * a[s][c];
  };
  const double determinant = a[0][0] * cofactor(0, 0) + a[0][1] * cofactor(0, 1) + a[0][2] * cofactor(0, 2);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) result[i][j] = cofactor(j, i) / determinant;
  return result;
}

}  // namespace

BiasLine fit_bias(const std::vector<AccuracyLevel>& levels, std::size_t o, int order) {
  double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const AccuracyLevel& level : levels) {
    const double w = 1 / (level.errors[o] * level.errors[o]), x = std::pow(level.step, order), y = level.means[o];
    s += w, sx += w * x, sy += w * y, sxx += w * x * x, sxy += w * x * y;
  }
  const double determinant = s * sxx - sx * sx;
  BiasLine line;
  line.coefficient = (s * sxy - sx * sy) / determinant;
  line.error = std::sqrt(s / determinant);
  const double intercept = (sy - line.coefficient * sx) / s;
  double rest = 0;
  for (const AccuracyLevel& level : levels) {
    rest +=
        std::pow((level.means[o] - intercept - line.coefficient * std::pow(level.step, order)) / level.errors[o], 2);
  }
  if (levels.size() > 2)
    line.p_value = boost::math::cdf(boost::math::complement(boost::math::chi_squared(double(levels.size() - 2)), rest));
  return line;
}

BiasCurve fit_curve(const std::vector<AccuracyLevel>& levels, std::size_t o, int order, int next_order) {
  // In units of the largest step, where the three columns are of the same size.
  const double unit = levels.back().step;
  std::array<std::array<double, 3>, 3> normal{};
  std::array<double, 3> right{};
  const auto row = [&](const AccuracyLevel& level) {
    return std::array<double, 3>{1, std::pow(level.step / unit, order), std::pow(level.step / unit, next_order)};
  };
  const double origin = levels.front().means[o];  // what is left of the means keeps its digits
  for (const AccuracyLevel& level : levels) {
    const double w = 1 / (level.errors[o] * level.errors[o]);
    const auto x = row(level);
    for (int i = 0; i < 3; ++i) {
      right[i] += w * x[i] * (level.means[o] - origin);
      for (int j = 0; j < 3; ++j) normal[i][j] += w * x[i] * x[j];
    }
  }
  const auto covariance = inverse(normal);
  std::array<double, 3> solution{};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) solution[i] += covariance[i][j] * right[j];
  double rest = 0;
  for (const AccuracyLevel& level : levels) {
    const auto x = row(level);
    rest += std::pow(
        (level.means[o] - origin - solution[0] - solution[1] * x[1] - solution[2] * x[2]) / level.errors[o], 2);
  }
  BiasCurve curve;
  const double p = std::pow(unit, order), q = std::pow(unit, next_order);
  curve.coefficient = solution[1] / p, curve.error = std::sqrt(covariance[1][1]) / p;
  curve.next = solution[2] / q, curve.next_error = std::sqrt(covariance[2][2]) / q;
  if (levels.size() > 3)
    curve.p_value =
        boost::math::cdf(boost::math::complement(boost::math::chi_squared(double(levels.size() - 3)), rest));
  return curve;
}

}  // namespace orbitwalk
