// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

// Small statistics over independent values, such as the seeds of an ensemble.
namespace orbitwalk {

/// z with P(N(0, 1) <= z) = p, for p in (0, 1): Newton's method on Φ(z) = erfc(-z/√2) / 2.
double normal_quantile(double p);

/// z with P(N(0, 1) > z) = level, by bisection of erfc(z/√2) / 2 on [-10, 10]. It is normal_quantile(1 - level) up to
/// rounding, and stays beside it because the last bits of summary.json's nested_rhat_critical are its.
double upper_normal_point(double level);

/// Without the values that are not finite (diverged particles).
std::vector<double> finite_values(std::vector<double> values);

/// Linear between order statistics; NaN without values.
double quantile(std::vector<double> values, double level);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// A 95 % confidence interval of the median that holds for every law: order statistics k and n + 1 - k, k the largest
/// with P(Binomial(n, 1/2) < k) <= 0.025, as in the sign test. NaN with fewer than 6 values.
/// Source: Thompson 1936, Annals of Mathematical Statistics 7, 122.
struct Interval {
  double low = 0, high = 0;
};
Interval median_interval(std::vector<double> values);

/// A share p = count/n and its 95 % interval:
///   (p + z²/2n ± z sqrt(p (1 - p)/n + z²/4n²)) / (1 + z²/n),  z = normal_quantile(0.975).
/// Source: Wilson 1927, Journal of the American Statistical Association 22, 209.
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

}  // namespace orbitwalk
