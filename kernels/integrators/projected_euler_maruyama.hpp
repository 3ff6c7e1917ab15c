// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// Euler-Maruyama for projected noise, dθ = -∇L dt + sqrt(2) (α P_H + β P_V) dW in the Itô sense, P_H and P_V the
/// projections on the horizontal and vertical space at θ:
///   θ_k = θ_{k-1} - h ∇L + sqrt(2h) (α ξ_k + (β - α) P_V(θ_{k-1}) ξ_k).
/// Weak order 1, order 1 in the invariant law. One gradient, one projection and d variates a step. Lanes with a
/// degenerate Gram matrix are projected on the span that is left, and counted. Source: arXiv 2602.12257, theory.md
/// section 2.
template <class R, bool compensated>
struct ProjectedEulerMaruyama {
  static constexpr bool is_compensated = compensated;
  R minus_step, horizontal, difference;
  Variates variates;

  ORBITWALK_HD explicit ProjectedEulerMaruyama(const Plan& plan)
      : minus_step(R(-plan.step)), horizontal(R(sqrt(2 * plan.step) * plan.horizontal)),
        difference(R(sqrt(2 * plan.step) * (plan.vertical - plan.horizontal))), variates(plan.variates) {}

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    constexpr int fixed = Model::fixed_parameters;
    const int d = model.parameters();
    const NoiseReader<Lane, fixed> noise(walk, variates, d, from);
    LocalState<Lane, fixed> theta(walk.theta), gradient(walk.gradient), vertical(walk.auxiliary),
        compensation(walk.compensation);
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      const Lane* xi = noise.at(walk, k);
      model.gradient(theta.data(), gradient.data(), walk.scratch);
      walk.counters.degenerate +=
          count(model.project_vertical(theta.data(), xi, vertical.data(), walk.scratch) & walk.counted);
      for (int i = 0; i < d; ++i) {
        const Lane kick = fma(broadcast<Lane>(difference), vertical.data()[i], xi[i] * horizontal);
        move<compensated>(theta.data(), compensation.data(), i, minus_step, gradient.data()[i], R(1), kick);
      }
    }
    theta.commit(walk.theta);
    compensation.commit(walk.compensation);
  }
};

}  // namespace orbitwalk
