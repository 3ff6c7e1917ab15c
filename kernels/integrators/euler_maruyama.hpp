// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Euler-Maruyama for dθ = -∇L dt + σ(θ) dW, any noise σ of a diffusion, in the Itô sense:
///   θ_k = θ_{k-1} - h ∇L(θ_{k-1}) + √h σ(θ_{k-1}) ξ_k.
/// Weak order 1, order 1 in the invariant law (isotropic noise and a quadratic loss: variance T/(κ(1 - hκ/2)), κ the
/// stiffness); weak errors go in whole powers of h (Talay and Tubaro), so 2 is next. One gradient and d variates a step,
/// and what the noise costs. Source: theory.md section 4.
struct EulerMaruyama {
  static constexpr IntegratorTraits traits = {
      .name = "euler_maruyama",
      .dynamics = "langevin",
      .scheme = "euler_maruyama",
      .weak_order = 1,
      .invariant_order = 1,
      .next_order = 2,
      .adds_drift_first = true,
      .is_short = true,
      .equation = "d theta = -grad L dt + sqrt(2T) dW (additive: Ito and Stratonovich agree)",
      .update = "theta - h grad L + sqrt(2Th) xi_k",
      .cost = "one gradient, d variates",
      .source = "theory: section 4"};
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return !noise.from_samples; }

  template <class R, bool compensated, class Noise>
    requires Takes<EulerMaruyama, Noise>
  struct Step : StepOf<EulerMaruyama, compensated> {
    R minus_step;
    Variates variates;
    typename Noise::template Increment<R> noise;

    ORBITWALK_HD explicit Step(const Plan& plan)
        : minus_step(R(-plan.step)), variates(plan.variates), noise(plan, plan.step) {}

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      constexpr int fixed = Model::fixed_parameters;
      const int d = model.parameters();
      const NoiseReader<Lane, fixed> reader(walk, variates, d, from);
      LocalState<Lane, fixed> theta(walk.theta), gradient(walk.gradient), prepared(walk.auxiliary),
          compensation(walk.compensation);
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        model.gradient(theta.data(), gradient.data(), walk.scratch);
        noise.prepare(model, walk, theta.data(), xi, prepared.data());
        for (int i = 0; i < d; ++i) {
          const Lane kick = noise.component(i, theta.data()[i], xi[i], prepared.data()[i]);
          move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], noise.factor(), kick);
        }
      }
      theta.commit(walk.theta);
      compensation.commit(walk.compensation);
    }
  };
};

}  // namespace orbitwalk
