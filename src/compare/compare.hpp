// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/sample.hpp"
#include "laws/law.hpp"

namespace orbitwalk {

/// What is asked of a comparison.
struct CompareOptions {
  double significance = 1e-3;         ///< probability to reject any of the laws of one family that are true
  double confidence = 0.95;           ///< of ks_bound
  std::optional<double> equivalence;  ///< a deviation that would not matter: is ks_bound below it?
};

/// A sample of one observable side by side with one predicted law; fields as in summary.json `laws`, and more.
struct LawComparison {
  std::string name;  ///< of the law
  std::string observable;
  double mean = 0;      ///< of the law
  double variance = 0;  ///< of the law
  double ks = 0;        ///< distance at the bin edges
  /// of max(0, ks - law_error - lost_share), at the effective sample size and for these bins (MonitoredBridge)
  double p_value = 0;
  double wasserstein1 = 0;
  double kl = 0;
  std::string verdict;  ///< "accepted" | "rejected" | "inconclusive" | "no law"
  std::string reason;   ///< one line: why this verdict

  /// why there is nothing to compare with (Law::reason), where the law does not exist
  std::string no_law;
  double p_smooth = 0;  ///< of Neyman's smooth test (compare/smooth_test.hpp)
  /// the smaller of the two, Holm-adjusted over both tests of all laws of the family
  double p_adjusted = 0;
  double ks_bound = 0;                ///< largest deviation of the true law, at the bin edges, that the data allow
  double confidence = 0;              ///< of ks_bound
  std::optional<double> equivalence;  ///< the deviation that would not matter, when one was named
  std::optional<bool> equivalent;     ///< ks_bound <= equivalence; absent without it or without a bound
  Stationarity stationary = Stationarity::not_tested;  ///< of the sample

  double significance = 0;
  /// ks whose p_value is the significance, law error included: one comparison by itself
  double ks_critical = 0;
  double effective_sample_size = 0;  ///< used for the p-value, after restriction to the law's window
  double law_error = 0;              ///< the law's own quadrature error (cdf)
  double lost_share = 0;             ///< missing share of the sample: particles that diverged or blew up
  double sample_mean = 0;            ///< for a windowed law: of the restricted histogram, by bin centres
  double mean_standard_error = 0;
  double variance_standard_error = 0;
  double mean_z = 0;               ///< (sample mean - law mean) / standard error
  double variance_z = 0;           ///< the same for the variance; NaN for a windowed law
  double outside = 0;              ///< share of the sample outside the histogram
  double largest_cell = 0;         ///< largest probability of one cell under the law: how coarse the histogram is
  double largest_sample_cell = 0;  ///< the same of the sample
};

/// Compares one law, a family of its own: two tests, KS and smooth, p_adjusted = min(1, 2 min(p_value, p_smooth)).
///
/// Rejected: p_adjusted < significance. Inconclusive: the effective sample size is not finite or below 100, or, when
/// not rejected, more than half of the sample or of the law falls into a single cell (a bin or a tail), so that
/// agreement says nothing, or more of the sample is lost (diverged particles) than one standard error of its
/// distribution function, 1/(2 √n_eff). Whatever the lost share q would have shown, the distribution function errs by q
/// at most: q is allowed for as the law's own error is. Accepted otherwise: not contradicted at this sample size, which
/// is all that a test can say.
///
/// What can be said beyond that is the bound: with D the largest deviation of the true distribution function from the
/// law's at the bin edges, attained at the edge e, ks >= |F_n(e) - F(e)|, and F_n(e) - F_true(e) has a standard error
/// of at most 1/(2 √n_eff). So with probability `confidence`
///   D <= ks_bound = min(1, ks + z / (2 √n_eff) + law_error + q),  z the one-sided normal quantile of the confidence.
/// (The two-sided band of Dvoretzky, Kiefer and Wolfowitz, √(log(2/δ)/2n), would be 1.65 times as wide at 95 %.)
/// Between two edges a true law may deviate more, by as much as the bin holds.
/// Throws SpecError for a malformed histogram, a window that is not made of bin edges, or options out of range.
LawComparison compare(const Sample& sample, const Law& law, const CompareOptions& options);
LawComparison compare(const Sample& sample, const Law& law, double significance = 1e-3);

/// p_adjusted and verdicts over families: the comparisons with laws named in `expect` are one family, every other
/// comparison is one by itself. Holm's step-down method: of the M p-values of a family (two a comparison, those that
/// are not numbers left out), sorted, the i-th becomes max_{j <= i} min(1, (M - j + 1) p_(j)). The probability to
/// reject any true law of the family is at most the significance, however the tests depend on each other. Source: Holm
/// 1979, Scandinavian Journal of Statistics 6, 65.
void adjust_for_multiplicity(std::vector<LawComparison>& comparisons, const std::vector<std::string>& expect);

}  // namespace orbitwalk
