// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/walk/plan.hpp"

namespace orbitwalk {

/// Noise proportional to the state, component by component: σ θ_i dW_i. It has no temperature and in general no
/// stationary law.
struct GeometricNoise {
  static constexpr NoiseTraits traits = {.name = "geometric",
                                         .depends_on_state = true,
                                         .may_vanish = true,
                                         .in_words = "Geometric noise",
                                         .entry = "geometric",
                                         .dynamics = "geometric",
                                         .equation = "d theta_i = -d_i L dt + sigma theta_i dW_i (Ito)",
                                         .update = "theta - h grad L + sigma sqrt(h) theta xi_k",
                                         .cost = "one gradient, d variates",
                                         .source = "Kloeden and Platen, ch. 10"};

  /// For L = κ/2 |θ|² (geometric Brownian motion with drift rate -κ) the moments of Euler-Maruyama are known exactly at
  /// every h:
  ///   E θ_k = (1 - hκ)^k θ_0,  E θ_k² = ((1 - hκ)² + hσ²)^k θ_0²       (Kloeden and Platen, ch. 10.2).
  template <class R>
  class Increment {
   public:
    ORBITWALK_HD Increment(const Plan& plan, double time) : scale_(R(sqrt(time) * plan.volatility)) {}
    template <class Model, class WalkType, class Lane>
    ORBITWALK_HD void prepare(const Model&, WalkType&, const Lane*, const Lane*, Lane*) const {}
    ORBITWALK_HD R factor() const { return scale_; }
    template <class Lane>
    ORBITWALK_HD Lane component(int, Lane theta, Lane xi, Lane) const {
      return theta * xi;
    }

   private:
    R scale_;
  };
};

}  // namespace orbitwalk
