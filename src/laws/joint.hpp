// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "geometry/quotient.hpp"

namespace orbitwalk {

/// Exponents add when measures multiply; a power of a measure scales them. Combining exponents before evaluating is
/// what lets a factor |z_i - z_j| cancel exactly (no -inf + inf on a coincidence).
PowerMeasure operator*(const PowerMeasure& a, const PowerMeasure& b);
PowerMeasure power(const PowerMeasure& a, double exponent);

/// A law of the whole ordered spectrum z_1 <= ... <= z_n, unnormalised:
///   ∏_i |z_i|^single · ∏_{i<j} |z_i - z_j|^difference (z_i + z_j)^sum · exp(Σ_i log_weight(z_i)).
struct JointLaw {
  PowerMeasure measure;
  std::function<double(double)> log_weight;  ///< of one coordinate, smooth but at `poles`; -inf where the weight is 0
  /// points of the support or its ends where log_weight is singular, integrably
  std::vector<double> poles;
  int coordinates = 1;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  /// ±1: the coordinate z is the logarithm of ±x, x the observable; support, weight (with dx/dz) and window are in z.
  /// For one coordinate whose law reaches over many powers of ten. 0: the coordinate is the observable.
  int logarithm_of = 0;
  /// where they are known better than a table on a finite range shows; may be infinite
  std::optional<double> mean, variance;
  std::string formula;  ///< for reports

  bool coupled() const { return coordinates > 1 && (measure.difference != 0 || measure.sum != 0); }
};

/// The joint law ∏ exp(log_lebesgue(z_i) - U(z_i)/temperature) times the given measure; the formula is written from the
/// exponents. Finite ends where Quotient::log_lebesgue is not finite become poles.
/// Throws SpecError when the quotient is malformed (no loss, no coordinates, lower >= upper, temperature <= 0).
JointLaw gibbs(const Quotient& quotient, const PowerMeasure& measure, double temperature);

/// The same on a slice or level set, where weight decay has the value Σ Quotient::decay_on_slice(z_i): it adds to U.
JointLaw gibbs_on_slice(const Quotient& quotient, const PowerMeasure& measure, double temperature);

/// Throws SpecError unless the measure is integrable where coordinates coincide, and, when `at_zero`, where some of
/// them are 0: k coordinates that meet need difference·k(k-1)/2 + k - 1 > 0, k that vanish k·single + (difference +
/// sum)·k(k-1)/2 + k > 0.
void check_integrable(const PowerMeasure& measure, int coordinates, bool at_zero);

/// The power measure as text, e.g. "∏ z_i^0.5 · ∏_{i<j} |z_i - z_j|^0.25"; "1" when it is flat.
std::string describe(const PowerMeasure& measure, int coordinates);

}  // namespace orbitwalk
