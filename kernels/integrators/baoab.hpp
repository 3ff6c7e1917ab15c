// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// BAOAB for underdamped Langevin dynamics of unit mass, dθ = v dt, dv = -∇L dt - γ v dt + sqrt(2γT) dW:
///   v += -h/2 ∇L;  θ += h/2 v;  v = c v + sqrt(T (1 - c²)) ξ_k, c = exp(-γh);  θ += h/2 v;  v += -h/2 ∇L.
/// Weak order 2, order 2 in the invariant law (4 in the positions for large friction); for a quadratic loss the positions
/// have the exact variance T/κ. One gradient and d variates a step: the gradient at the end of a step is that of the next
/// one's start. It is symmetric, so that its errors are even in h: 4 follows 2. Start: v ~ N(0, T). Source: arXiv
/// 1203.5428.
struct Baoab {
  static constexpr IntegratorTraits traits = {
      .name = "baoab",
      .dynamics = "underdamped",
      .scheme = "baoab",
      .weak_order = 2,
      .invariant_order = 2,
      .next_order = 4,
      .velocity = Velocity::thermal,
      .equation = "d theta = v dt, dv = -grad L dt - gamma v dt + sqrt(2 gamma T) dW",
      .update = "half kick, half drift, exact friction and noise, half drift, half kick",
      .cost = "one gradient, d variates",
      .source = "arXiv 1203.5428"};
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return noise.is_isotropic; }

  template <class R, bool compensated, class Noise>
    requires Takes<Baoab, Noise>
  struct Step : StepOf<Baoab, compensated> {
    R minus_half_step, half_step, keep;
    Variates variates;
    typename Noise::template Increment<R> noise;

    ORBITWALK_HD explicit Step(const Plan& plan) : Step(plan, exp(-plan.friction * plan.step)) {}

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      const int d = model.parameters();
      const NoiseReader<Lane> reader(walk, variates, d, from);
      model.gradient(walk.theta, walk.gradient, walk.scratch);
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        for (int i = 0; i < d; ++i) {
          const Lane before = fma(broadcast<Lane>(minus_half_step), walk.gradient[i], walk.velocity[i]);
          const Lane kick = noise.component(i, walk.theta[i], xi[i], xi[i]) * noise.factor();
          const Lane after = fma(before, broadcast<Lane>(keep), kick);
          walk.velocity[i] = after;
          move<compensated>(walk.theta, walk.compensation, i, half_step, before, half_step, after);
        }
        model.gradient(walk.theta, walk.gradient, walk.scratch);
        for (int i = 0; i < d; ++i) {
          walk.velocity[i] = fma(broadcast<Lane>(minus_half_step), walk.gradient[i], walk.velocity[i]);
        }
      }
    }

   private:
    // W in such a time that sqrt(2T) W has the variance T (1 - c²).
    ORBITWALK_HD Step(const Plan& plan, double c)
        : minus_half_step(R(-0.5 * plan.step)), half_step(R(0.5 * plan.step)), keep(R(c)), variates(plan.variates),
          noise(plan, 0.5 * (1 - c * c)) {}
  };
};

}  // namespace orbitwalk
