// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Leimkuhler-Matthews for dθ = -∇L dt + σ dW, additive noise only:
///   θ_k = θ_{k-1} - h ∇L(θ_{k-1}) + √h σ (ξ_{k-1} + ξ_k)/2.
/// Weak order 1 at finite time, order 2 in the invariant law; with isotropic noise, variance T/κ exactly for a quadratic
/// loss. It is BAOAB at infinite friction with h = δt²/2, whose errors are even in δt: δt⁴ is h², and the next, δt⁶, is h³.
/// One gradient and d variates a step: ξ_{k-1} is recomputed from its counter where a walk starts, never stored.
/// Source: arXiv 1203.5428.
struct LeimkuhlerMatthews {
  static constexpr IntegratorTraits traits = {.name = "leimkuhler_matthews",
                                              .dynamics = "langevin",
                                              .scheme = "leimkuhler_matthews",
                                              .weak_order = 1,
                                              .invariant_order = 2,
                                              .next_order = 3,
                                              .adds_drift_first = true,
                                              .is_short = true,
                                              .equation = "d theta = -grad L dt + sqrt(2T) dW (additive noise only)",
                                              .update = "theta - h grad L + sqrt(2Th) (xi_{k-1} + xi_k)/2",
                                              .cost = "one gradient, d variates",
                                              .source = "arXiv 1203.5428"};
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return !noise.depends_on_state; }

  template <class R, bool compensated, class Noise>
    requires Takes<LeimkuhlerMatthews, Noise>
  struct Step : StepOf<LeimkuhlerMatthews, compensated> {
    R minus_step;
    Variates variates;
    typename Noise::template Increment<R> noise;  // half of it: as if in a quarter of the time

    ORBITWALK_HD explicit Step(const Plan& plan)
        : minus_step(R(-plan.step)), variates(plan.variates), noise(plan, 0.25 * plan.step) {}

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      constexpr int fixed = Model::fixed_parameters;
      const int d = model.parameters();
      const NoiseReader<Lane, fixed> reader(walk, variates, d, from);
      LocalState<Lane, fixed> theta(walk.theta), gradient(walk.gradient), compensation(walk.compensation);
      {
        const Lane* xi = reader.at(walk, from);
        for (int i = 0; i < d; ++i) walk.auxiliary[i] = xi[i];
      }
      LocalState<Lane, fixed> previous(walk.auxiliary);
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        model.gradient(theta.data(), gradient.data(), walk.scratch);
        for (int i = 0; i < d; ++i) {
          const Lane both = previous.data()[i] + xi[i];
          previous.data()[i] = xi[i];
          const Lane kick = noise.component(i, theta.data()[i], both, both);
          move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], noise.factor(), kick);
        }
      }
      theta.commit(walk.theta);
      compensation.commit(walk.compensation);
    }
  };
};

}  // namespace orbitwalk
