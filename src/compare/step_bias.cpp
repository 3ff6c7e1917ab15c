// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/step_bias.hpp"

#include <algorithm>
#include <cmath>

#include "compare/distances.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {
constexpr double kErrors = 3;             // standard errors that count as noise
constexpr double kTwoSampleLevel = 1e-3;  // level of the two-sample KS
}  // namespace

StepBias step_bias(double mean_at_step, double error_at_step, double mean_at_fraction, double error_at_fraction,
                   double fraction, double order) {
  if (!(fraction > 0) || fraction == 1 || !(order > 0))
    throw SpecError("the step-size bias needs a second step h·f with f > 0 other than 1 and an order p > 0");
  StepBias bias;
  const double shrink = std::pow(fraction, order);
  bias.fraction = fraction;
  bias.order = order;
  bias.mean = (mean_at_step - mean_at_fraction) / (1 - shrink);
  bias.standard_error = std::hypot(error_at_step, error_at_fraction) / std::abs(1 - shrink);
  bias.extrapolated_mean = mean_at_step - bias.mean;
  // m(0) = (m(fh) - f^p m(h)) / (1 - f^p)
  bias.extrapolated_error = std::hypot(error_at_fraction, shrink * error_at_step) / std::abs(1 - shrink);
  bias.significant = std::abs(bias.mean) > kErrors * bias.standard_error;
  return bias;
}

StepBias step_bias(const ObservableResult& at_step, const ObservableResult& at_fraction, double fraction,
                   double order) {
  StepBias bias =
      step_bias(at_step.mean, at_step.standard_error, at_fraction.mean, at_fraction.standard_error, fraction, order);
  const double shrink = 1 - std::pow(fraction, order);
  bias.variance = (at_step.variance - at_fraction.variance) / shrink;
  bias.variance_standard_error =
      std::hypot(at_step.variance_standard_error, at_fraction.variance_standard_error) / std::abs(shrink);
  bias.two_step_ks = ks_distance(at_step.histogram, at_fraction.histogram);
  const double a = at_step.effective_sample_size, b = at_fraction.effective_sample_size;
  bias.two_step_noise = ks_critical(kTwoSampleLevel, a * b / (a + b));
  bias.ks_bound = (bias.two_step_ks + bias.two_step_noise) / std::abs(shrink);
  bias.significant = bias.significant || std::abs(bias.variance) > kErrors * bias.variance_standard_error ||
                     bias.two_step_ks > bias.two_step_noise;
  return bias;
}

std::string attribution(const LawComparison& comparison, const StepBias& bias) {
  if (comparison.verdict == "accepted" || comparison.verdict == "no law") return "none";
  if (comparison.verdict == "inconclusive") return "statistics";
  if (comparison.stationary == Stationarity::no) return "not stationary";
  // False where a z is not a number (windowed laws).
  const auto unexplained = [](double z, double error, double bias_of, double bias_error) {
    return std::abs(z) * error > std::abs(bias_of) + kErrors * std::hypot(error, bias_error);
  };
  const bool moments_unexplained =
      unexplained(comparison.mean_z, comparison.mean_standard_error, bias.mean, bias.standard_error) ||
      (bias.variance_standard_error > 0 && unexplained(comparison.variance_z, comparison.variance_standard_error,
                                                       bias.variance, bias.variance_standard_error));
  const bool law_unexplained = bias.ks_bound > 0 && comparison.ks > bias.ks_bound + comparison.ks_critical;
  if (moments_unexplained || law_unexplained) return "theory";
  return bias.significant ? "step size" : "statistics";
}

}  // namespace orbitwalk
