// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Stochastic Heun for projected noise in the Stratonovich sense, dθ = -∇L dt + sqrt(2) (α P_H + β P_V) ∘ dW:
///   θ' = θ + b(θ),  θ <- θ + (b(θ) + b(θ'))/2,  b(θ) = -h ∇L(θ) + sqrt(2h) (α ξ_k + (β - α) P_V(θ) ξ_k),  the same ξ_k twice.
/// Weak order 1 (2 where the noise is additive), order 1 in the invariant law. Two gradients, two projections, d variates a
/// step. For isometric actions of compact groups its law is exp(-L/α²) v^{-(1-β/α)}, on the quotient V^{β/α} exp(-L/α²): the
/// exponent is β/α where the Itô equation has β²/α², because the correction between the two is β(β-α) times the orbit's mean
/// curvature -∇ log v (derivation: docs/theory.md). Source of the scheme: Kloeden and Platen, ch. 11.
struct StochasticHeun {
  static constexpr IntegratorTraits traits = {
      .name = "heun",
      .dynamics = "langevin",
      .scheme = "heun",
      .weak_order = 1,
      .invariant_order = 1,
      .next_order = 2,
      .sense = Sense::stratonovich,
      .equation = "d theta = -grad L dt + sqrt(2) (alpha P_H + beta P_V) o dW (Stratonovich)",
      .update =
          "theta + (b(theta) + b(theta + b(theta)))/2, b = -h grad L + sqrt(2h) (alpha xi_k + (beta - alpha) P_V xi_k)",
      .cost = "two gradients, two projections, d variates",
      .source = "Kloeden and Platen, ch. 11; docs/theory.md for its law"};
  /// Of the noises that depend on the state, only projected noise has a known law in this sense.
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return noise.needs_projection; }

  template <class R, bool compensated, class Noise>
    requires Takes<StochasticHeun, Noise>
  struct Step : StepOf<StochasticHeun, compensated> {
    R minus_step;
    Variates variates;
    typename Noise::template Increment<R> noise;

    ORBITWALK_HD explicit Step(const Plan& plan)
        : minus_step(R(-plan.step)), variates(plan.variates), noise(plan, plan.step) {}

    ORBITWALK_HD static int work_lanes(int d, int) { return 2 * d; }

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      const int d = model.parameters();
      const NoiseReader<Lane> reader(walk, variates, d, from);
      Lane *first = walk.work, *predicted = walk.work + d;
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        increment(model, walk, walk.theta, xi, first);
        for (int i = 0; i < d; ++i) predicted[i] = walk.theta[i] + first[i];
        increment(model, walk, predicted, xi, walk.auxiliary);
        for (int i = 0; i < d; ++i) {
          move<compensated>(walk.theta, walk.compensation, i, R(0.5), first[i], R(0.5), walk.auxiliary[i]);
        }
      }
    }

   private:
    template <class Model, class Lane>
    ORBITWALK_HD void increment(const Model& model, Walk<Lane>& walk, const Lane* theta, const Lane* xi,
                                Lane* out) const {
      const int d = model.parameters();
      model.gradient(theta, walk.gradient, walk.scratch);
      noise.prepare(model, walk, theta, xi, out);
      for (int i = 0; i < d; ++i) {
        const Lane kick = noise.component(i, theta[i], xi[i], out[i]) * noise.factor();
        out[i] = fma(broadcast<Lane>(minus_step), walk.gradient[i], kick);
      }
    }
  };
};

}  // namespace orbitwalk
