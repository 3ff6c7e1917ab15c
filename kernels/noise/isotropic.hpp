// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/walk/plan.hpp"

namespace orbitwalk {

/// Isotropic noise, sqrt(2T) dW. It is additive, so the Itô and Stratonovich equations agree.
struct IsotropicNoise {
  static constexpr NoiseTraits traits = {
      .name = "isotropic", .is_isotropic = true, .has_temperature = true, .in_words = "Isotropic noise"};

  /// σ(θ) W(t) as factor() times a vector, with W(t) = √t ξ. Every diffusion noise has these members:
  ///   Increment(plan, time)                               time: the variance t of the increment of W
  ///   prepare(model, walk, theta, xi, prepared)           what needs all components at once; fills `prepared`
  ///   factor(), component(i, theta_i, xi_i, prepared_i)
  template <class R>
  class Increment {
   public:
    ORBITWALK_HD Increment(const Plan& plan, double time) : scale_(R(sqrt(2 * time) * plan.horizontal)) {}
    template <class Model, class WalkType, class Lane>
    ORBITWALK_HD void prepare(const Model&, WalkType&, const Lane*, const Lane*, Lane*) const {}
    ORBITWALK_HD R factor() const { return scale_; }
    template <class Lane>
    ORBITWALK_HD Lane component(int, Lane, Lane xi, Lane) const {
      return xi;
    }

   private:
    R scale_;
  };
};

}  // namespace orbitwalk
