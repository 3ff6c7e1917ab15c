// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Euler-Maruyama for noise in proportion to the state, dθ_i = -∂_i L dt + σ θ_i dW_i (Itô):
///   θ_k = θ_{k-1} - h ∇L(θ_{k-1}) + σ √h θ_{k-1} ξ_k, component by component.
/// Weak order 1. For L = κ/2 |θ|² (geometric Brownian motion of rate -κ) the moments are exact at every h:
///   E θ_k = (1 - hκ)^k θ_0,  E θ_k² = ((1 - hκ)² + hσ²)^k θ_0².
/// Source: Kloeden and Platen, ch. 10.2.
template <class R, bool compensated>
struct GeometricEuler {
  static constexpr bool is_compensated = compensated;
  R minus_step, scale;
  Variates variates;

  ORBITWALK_HD explicit GeometricEuler(const Plan& plan)
      : minus_step(R(-plan.step)), scale(R(sqrt(plan.step) * plan.volatility)), variates(plan.variates) {}

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
        move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], scale,
                          theta.data()[i] * xi[i]);
      }
    }
    theta.commit(walk.theta);
    compensation.commit(walk.compensation);
  }
};

}  // namespace orbitwalk
