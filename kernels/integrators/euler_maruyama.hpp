// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Euler-Maruyama for dθ = -∇L dt + sqrt(2T) dW (additive noise: Itô and Stratonovich agree):
///   θ_k = θ_{k-1} - h ∇L(θ_{k-1}) + sqrt(2Th) ξ_k.
/// Weak order 1, order 1 in the invariant law (quadratic loss: variance T/(κ(1 - hκ/2)), κ the stiffness). One gradient
/// and d variates a step. Source: theory.md section 4.
template <class R, bool compensated>
struct EulerMaruyama {
  static constexpr bool is_compensated = compensated;
  R minus_step, scale;
  Variates variates;

  ORBITWALK_HD explicit EulerMaruyama(const Plan& plan)
      : minus_step(R(-plan.step)), scale(R(sqrt(2 * plan.step) * plan.horizontal)), variates(plan.variates) {}

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    constexpr int fixed = Model::fixed_parameters;
    const int d = model.parameters();
    const NoiseReader<Lane, fixed> noise(walk, variates, d, from);
    LocalState<Lane, fixed> theta(walk.theta), gradient(walk.gradient), compensation(walk.compensation);
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      const Lane* xi = noise.at(walk, k);
      model.gradient(theta.data(), gradient.data(), walk.scratch);
      for (int i = 0; i < d; ++i) {
        move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], scale, xi[i]);
      }
    }
    theta.commit(walk.theta);
    compensation.commit(walk.compensation);
  }
};

}  // namespace orbitwalk
