// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

// Simple statistics of independent values, such as the seeds of an ensemble.
namespace orbitwalk {

/// z with P(N(0, 1) <= z) = p, for p in (0, 1): Newton's method on Φ(z) = erfc(-z/√2) / 2.
double normal_quantile(double p);

/// z with P(N(0, 1) > z) = level, by bisection of erfc(z/√2) / 2 on [-10, 10]. It equals normal_quantile(1 - level) up
/// to rounding. It is kept because the last bits of nested_rhat_critical in summary.json depend on it.
double upper_normal_point(double level);

/// The values without those that are not finite (diverged particles).
std::vector<double> finite_values(std::vector<double> values);

/// The quantile, by linear interpolation between order statistics; NaN without values.
double quantile(std::vector<double> values, double level);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// A distribution-free 95 % confidence interval of the median: order statistics k and n + 1 - k, with k the largest
/// number such that P(Binomial(n, 1/2) < k) <= 0.025, as in the sign test. NaN with fewer than 6 values.
/// Source: Thompson 1936, Annals of Mathematical Statistics 7, 122.
struct Interval {
  double low = 0, high = 0;
};
Interval median_interval(std::vector<double> values);

/// A share p = count/n and its 95 % confidence interval:
///   (p + z²/2n ± z sqrt(p (1 - p)/n + z²/4n²)) / (1 + z²/n),  z = normal_quantile(0.975).
/// Source: Wilson 1927, Journal of the American Statistical Association 22, 209.
struct Share {
  std::size_t count = 0, all = 0;
  Interval interval;
  double value() const { return all == 0 ? 0 : double(count) / double(all); }
};
Share share_of(std::size_t count, std::size_t all);

/// The ratio that is farthest from 1 in either direction; NaN if there are no ratios, or if one of them is NaN.
double farthest_from_one(const std::vector<double>& ratios);

/// Whether a number is within the relative `tolerance` of its target; empty if there is no number (all seeds diverged).
std::optional<bool> is_near(double value, double target, double tolerance);
/// The same for the 5 % and 95 % quantiles over the seeds. A median alone may be near 1 by accident, even if
/// the quantities compared are unrelated.
std::optional<bool> are_near(const std::vector<double>& values, double target, double tolerance);
/// Whether something happens in more than half of the seeds, judged by the interval; empty if that contains 1/2.
std::optional<bool> is_majority(const Share& share);

}  // namespace orbitwalk
