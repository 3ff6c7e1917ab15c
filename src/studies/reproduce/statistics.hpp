// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

// Small statistics over seeds, and how they are written down.
namespace orbitwalk::reproduce {

/// Without the values that are not finite (diverged particles).
std::vector<double> finite_values(std::vector<double> values);

/// Linear between order statistics; NaN without values.
double quantile(std::vector<double> values, double level);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// A 95 % confidence interval of the median that holds for every law: order statistics k and n + 1 - k, k the largest
/// with P(Binomial(n, 1/2) < k) <= 0.025. NaN with fewer than 6 values.
struct Interval {
  double low = 0, high = 0;
};
Interval median_interval(std::vector<double> values);

/// A share and its 95 % interval (Wilson).
struct Share {
  std::size_t count = 0, all = 0;
  Interval interval;
  double value() const { return all == 0 ? 0 : double(count) / double(all); }
};
Share share_of(std::size_t count, std::size_t all);

/// The ratio that is farthest from 1, either way; NaN without ratios, or where one of them is none.
double farthest_from_one(const std::vector<double>& ratios);

/// Whether a number is within `tolerance`, relative, of the one it should be; nothing where there is no number (all
/// seeds diverged).
std::optional<bool> is_near(double value, double target, double tolerance);
/// The same of the 5 and the 95 % of the seeds: that a median is near 1 can be an accident where what is compared has
/// nothing to do with each other.
std::optional<bool> are_near(const std::vector<double>& values, double target, double tolerance);
/// Whether something happens in more than half of the seeds, by the interval; nothing where that contains 1/2.
std::optional<bool> is_majority(const Share& share);

std::string digits(double value, int significant = 3);
/// "0.98 [0.91, 1.04]": median and the 5 to 95 % of the seeds.
std::string median_and_band(const std::vector<double>& values, int significant = 3);
/// "0.98 (95 % 0.975 to 0.986)": the median and its confidence interval.
std::string median_and_interval(const std::vector<double>& values, int significant = 3);
/// "-" of no seeds.
std::string percent(const Share& share);

}  // namespace orbitwalk::reproduce
