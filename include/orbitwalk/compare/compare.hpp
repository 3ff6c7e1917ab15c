// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "orbitwalk/laws/law.hpp"
#include "orbitwalk/observables/result.hpp"

namespace orbitwalk {

/// A sample of one observable side by side with one predicted law; fields as in summary.json `laws`, and more.
struct LawComparison {
  std::string name;        ///< of the law
  std::string observable;
  double mean = 0;         ///< of the law
  double variance = 0;     ///< of the law
  double ks = 0;           ///< distance at the bin edges
  double p_value = 0;      ///< of max(0, ks - law_error), allowing for the effective sample size
  double wasserstein1 = 0;
  double kl = 0;
  std::string verdict;     ///< "accepted" | "rejected" | "inconclusive"
  std::string reason;      ///< one line: why this verdict

  double significance = 0;
  double ks_critical = 0;            ///< smallest ks that is rejected, law error included
  double effective_sample_size = 0;  ///< used for the p-value, after restriction to the law's window
  double law_error = 0;              ///< the law's own quadrature error (cdf)
  double sample_mean = 0;            ///< for a windowed law: of the restricted histogram, by bin centres
  double mean_standard_error = 0;
  double mean_z = 0;                 ///< (sample mean - law mean) / standard error
  double variance_z = 0;             ///< the same for the variance; NaN for a windowed law
  double outside = 0;                ///< share of the sample outside the histogram
  double largest_cell = 0;           ///< largest probability of one cell under the law: how coarse the histogram is
};

/// Compares at level `significance` (probability to reject a true law).
///
/// Rejected: p_value < significance. Inconclusive: the effective sample size is not finite or below 100, or, when not
/// rejected, more than half of the sample or of the law falls into a single cell (a bin or a tail), so that agreement
/// says nothing. Accepted otherwise: not contradicted at this sample size, which is all that a test can say.
/// Throws SpecError for a malformed histogram or a window that is not made of bin edges.
LawComparison compare(const ObservableResult& result, const Law& law, double significance = 1e-3);

}  // namespace orbitwalk
