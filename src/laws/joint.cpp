// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/joint.hpp"

#include <cmath>
#include <cstdio>

#include "orbitwalk/error.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

std::string digits(double v) { return formatted(v, "%.10g"); }

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
  if (measure.single != 0) factor((one ? "z^" : "∏ z_i^") + digits(measure.single));
  if (!one && measure.difference != 0) factor("∏_{i<j} |z_i - z_j|^" + digits(measure.difference));
  if (!one && measure.sum != 0) factor("∏_{i<j} (z_i + z_j)^" + digits(measure.sum));
  return text.empty() ? "1" : text;
}

JointLaw gibbs(const Quotient& quotient, const PowerMeasure& measure, double temperature) {
  if (!quotient.loss) throw SpecError("the model gives no loss in quotient coordinates: it has no predicted law");
  if (quotient.coordinates < 1) throw SpecError("a law needs at least one quotient coordinate");
  if (!(quotient.lower < quotient.upper)) throw SpecError("the support of the quotient coordinates is empty");
  if (!(temperature > 0) || !std::isfinite(temperature))
    throw SpecError("a law needs a positive temperature (horizontal noise intensity α > 0), not T = " +
                    digits(temperature));
  JointLaw joint;
  joint.measure = measure;
  joint.coordinates = quotient.coordinates;
  joint.lower = quotient.lower;
  joint.upper = quotient.upper;
  const bool one = quotient.coordinates == 1;
  std::string weight = one ? "exp(-U(z)/T)" : "exp(-Σ U(z_i)/T)";
  if (quotient.log_lebesgue) {
    joint.log_weight = [loss = quotient.loss, measure = quotient.log_lebesgue, temperature](double z) {
      return measure(z) - loss(z) / temperature;
    };
    for (const double end : {quotient.lower, quotient.upper})
      if (std::isfinite(end) && !std::isfinite(quotient.log_lebesgue(end))) joint.poles.push_back(end);
    weight = (one ? "m(z) · " : "∏ m(z_i) · ") + weight;
  } else {
    joint.log_weight = [loss = quotient.loss, temperature](double z) { return -loss(z) / temperature; };
  }
  const std::string powers = describe(measure, quotient.coordinates);
  joint.formula = (powers == "1" ? "" : powers + " · ") + weight + ", T = " + digits(temperature);
  return joint;
}

JointLaw gibbs_on_slice(const Quotient& quotient, const PowerMeasure& measure, double temperature) {
  JointLaw joint = gibbs(quotient, measure, temperature);
  if (!quotient.decay_on_slice) return joint;
  joint.log_weight = [free = joint.log_weight, decay = quotient.decay_on_slice, temperature](double z) {
    return free(z) - decay(z) / temperature;
  };
  joint.formula += ", U with weight decay";
  return joint;
}

void check_integrable(const PowerMeasure& m, int coordinates, bool at_zero) {
  for (int k = 2; k <= coordinates; ++k)
    if (!(m.difference * k * (k - 1) / 2 + k - 1 > 0))
      throw SpecError("the law is not normalisable: it is not integrable where coordinates coincide");
  for (int k = 1; at_zero && k <= coordinates; ++k)
    if (!(m.single * k + (m.difference + m.sum) * k * (k - 1) / 2 + k > 0))
      throw SpecError("the law is not normalisable: it is not integrable where a coordinate is 0");
}

}  // namespace orbitwalk
