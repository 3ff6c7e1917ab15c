// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Leimkuhler-Matthews for dθ = -∇L dt + sqrt(2T) dW, additive noise only:
///   θ_k = θ_{k-1} - h ∇L(θ_{k-1}) + sqrt(2Th) (ξ_{k-1} + ξ_k)/2.
/// Weak order 1 at finite time, order 2 in the invariant law; variance T/κ exactly for a quadratic loss. One gradient
/// and d variates a step: ξ_{k-1} is recomputed from its counter where a walk starts, never stored. Source: arXiv
/// 1203.5428.
template <class R, bool compensated>
struct LeimkuhlerMatthews {
  static constexpr bool is_compensated = compensated;
  R minus_step, half_scale;
  Variates variates;

  ORBITWALK_HD explicit LeimkuhlerMatthews(const Plan& plan)
      : minus_step(R(-plan.step)), half_scale(R(sqrt(2 * plan.step) * plan.horizontal * 0.5)), variates(plan.variates) {
  }

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    constexpr int fixed = Model::fixed_parameters;
    const int d = model.parameters();
    const NoiseReader<Lane, fixed> noise(walk, variates, d, from);
    LocalState<Lane, fixed> theta(walk.theta), gradient(walk.gradient), compensation(walk.compensation);
    {
      const Lane* xi = noise.at(walk, from);
      for (int i = 0; i < d; ++i) walk.auxiliary[i] = xi[i];
    }
    LocalState<Lane, fixed> previous(walk.auxiliary);
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      const Lane* xi = noise.at(walk, k);
      model.gradient(theta.data(), gradient.data(), walk.scratch);
      for (int i = 0; i < d; ++i) {
        const Lane both = previous.data()[i] + xi[i];
        previous.data()[i] = xi[i];
        move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], half_scale, both);
      }
    }
    theta.commit(walk.theta);
    compensation.commit(walk.compensation);
  }
};

}  // namespace orbitwalk
