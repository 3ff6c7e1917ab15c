// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/laws/joint.hpp"

#include <cmath>
#include <cstdio>

#include "orbitwalk/core/error.hpp"

namespace orbitwalk {
namespace {

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", v);
  return text;
}

}  // namespace

PowerMeasure operator*(const PowerMeasure& a, const PowerMeasure& b) {
  return {a.single + b.single, a.difference + b.difference, a.sum + b.sum};
}

PowerMeasure power(const PowerMeasure& a, double exponent) {
  return {a.single * exponent, a.difference * exponent, a.sum * exponent};
}

std::string describe(const PowerMeasure& measure, int coordinates) {
  std::string text;
  const auto factor = [&](const std::string& what) { text += (text.empty() ? "" : " · ") + what; };
  const bool one = coordinates == 1;
  if (measure.single != 0) factor((one ? "z^" : "∏ z_i^") + number(measure.single));
  if (!one && measure.difference != 0) factor("∏_{i<j} |z_i - z_j|^" + number(measure.difference));
  if (!one && measure.sum != 0) factor("∏_{i<j} (z_i + z_j)^" + number(measure.sum));
  return text.empty() ? "1" : text;
}

JointLaw gibbs(const Quotient& quotient, const PowerMeasure& measure, double temperature) {
  if (!quotient.loss) throw SpecError("the model gives no loss in quotient coordinates: it has no predicted law");
  if (quotient.coordinates < 1) throw SpecError("a law needs at least one quotient coordinate");
  if (!(quotient.lower < quotient.upper)) throw SpecError("the support of the quotient coordinates is empty");
  if (!(temperature > 0) || !std::isfinite(temperature))
    throw SpecError("a law needs a positive temperature (horizontal noise intensity α > 0), not T = " + number(temperature));
  JointLaw joint;
  joint.measure = measure;
  joint.coordinates = quotient.coordinates;
  joint.lower = quotient.lower;
  joint.upper = quotient.upper;
  joint.log_weight = [loss = quotient.loss, temperature](double z) { return -loss(z) / temperature; };
  const std::string weight = quotient.coordinates == 1 ? "exp(-U(z)/T)" : "exp(-Σ U(z_i)/T)";
  const std::string powers = describe(measure, quotient.coordinates);
  joint.formula = (powers == "1" ? "" : powers + " · ") + weight + ", T = " + number(temperature);
  return joint;
}

}  // namespace orbitwalk
