// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "compare/quantiles.hpp"

namespace orbitwalk {

double normal_quantile(double p) {
  double z = 0;
  for (int i = 0; i < 60; ++i) {
    const double change =
        (p - std::erfc(-z / std::numbers::sqrt2) / 2) * std::sqrt(2 * std::numbers::pi) * std::exp(z * z / 2);
    z += std::clamp(change, -0.5, 0.5);
    if (std::abs(change) < 1e-13) break;
  }
  return z;
}

double upper_normal_point(double level) {
  double low = -10, high = 10;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) / 2 > level ? low : high) = middle;
  }
  return high;
}

std::vector<double> finite_values(std::vector<double> values) {
  drop_non_finite(values);
  return values;
}

double quantile(std::vector<double> values, double level) {
  drop_non_finite(values);
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  return quantile_of_sorted(values, level);
}

Interval median_interval(std::vector<double> values) {
  values = finite_values(std::move(values));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (values.size() < 6) return {nan, nan};
  std::sort(values.begin(), values.end());
  const boost::math::binomial_distribution<> coin(double(values.size()), 0.5);
  std::size_t k = 0;  // the interval is [x_(k+1), x_(n-k)], which misses with probability 2 P(fewer than k + 1)
  while (cdf(coin, double(k)) <= 0.025) ++k;
  k = k > 0 ? k - 1 : 0;
  return {values[k], values[values.size() - 1 - k]};
}

Share share_of(std::size_t count, std::size_t all) {
  Share share{count, all, {0, 1}};
  if (all == 0) return share;
  const double z = normal_quantile(0.975), n = double(all), p = double(count) / n;
  const double center = (p + z * z / (2 * n)) / (1 + z * z / n),
               half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  share.interval = {std::max(0.0, center - half), std::min(1.0, center + half)};
  return share;
}

double farthest_from_one(const std::vector<double>& ratios) {
  double farthest = ratios.empty() ? std::numeric_limits<double>::quiet_NaN() : 1;
  for (const double ratio : ratios) {
    if (!std::isfinite(ratio)) return std::numeric_limits<double>::quiet_NaN();
    if (std::abs(std::log(ratio)) > std::abs(std::log(farthest))) farthest = ratio;
  }
  return farthest;
}

std::optional<bool> is_near(double value, double target, double tolerance) {
  if (!std::isfinite(value) || std::isnan(target) || std::isnan(tolerance)) return {};
  return std::abs(value - target) < tolerance * std::abs(target);
}

std::optional<bool> are_near(const std::vector<double>& values, double target, double tolerance) {
  const auto low = is_near(quantile(values, 0.05), target, tolerance),
             high = is_near(quantile(values, 0.95), target, tolerance);
  return low && high ? std::optional<bool>(*low && *high) : std::nullopt;
}

std::optional<bool> is_majority(const Share& share) {
  if (share.interval.low > 0.5) return true;
  if (share.interval.high < 0.5) return false;
  return {};
}

}  // namespace orbitwalk
