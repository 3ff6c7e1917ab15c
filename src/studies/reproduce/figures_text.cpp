// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/figures_text.hpp"

#include <cmath>
#include <cstdio>

namespace orbitwalk::reproduce {

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
