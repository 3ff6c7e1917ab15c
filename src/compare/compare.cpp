// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

#include "compare/distances.hpp"
#include "compare/monitored_bridge.hpp"
#include "compare/smooth_test.hpp"
#include "compare/statistics.hpp"
#include "orbitwalk/error.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

constexpr double kSmallestSample = 100;
constexpr double kLargestCell = 0.5;

std::string number(double v) { return formatted(v, "%.3g"); }

/// Largest share of one cell (bins and tails), in the sample and under the law.
void coarseness(const Distribution& h, const Law& law, double& of_sample, double& of_law) {
  double before = 0;
  const auto cell = [&](double share, double until) {
    of_sample = std::max(of_sample, share);
    of_law = std::max(of_law, until - before);
    before = until;
  };
  cell(h.under, law.cdf(h.edges.front()));
  for (std::size_t i = 0; i < h.shares.size(); ++i) cell(h.shares[i], law.cdf(h.edges[i + 1]));
  cell(h.over, 1);
}

/// Means of a sample conditioned on a window are known by bin centres only: the law is binned in the same way.
void binned_mean(const Distribution& h, const Law& law, LawComparison& c) {
  double law_mean = 0, mean = 0, square = 0;
  for (std::size_t i = 0; i < h.shares.size(); ++i) {
    const double center = (h.edges[i] + h.edges[i + 1]) / 2, share = h.shares[i];
    law_mean += center * (law.cdf(h.edges[i + 1]) - law.cdf(h.edges[i]));
    mean += center * share;
    square += center * center * share;
  }
  c.sample_mean = mean;
  c.mean_standard_error = std::sqrt(std::max(0.0, square - mean * mean) / c.effective_sample_size);
  c.mean_z = (mean - law_mean) / c.mean_standard_error;
  c.variance_z = c.variance_standard_error = std::nan("");
}

void set_bound(LawComparison& c) {
  const double margin = normal_quantile(c.confidence) / (2 * std::sqrt(c.effective_sample_size));
  c.ks_bound = std::min(1.0, c.ks + std::max(0.0, margin) + c.law_error + c.lost_share);
  if (!(c.effective_sample_size > 0)) c.ks_bound = std::nan("");
  if (c.equivalence && std::isfinite(c.ks_bound)) c.equivalent = c.ks_bound <= *c.equivalence;
}

std::string bound_in_words(const LawComparison& c) {
  if (!c.equivalent) return "";
  const std::string share = number(100 * c.confidence) + " % confidence";
  return *c.equivalent ? "; equivalent: deviations above " + number(*c.equivalence) + " are excluded at " + share +
                             " (bound " + number(c.ks_bound) + ")"
                       : "; not shown to be equivalent: a deviation of " + number(c.ks_bound) +
                             " is still allowed at " + share + ", more than " + number(*c.equivalence);
}

void judge(LawComparison& c) {
  const std::string p = "p = " + number(c.p_value) + " (KS) and " + number(c.p_smooth) + " (smooth), adjusted " +
                        number(c.p_adjusted) + ", at an effective sample size of " + number(c.effective_sample_size);
  if (!c.no_law.empty()) {
    c.verdict = "no law";
    c.reason = c.no_law;
    return;
  }
  if (std::isnan(c.ks)) {
    c.verdict = "inconclusive";
    c.reason = "no particle was left to observe";
  } else if (!(c.effective_sample_size >= kSmallestSample)) {
    c.verdict = "inconclusive";
    c.reason = "effective sample size " + number(c.effective_sample_size) + " is below " + number(kSmallestSample);
  } else if (c.p_adjusted < c.significance) {
    c.verdict = "rejected";
    c.reason =
        (c.ks > c.ks_critical ? "KS " + number(c.ks) + " exceeds " + number(c.ks_critical) + ", " : std::string()) + p;
    if (c.stationary == Stationarity::no)
      c.reason = "not stationary: the sample is still drifting, remembers its start or does not move; " + c.reason;
  } else if (c.lost_share > 1 / (2 * std::sqrt(c.effective_sample_size))) {
    c.verdict = "inconclusive";
    c.reason = number(100 * c.lost_share) +
               " % of the particles diverged or blew up: the others are conditioned on survival, and the law says "
               "nothing about them";
  } else if (std::max(c.largest_sample_cell, c.largest_cell) > kLargestCell) {
    c.verdict = "inconclusive";
    c.reason = "one bin or tail holds more than half of the sample or of the law: widen or refine the histogram";
  } else {
    c.verdict = "accepted";
    c.reason = "KS " + number(c.ks) + ", critical " + number(c.ks_critical) + ", " + p;
  }
  c.reason += bound_in_words(c);
}

/// Holm's adjusted p-values of one family.
void adjust(std::vector<LawComparison*> family) {
  std::vector<std::pair<double, LawComparison*>> tests;
  for (LawComparison* c : family) {
    c->p_adjusted = std::nan("");
    for (const double p : {c->p_value, c->p_smooth})
      if (!std::isnan(p)) tests.push_back({p, c});
  }
  std::stable_sort(tests.begin(), tests.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  double largest = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(tests.size() - i) * tests[i].first));
    LawComparison& c = *tests[i].second;
    if (std::isnan(c.p_adjusted)) c.p_adjusted = largest;  // sorted: the first of a comparison is its smaller one
  }
  for (LawComparison* c : family) judge(*c);
}

}  // namespace

LawComparison compare(const Sample& sample, const Law& law, double significance) {
  return compare(sample, law, CompareOptions{significance, 0.95, {}});
}

LawComparison compare(const Sample& sample, const Law& law, const CompareOptions& options) {
  if (!(options.confidence > 0 && options.confidence < 1)) throw SpecError("a confidence lies between 0 and 1");
  if (options.equivalence && !(*options.equivalence > 0)) throw SpecError("an equivalence margin is positive");
  LawComparison c;
  c.name = law.name;
  c.observable = law.observable;
  c.mean = law.mean();
  c.variance = law.variance();
  c.significance = options.significance;
  c.confidence = options.confidence;
  c.equivalence = options.equivalence;
  c.stationary = sample.stationary;
  c.law_error = law.quadrature_error;
  const double inside = law.window ? share_inside(sample.distribution, *law.window) : 1;
  c.lost_share = std::min(1.0, sample.lost_share / inside);
  const double allowance = c.law_error + c.lost_share;
  const Distribution h = law.window ? restrict_to(sample.distribution, *law.window) : sample.distribution;
  c.ks = ks_distance(h, law);
  c.wasserstein1 = wasserstein1(h, law);
  c.kl = kl_divergence(h, law);
  c.outside = sample.distribution.under + sample.distribution.over;
  // The share inside the window keeps its share of the effective sample.
  c.effective_sample_size = sample.effective_sample_size * inside;
  std::vector<double> at_edges;
  for (const double edge : h.edges) at_edges.push_back(law.cdf(edge));
  const MonitoredBridge null(at_edges);
  c.p_value = null.p_value(std::max(0.0, c.ks - allowance), c.effective_sample_size);
  c.ks_critical = null.critical(options.significance, c.effective_sample_size) + allowance;
  c.p_smooth = smooth_p_value(h, law, c.effective_sample_size, allowance);
  set_bound(c);
  if (law.window) {
    binned_mean(h, law, c);
  } else {
    c.sample_mean = sample.mean;
    c.mean_standard_error = sample.standard_error;
    c.mean_z = (sample.mean - c.mean) / sample.standard_error;
    c.variance_standard_error = sample.variance_standard_error;
    c.variance_z = (sample.variance - c.variance) / sample.variance_standard_error;
    if (sample.blown_up) c.mean_z = c.variance_z = std::nan("");
  }
  coarseness(h, law, c.largest_sample_cell, c.largest_cell);
  adjust({&c});
  return c;
}

void adjust_for_multiplicity(std::vector<LawComparison>& comparisons, const std::vector<std::string>& expect) {
  std::vector<LawComparison*> family;
  for (LawComparison& c : comparisons) {
    if (std::find(expect.begin(), expect.end(), c.name) != expect.end()) family.push_back(&c);
    else adjust({&c});
  }
  adjust(family);
}

}  // namespace orbitwalk
