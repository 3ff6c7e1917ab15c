// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/sample.hpp"
#include "laws/law.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// What is asked of a comparison.
struct CompareOptions {
  double significance = 1e-3;         ///< probability to reject any of the laws of one family that are true
  double confidence = 0.95;           ///< of ks_bound
  std::optional<double> equivalence;  ///< a deviation that would not matter: is ks_bound below it?
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
