// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/walk/plan.hpp"

namespace orbitwalk {

/// A model kept near a gauge slice: the loss gets T |χ(θ)|²/(2ε²), so that the Gibbs law becomes exp(-L/T) times the
/// symmetric kernel exp(-|χ|²/(2ε²)). That is the isotropic ensemble conditioned on a shell around χ = 0, with every
/// particle kept and weighted by the dynamics itself; its law tends to the gauge slice's (theory.md section 2) with a
/// bias of order ε². A model without gauges stays as it is.
template <class Model>
class Shelled : public Model {
 public:
  using R = typename Model::Real;

  ORBITWALK_HD Shelled(const Model& model, const Plan& plan)
      : Model(model), gauge_(plan.gauge), constraints_(0),
        stiffness_(plan.shell_width > 0 ? R(plan.horizontal * plan.horizontal / (plan.shell_width * plan.shell_width))
                                        : R(0)) {
    if constexpr (HasGauges<Model>) constraints_ = plan.shell_width > 0 ? model.constraints(plan.gauge) : 0;
  }

  ORBITWALK_HD int scratch() const {
    const int own = constraints_ > 0 ? constraints_ + this->parameters() : 0, model = Model::scratch();
    return own > model ? own : model;
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = Model::loss(theta, scratch);
    if constexpr (HasGauges<Model>) {
      if (constraints_ == 0) return sum;
      this->gauge(gauge_, theta, scratch);
      sum = fma(dot(scratch, scratch, constraints_), broadcast<Lane>(R(0.5) * stiffness_), sum);
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Model::gradient(theta, out, scratch);
    if constexpr (HasGauges<Model>) {
      if (constraints_ == 0) return;
      Lane* row = scratch + constraints_;
      this->gauge(gauge_, theta, scratch);
      for (int a = 0; a < constraints_; ++a) {
        this->gauge_gradient(gauge_, a, theta, row);
        const Lane pull = scratch[a] * stiffness_;
        for (int i = 0; i < this->parameters(); ++i) out[i] = fma(pull, row[i], out[i]);
      }
    }
  }

 private:
  Gauge gauge_;
  int constraints_;
  R stiffness_;
};

}  // namespace orbitwalk
