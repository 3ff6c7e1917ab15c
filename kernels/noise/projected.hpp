// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/walk/plan.hpp"

namespace orbitwalk {

/// Projected noise, sqrt(2) (α P_H + β P_V) dW, with P_H and P_V the projections onto the horizontal and vertical space
/// at θ. The increment over time t is
///   sqrt(2t) (α ξ + (β - α) P_V(θ) ξ).
/// Lanes with a degenerate Gram matrix are projected onto the remaining span, and counted. Source: arXiv 2602.12257,
/// theory.md section 2.
struct ProjectedNoise {
  static constexpr NoiseTraits traits = {.name = "projected",
                                         .depends_on_state = true,
                                         .has_temperature = true,
                                         .needs_projection = true,
                                         .entry = "projected_euler_maruyama",
                                         .equation = "d theta = -grad L dt + sqrt(2) (alpha P_H + beta P_V) dW (Ito)",
                                         .update =
                                             "theta - h grad L + sqrt(2h) (alpha xi_k + (beta - alpha) P_V xi_k); "
                                             "chosen by noise = { horizontal, vertical } under "
                                             "scheme euler_maruyama",
                                         .cost = "one gradient, one projection, d variates",
                                         .source = "arXiv 2602.12257",
                                         .keys = {{"horizontal"}, {"vertical", true}}};

  template <class R>
  class Increment {
   public:
    ORBITWALK_HD Increment(const Plan& plan, double time)
        : horizontal_(R(sqrt(2 * time) * plan.horizontal)),
          difference_(R(sqrt(2 * time) * (plan.vertical - plan.horizontal))) {}
    template <class Model, class WalkType, class Lane>
    ORBITWALK_HD void prepare(const Model& model, WalkType& walk, const Lane* theta, const Lane* xi,
                              Lane* vertical) const {
      walk.counters.degenerate += count(model.project_vertical(theta, xi, vertical, walk.scratch) & walk.counted);
    }
    ORBITWALK_HD static R factor() { return R(1); }
    template <class Lane>
    ORBITWALK_HD Lane component(int, Lane, Lane xi, Lane vertical) const {
      return fma(broadcast<Lane>(difference_), vertical, xi * horizontal_);
    }

   private:
    R horizontal_, difference_;
  };
};

}  // namespace orbitwalk
