// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/compare.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// From the means and standard errors alone; ks and variance stay 0. SpecError unless fraction > 0, fraction != 1 and
/// order > 0.
StepBias step_bias(double mean_at_step, double error_at_step, double mean_at_fraction, double error_at_fraction,
                   double fraction, double order);

/// From two runs with the same edges; the particles of the two runs must be independent.
StepBias step_bias(const ObservableResult& at_step, const ObservableResult& at_fraction, double fraction, double order);

/// Why a law was not accepted at step h:
///   "none"        accepted;
///   "not stationary"  rejected, and the sample drifts or remembers its start (LawComparison::stationary): no other cause can be told;
///   "statistics"  inconclusive, or the two runs are too noisy to tell step size from theory;
///   "step size"   the two runs differ, and the difference covers the mismatch;
///   "theory"      rejected by more than the step size and the noise can explain, in the distribution function
///                 (ks > ks_bound + ks_critical, when known), in the mean or in the variance (|shift| > |bias| + 3 standard errors
///                 of both).
std::string attribution(const LawComparison& comparison, const StepBias& bias);

}  // namespace orbitwalk
