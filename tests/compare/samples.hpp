// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "laws/law.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk::test {

/// Normal law N(center, temperature): one flat coordinate with U(z) = (z - center)²/2.
inline Law normal_law(double temperature = 1, double center = 0, std::optional<Window> window = {}) {
  Invariant z;
  z.quotient.loss = [center](double v) { return (v - center) * (v - center) / 2; };
  return predict("uncorrected", "z", z, {std::sqrt(temperature), std::sqrt(temperature)}, window);
}

inline Histogram empty_histogram(int bins, double lower, double upper) {
  Histogram h;
  for (int i = 0; i <= bins; ++i) h.edges.push_back(lower + (upper - lower) * i / bins);
  h.counts.assign(static_cast<std::size_t>(bins), 0);
  return h;
}

inline void add(Histogram& h, double x) {
  if (x < h.edges.front()) ++h.under;
  else if (x >= h.edges.back()) ++h.over;
  else ++h.counts[static_cast<std::size_t>(std::upper_bound(h.edges.begin(), h.edges.end(), x) - h.edges.begin() - 1)];
}

/// The result of independent values: errors and effective sample sizes as for iid draws.
inline ObservableResult independent(const std::vector<double>& sample, int bins, double lower, double upper) {
  ObservableResult r;
  r.histogram = empty_histogram(bins, lower, upper);
  const double n = static_cast<double>(sample.size());
  for (const double x : sample) r.mean += x / n, add(r.histogram, x);
  double fourth = 0;
  for (const double x : sample) {
    r.variance += (x - r.mean) * (x - r.mean) / (n - 1);
    fourth += std::pow(x - r.mean, 4) / n;
  }
  r.count = sample.size();
  r.standard_error = std::sqrt(r.variance / n);
  r.variance_standard_error = std::sqrt((fourth - r.variance * r.variance) / n);
  r.effective_sample_size = r.effective_sample_size_mean = r.effective_sample_size_cdf = n;
  return r;
}

}  // namespace orbitwalk::test
