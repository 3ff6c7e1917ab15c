// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/compare/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "orbitwalk/compare/distances.hpp"

namespace orbitwalk {
namespace {

constexpr double kSmallestSample = 100;
constexpr double kLargestCell = 0.5;

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", v);
  return text;
}

/// Largest share of one cell (bins and tails), in the sample and under the law.
void coarseness(const Histogram& h, const Law& law, double& of_sample, double& of_law) {
  const double total = static_cast<double>(h.total());
  double before = 0;
  const auto cell = [&](std::uint64_t count, double until) {
    of_sample = std::max(of_sample, static_cast<double>(count) / total);
    of_law = std::max(of_law, until - before);
    before = until;
  };
  cell(h.under, law.cdf(h.edges.front()));
  for (std::size_t i = 0; i < h.counts.size(); ++i) cell(h.counts[i], law.cdf(h.edges[i + 1]));
  cell(h.over, 1);
}

/// Means of a sample conditioned on a window are known by bin centres only: the law is binned in the same way.
void binned_mean(const Histogram& h, const Law& law, LawComparison& c) {
  const double total = static_cast<double>(h.total());
  double law_mean = 0, mean = 0, square = 0;
  for (std::size_t i = 0; i < h.counts.size(); ++i) {
    const double center = (h.edges[i] + h.edges[i + 1]) / 2, share = static_cast<double>(h.counts[i]) / total;
    law_mean += center * (law.cdf(h.edges[i + 1]) - law.cdf(h.edges[i]));
    mean += center * share;
    square += center * center * share;
  }
  c.sample_mean = mean;
  c.mean_standard_error = std::sqrt(std::max(0.0, square - mean * mean) / c.effective_sample_size);
  c.mean_z = (mean - law_mean) / c.mean_standard_error;
  c.variance_z = std::nan("");
}

void judge(LawComparison& c, double largest_sample_cell) {
  const std::string p = "p = " + number(c.p_value) + " at an effective sample size of " + number(c.effective_sample_size);
  if (!(c.effective_sample_size >= kSmallestSample)) {
    c.verdict = "inconclusive";
    c.reason = "effective sample size " + number(c.effective_sample_size) + " is below " + number(kSmallestSample);
  } else if (c.p_value < c.significance) {
    c.verdict = "rejected";
    c.reason = "KS " + number(c.ks) + " exceeds " + number(c.ks_critical) + ", " + p;
  } else if (std::max(largest_sample_cell, c.largest_cell) > kLargestCell) {
    c.verdict = "inconclusive";
    c.reason = "one bin or tail holds more than half of the sample or of the law: widen or refine the histogram";
  } else {
    c.verdict = "accepted";
    c.reason = "KS " + number(c.ks) + " is within " + number(c.ks_critical) + ", " + p;
  }
}

}  // namespace

LawComparison compare(const ObservableResult& result, const Law& law, double significance) {
  LawComparison c;
  c.name = law.name;
  c.observable = law.observable;
  c.mean = law.mean();
  c.variance = law.variance();
  c.significance = significance;
  c.law_error = law.quadrature_error;
  const double all = static_cast<double>(result.histogram.total());
  const Histogram h = law.window ? restrict_to(result.histogram, *law.window) : result.histogram;
  c.ks = ks_distance(h, law);  // also refuses an empty histogram
  c.wasserstein1 = wasserstein1(h, law);
  c.kl = kl_divergence(h, law);
  c.outside = static_cast<double>(result.histogram.under + result.histogram.over) / all;
  // The share inside the window keeps its share of the effective sample.
  c.effective_sample_size = result.effective_sample_size * static_cast<double>(h.total()) / all;
  c.p_value = ks_p_value(std::max(0.0, c.ks - c.law_error), c.effective_sample_size);
  c.ks_critical = ks_critical(significance, c.effective_sample_size) + c.law_error;
  if (law.window) {
    binned_mean(h, law, c);
  } else {
    c.sample_mean = result.mean;
    c.mean_standard_error = result.standard_error;
    c.mean_z = (result.mean - c.mean) / result.standard_error;
    c.variance_z = (result.variance - c.variance) / result.variance_standard_error;
  }
  double largest_sample_cell = 0;
  coarseness(h, law, largest_sample_cell, c.largest_cell);
  judge(c, largest_sample_cell);
  return c;
}

}  // namespace orbitwalk
