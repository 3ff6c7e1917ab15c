// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdio>
#include <limits>

#include "run/quantiles.hpp"

namespace orbitwalk::reproduce {

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
  const double z = 1.959963984540054, n = double(all), p = double(count) / n;
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

std::string digits(double value, int significant) {
  if (!std::isfinite(value)) return "-";
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", significant, value);
  return text;
}

std::string median_and_band(const std::vector<double>& values, int significant) {
  return digits(median(values), significant) + " [" + digits(quantile(values, 0.05), significant) + ", " +
         digits(quantile(values, 0.95), significant) + "]";
}

std::string median_and_interval(const std::vector<double>& values, int significant) {
  const Interval interval = median_interval(values);
  return digits(median(values), significant) + " (95 % " + digits(interval.low, significant) + " to " +
         digits(interval.high, significant) + ")";
}

std::string percent(const Share& share) {
  if (share.all == 0) return "-";
  char text[120];
  std::snprintf(text, sizeof text, "%.1f %% (95 %% %.1f to %.1f; %zu of %zu)", 100 * share.value(),
                100 * share.interval.low, 100 * share.interval.high, share.count, share.all);
  return text;
}

}  // namespace orbitwalk::reproduce
