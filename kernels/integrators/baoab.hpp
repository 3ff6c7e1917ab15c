// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// BAOAB for underdamped Langevin dynamics of unit mass, dθ = v dt, dv = -∇L dt - γ v dt + sqrt(2γT) dW:
///   v += -h/2 ∇L;  θ += h/2 v;  v = c v + sqrt(T (1 - c²)) ξ_k, c = exp(-γh);  θ += h/2 v;  v += -h/2 ∇L.
/// Weak order 2, order 2 in the invariant law (4 in the positions for large friction); for a quadratic loss the
/// positions have the exact variance T/κ. One gradient and d variates a step: the gradient at the end of a step is that
/// of the next one's start. Start: v ~ N(0, T). Source: arXiv 1203.5428.
template <class R, bool compensated>
struct Baoab {
  static constexpr bool is_compensated = compensated;
  static constexpr bool has_velocity = true;
  R minus_half_step, half_step, keep, kick;
  Variates variates;

  ORBITWALK_HD explicit Baoab(const Plan& plan)
      : minus_half_step(R(-0.5 * plan.step)), half_step(R(0.5 * plan.step)), variates(plan.variates) {
    const double c = exp(-plan.friction * plan.step);
    keep = R(c);
    kick = R(plan.horizontal * sqrt(1 - c * c));
  }

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    const int d = model.parameters();
    const NoiseReader<Lane> noise(walk, variates, d, from);
    model.gradient(walk.theta, walk.gradient, walk.scratch);
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      const Lane* xi = noise.at(walk, k);
      for (int i = 0; i < d; ++i) {
        const Lane before = fma(broadcast<Lane>(minus_half_step), walk.gradient[i], walk.velocity[i]);
        const Lane after = fma(before, broadcast<Lane>(keep), xi[i] * kick);
        walk.velocity[i] = after;
        move<compensated>(walk.theta, walk.compensation, i, half_step, before, half_step, after);
      }
      model.gradient(walk.theta, walk.gradient, walk.scratch);
      for (int i = 0; i < d; ++i) {
        walk.velocity[i] = fma(broadcast<Lane>(minus_half_step), walk.gradient[i], walk.velocity[i]);
      }
    }
  }
};

}  // namespace orbitwalk
