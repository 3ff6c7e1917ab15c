// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Stochastic gradient descent with momentum μ and weight decay λ (heavy ball),
///   v_k = μ v_{k-1} - η (g_k + λ θ_{k-1}),  θ_k = θ_{k-1} + v_k,
/// g_k the gradient of a step's samples: a minibatch drawn afresh by each particle, all samples, or the Gaussian
/// surrogate (kernels/models/sample_draw.hpp), each with fresh noise on the targets where asked for. Without momentum
/// θ_k = θ_{k-1} - η (g_k + λ θ_{k-1}) and the noise covariance η/B Σ(θ) a unit of time is state dependent and
/// horizontal (theory.md section 2). B samples a step, N for the surrogate.
template <class R, bool compensated>
struct Sgd {
  static constexpr bool is_compensated = compensated;
  static constexpr bool has_velocity = true;
  R minus_step, momentum, decay;
  double label_noise;
  Sampling sampling;
  int batch;

  ORBITWALK_HD explicit Sgd(const Plan& plan)
      : minus_step(R(-plan.step)), momentum(R(plan.momentum)), decay(R(plan.weight_decay)),
        label_noise(plan.label_noise), sampling(plan.sampling), batch(plan.batch) {}

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    const int d = model.parameters();
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      SampleDraw<Lane> draw(sampling, walk.seed, walk.ids, k, static_cast<std::uint32_t>(model.samples), batch,
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

}  // namespace orbitwalk
