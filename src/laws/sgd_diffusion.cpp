// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/laws/registry.hpp"

namespace orbitwalk {
namespace {

// On the balanced set the weight is a function z(s) of one arc length s, and SGD moves along it: in the limit of small steps
//   ds = -U'(z) z'(s) dt + sqrt(η/B Σ(z)) z'(s) dW   (Itô),   Σ(z) = Var_i U_i'(z) + σ² <x²>.
// Zero flux gives p(s) = 1/(Σ z'²) exp(-(2B/η) ∫ U'/(Σ z') ds), and with ds = dz/z' a law in z.
JointLaw sgd_diffusion(const Quotient& quotient, const LawContext& context) {
  if (!context.sgd_noise) throw SpecError("it is a law of SGD without momentum");
  if (!quotient.sampled || !quotient.loss) throw SpecError("it needs least squares on data in one coordinate");
  const SgdNoise sgd = *context.sgd_noise;
  const SampledSlope sampled = *quotient.sampled;
  const auto noise = [=](double z) { return sampled.variance(z) + sgd.label_noise * sgd.label_noise * sampled.label; };
  const auto total = [loss = quotient.loss, decay = quotient.decay_on_slice](double z) { return loss(z) + (decay ? decay(z) : 0); };
  const bool positive = quotient.lower >= 0;
  const auto slope = [=](double z) {
    const double h = 1e-4 * (positive ? z : 1e-3 + std::abs(z));  // never across the end of a half line
    return (total(z + h) - total(z - h)) / (2 * h);
  };
  // For z > 0 the integral runs in log z, where the zero of the speed at z = 0 is no pole.
  const auto integrand = [=](double t) {
    const double z = positive ? std::exp(t) : t;
    return slope(z) / (noise(z) * sampled.speed(z)) * (positive ? z : 1);
  };
  // The integral starts where the density is largest or so: at the minimum of U, found by bisection of its slope.
  double low = positive ? -30 : -1e3, high = positive ? 10 : 1e3;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (slope(positive ? std::exp(middle) : middle) < 0 ? low : high) = middle;
  }
  const double start = low;
  JointLaw joint;
  joint.lower = quotient.lower;
  joint.upper = quotient.upper;
  joint.log_weight = [=](double z) {
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 15>;
    if (positive && z < 1e-12) return -HUGE_VAL;  // the noise vanishes towards 0 and the drift does not: nothing is left there
    const double t = positive ? std::log(z) : z;
    const double integral = Quadrature::integrate(integrand, start, t, 12, 1e-10);
    const double power = -(2 * sgd.batch / sgd.learning_rate) * integral;
    return power - std::log(noise(z)) - 1.5 * std::log(sampled.speed(z));
  };
  joint.formula = "1/(Σ z'³) exp(-(2B/η) ∫ U'/(Σ z'²) dz), z' = dz/ds, Σ = Var U_i' + σ²<x²>, η/B = " +
                  std::to_string(sgd.learning_rate / sgd.batch);
  return joint;
}

}  // namespace

LawInfo sgd_diffusion_law() {
  return {"sgd_diffusion",
          "SGD as a diffusion along the balanced set, with the noise that the samples have where the weight is",
          "1/(Σ(z) z'³) exp(-(2B/η) ∫ U'/(Σ z'²) dz), z' = dz/ds on the balanced set, Σ = Var_i U_i' + σ²<x²>",
          "SGD (minibatch or surrogate) on least squares in one coordinate: hadamard, deep_hadamard, linear with c = 1, without momentum; "
          "in the limit η -> 0, deviations are of relative order η",
          "Fokker-Planck equation of the diffusion limit; docs/theory.md section 2, minibatch SGD",
          sgd_diffusion,
          false,
          [](const LawContext&) { return std::string("the diffusion limit of SGD"); }};
}

}  // namespace orbitwalk
