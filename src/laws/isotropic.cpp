// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

/// log(x^order K_order(x)), order >= 0, x >= 0: no underflow or overflow, and finite at x = 0 but for order 0. Far out
/// by the uniform expansion in 1/R, R² = order² + x² (Abramowitz and Stegun 9.7.8), relative error below 1e-10 from R =
/// 300 on; near 0 by K_ν(x) = Γ(ν)/2 (2/x)^ν (1 - x²/4(ν-1) + x⁴/32(ν-1)(ν-2) - …).
double log_scaled_bessel(double nu, double x) {
  const double r = std::hypot(nu, x);
  if (r > 300) {
    const double s = nu * nu / (r * r);
    const double u1 = (3 - 5 * s) / 24, u2 = (81 - s * (462 - 385 * s)) / 1152,
                 u3 = (30375 - s * (369603 - s * (765765 - 425425 * s))) / 414720;
    return 0.5 * std::log(std::numbers::pi / (2 * r)) - r + nu * std::log(nu + r) +
           std::log1p((-u1 + (u2 - u3 / r) / r) / r);
  }
  if (nu > 0 && std::lgamma(nu) - nu * std::log(x / 2) > 650) {
    const double y = x * x / 4, series = nu > 3 ? std::log1p(-y / (nu - 1) * (1 - y / (2 * (nu - 2)))) : 0;
    return std::lgamma(nu) + (nu - 1) * std::numbers::ln2 + series;
  }
  return nu * std::log(x) + std::log(boost::math::cyl_bessel_k(nu, x));
}

/// Marginal of z = |v||w| under exp(-U(z)/T - λ (|v|² + |w|²)/2T), v ∈ R^m, w ∈ R^n: with |v|² = z e^t
///   ∫ a^{m-1} b^{n-1} δ(z - ab) e^{-λ(a² + b²)/2T} da db = z^{(m+n)/2-1} ∫ e^{(m-n)t/2 - (λz/T) cosh t} dt/2.
/// The power of z is taken together with the one of K near 0, so that m = n = 1 leaves a logarithm only.
JointLaw weight_decay_marginal(const Quotient& quotient, double temperature) {
  if (quotient.coordinates > 1 && (quotient.lebesgue.difference != 0 || quotient.lebesgue.sum != 0))
    throw SpecError("with weight decay the marginal is known for rescalings of single factors only");
  JointLaw joint = gibbs(quotient, {}, temperature);
  const double rate = quotient.weight_decay / temperature, order = std::abs(quotient.bessel_order);
  const double power = quotient.bessel_power - order;
  joint.log_weight = [gibbs_weight = joint.log_weight, rate, order, power](double z) {
    const double x = rate * std::abs(z);
    if (x == 0 && (order == 0 || power != 0)) return power > 0 ? -HUGE_VAL : HUGE_VAL;  // a log 0, or a power of 0
    return gibbs_weight(z) + log_scaled_bessel(order, x) + (power == 0 ? 0 : power * std::log(x));
  };
  joint.poles.push_back(0.0);
  char text[160];
  const bool one = quotient.coordinates == 1;
  const char* z = one ? "z" : "z_i";
  if (quotient.bessel_power == 0) std::snprintf(text, sizeof text, "%sK%g(λ|%s|/T) · ", one ? "" : "∏ ", order, z);
  else std::snprintf(text, sizeof text, "%s%s^%g K%g(λ%s/T) · ", one ? "" : "∏ ", z, quotient.bessel_power, order, z);
  joint.formula = text + joint.formula + ", λ = " + std::to_string(quotient.weight_decay);
  return joint;
}

JointLaw isotropic(const Quotient& quotient, const LawContext& context) {
  const double temperature = context.noise.temperature();
  if (quotient.symmetry == Symmetry::compact) return gibbs(quotient, quotient.lebesgue, temperature);
  if (quotient.weight_decay > 0 && quotient.bessel_power - std::abs(quotient.bessel_order) > -1)
    return weight_decay_marginal(quotient, temperature);
  if (quotient.weight_decay > 0) throw SpecError("with weight decay this model's marginal is not known in closed form");
  throw SpecError(
      "the rescaling group is not compact: its orbits have infinite volume and exp(-L/T) cannot be normalised; "
      "give the model a weight decay, or compare with \"gauge_slice\"");
}

}  // namespace

LawInfo isotropic_law() {
  return {
      .name = "isotropic",
      .summary = "isotropic Langevin noise: the Gibbs law of the parameters, seen in the invariant",
      .equation =
          "lebesgue(z) · exp(-Σ U(z_i)/T), T = α²;  z = |v||w| with v ∈ R^m, w ∈ R^n and weight decay λ: z^{(m+n)/2-1} "
          "K_{|m-n|/2}(λz/T) · exp(-U(z)/T), for w = p·q: K0(λ|w|/T) · exp(-U(w)/T)",
      .applies =
          "compact groups of isometries, and rescaling of two factors with weight decay; exact for α = β, "
          "deliberately wrong otherwise",
      .source = "arXiv 2601.06597 v2; Weyl integration formula; theory.md section 2, weight decay",
      .joint = isotropic,
      .in_words = [](const LawContext&) { return std::string("Gibbs' law"); },
      .shortcoming =
          [](const LawContext&, const std::string& noise) {
            return std::string(noise == "horizontal" ? "it keeps the orbit volume, which horizontal noise removes"
                                                     : "it is the law of isotropic noise of constant temperature");
          },
      .by_default = [](const NoiseIntensity& noise) { return noise.isotropic(); }};
}

}  // namespace orbitwalk
