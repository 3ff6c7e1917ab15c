// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numbers>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/laws/registry.hpp"

namespace orbitwalk {
namespace {

/// log K0(x), x >= 0, without underflow: K0(x) = sqrt(π/2x) e^-x (1 - 1/8x + 9/128x² - …), relative error 1e-9 from 300 on.
double log_bessel_k0(double x) {
  if (x > 300) return -x + 0.5 * std::log(std::numbers::pi / (2 * x)) + std::log1p(-1 / (8 * x) + 9 / (128 * x * x));
  return x > 0 ? std::log(boost::math::cyl_bessel_k(0, x)) : HUGE_VAL;
}

/// Marginal of w = p q under exp(-U(w)/T - λ (p² + q²)/2T):  ∫ δ(w - p q) dp dq  gives  2 K0(λ|w|/T).
JointLaw weight_decay_marginal(const Quotient& quotient, double temperature) {
  if (quotient.lebesgue.single != 0)
    throw SpecError("the K0 marginal holds for w = p·q with scalar factors only");
  JointLaw joint = gibbs(quotient, {}, temperature);
  const double rate = quotient.weight_decay / temperature;
  joint.log_weight = [gibbs_weight = joint.log_weight, rate](double w) {
    return gibbs_weight(w) + log_bessel_k0(rate * std::abs(w));
  };
  joint.poles = {0.0};
  joint.formula = (quotient.coordinates == 1 ? "K0(λ|z|/T) · " : "∏ K0(λ|z_i|/T) · ") + joint.formula +
                  ", λ = " + std::to_string(quotient.weight_decay);
  return joint;
}

JointLaw isotropic(const Quotient& quotient, const NoiseIntensity& noise) {
  const double temperature = noise.temperature();
  if (quotient.symmetry == Symmetry::compact) return gibbs(quotient, quotient.lebesgue, temperature);
  if (quotient.weight_decay > 0) return weight_decay_marginal(quotient, temperature);
  throw SpecError("the rescaling group is not compact: its orbits have infinite volume and exp(-L/T) cannot be normalised; "
                  "give the model a weight decay, or compare with \"gauge_slice\"");
}

}  // namespace

LawInfo isotropic_law() {
  return {"isotropic",
          "isotropic Langevin noise: the Gibbs law of the parameters, seen in the invariant",
          "lebesgue(z) · exp(-Σ U(z_i)/T), T = α²;  w = p·q with weight decay λ: K0(λ|w|/T) · exp(-U(w)/T)",
          "compact groups of isometries, and rescaling of w = p·q with weight decay; exact for α = β, "
          "deliberately wrong otherwise",
          "arXiv 2601.06597 v2; Weyl integration formula",
          isotropic};
}

}  // namespace orbitwalk
