// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/noise/sample_draw.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Stochastic gradient descent with momentum μ and weight decay λ (heavy ball),
///   v_k = μ v_{k-1} - η (g_k + λ θ_{k-1}),  θ_k = θ_{k-1} + v_k,
/// g_k the gradient of the samples that the noise takes in a step, each with fresh noise on the targets where asked for.
/// Without momentum θ_k = θ_{k-1} - η (g_k + λ θ_{k-1}), and the noise covariance η/B Σ(θ) per unit of time is state
/// dependent and horizontal (theory.md section 2). B samples a step, or N. It is a process of its own and approximates no
/// equation, but its law changes with η, in first order.
struct HeavyBall {
  static constexpr IntegratorTraits traits = {
      .name = "sgd",
      .dynamics = "sgd",
      .invariant_order = 1,
      .velocity = Velocity::from_rest,
      .draws = Draws::samples,
      .equation = "v_k = mu v_{k-1} - eta (g_k + lambda theta_{k-1}), theta_k = theta_{k-1} + v_k",
      .update = "g_k: gradient of the step's samples",
      .cost = "B samples (N for surrogate and full)",
      .source = "theory: section 2"};
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return noise.from_samples; }

  template <class R, bool compensated, class Noise>
    requires Takes<HeavyBall, Noise>
  struct Step : StepOf<HeavyBall, compensated> {
    R minus_step, momentum, decay;
    double label_noise;
    NoiseId samples;
    int batch;

    ORBITWALK_HD explicit Step(const Plan& plan)
        : minus_step(R(-plan.step)), momentum(R(plan.momentum)), decay(R(plan.weight_decay)),
          label_noise(plan.label_noise), samples(plan.noise), batch(plan.batch) {}

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      const int d = model.parameters();
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        SampleDraw<Lane> draw(samples, walk.seed, walk.ids, k, static_cast<std::uint32_t>(model.samples), batch,
                              label_noise);
        model.minibatch_gradient(walk.theta, walk.gradient, draw.count(batch), draw, walk.scratch);
        for (int i = 0; i < d; ++i) {
          const Lane g = fma(walk.theta[i], broadcast<Lane>(decay), walk.gradient[i]);
          if (momentum > R(0)) {
            walk.velocity[i] = fma(broadcast<Lane>(minus_step), g, walk.velocity[i] * momentum);
            move<compensated>(walk.theta, walk.compensation, i, R(1), walk.velocity[i], R(0), broadcast<Lane>(R(0)));
          } else {
            move<compensated>(walk.theta, walk.compensation, i, minus_step, g, R(0), broadcast<Lane>(R(0)));
          }
        }
      }
    }
  };
};

}  // namespace orbitwalk
