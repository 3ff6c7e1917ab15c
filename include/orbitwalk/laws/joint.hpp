// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "orbitwalk/geometry/quotient.hpp"

namespace orbitwalk {

/// Exponents add when measures multiply; a power of a measure scales them. Combining exponents before evaluating is what
/// lets a factor |z_i - z_j| cancel exactly (no -inf + inf on a coincidence).
PowerMeasure operator*(const PowerMeasure& a, const PowerMeasure& b);
PowerMeasure power(const PowerMeasure& a, double exponent);

/// A law of the whole ordered spectrum z_1 <= ... <= z_n, unnormalised:
///   ∏_i |z_i|^single · ∏_{i<j} |z_i - z_j|^difference (z_i + z_j)^sum · exp(Σ_i log_weight(z_i)).
struct JointLaw {
  PowerMeasure measure;
  std::function<double(double)> log_weight;  ///< of one coordinate, smooth but at `poles`; -inf where the weight is 0
  std::vector<double> poles;                 ///< points inside the support where log_weight has an integrable singularity
  int coordinates = 1;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  std::string formula;  ///< for reports

  bool coupled() const { return coordinates > 1 && (measure.difference != 0 || measure.sum != 0); }
};

/// The joint law with weight exp(-U(z)/temperature) and the given measure; the formula is written from the exponents.
/// Throws SpecError when the quotient is malformed (no loss, no coordinates, lower >= upper, temperature <= 0).
JointLaw gibbs(const Quotient& quotient, const PowerMeasure& measure, double temperature);

/// The power measure as text, e.g. "∏ z_i^0.5 · ∏_{i<j} |z_i - z_j|^0.25"; "1" when it is flat.
std::string describe(const PowerMeasure& measure, int coordinates);

}  // namespace orbitwalk
