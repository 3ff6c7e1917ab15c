// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/models/model_functions.hpp"

namespace orbitwalk::cuda {

/// A functor whose members are called and not inlined: all integrators of a model then share one copy of its code, which
/// would otherwise multiply the build time. The state of such a model lies in memory anyway.
template <class Model>
class Outlined {
 public:
  using Real = typename Model::Real;
  static constexpr int fixed_parameters = 0;
  std::uint32_t samples = 0;

  ORBITWALK_HD explicit Outlined(const Model& model) : model_(model) {
    if constexpr (HasSamples<Model>) samples = static_cast<std::uint32_t>(model.samples);
  }
  ORBITWALK_HD int parameters() const { return model_.parameters(); }
  ORBITWALK_HD int generators() const { return model_.generators(); }
  ORBITWALK_HD int observables() const { return model_.observables(); }
  ORBITWALK_HD int scratch() const { return model_.scratch(); }
  ORBITWALK_HD int constraints(Gauge kind) const {
    if constexpr (HasGauges<Model>) return model_.constraints(kind);
    else return 0;
  }
  template <class Lane>
  ORBITWALK_NOINLINE Lane loss(const Lane* theta, Lane* scratch) const { return model_.loss(theta, scratch); }
  template <class Lane>
  ORBITWALK_NOINLINE void gradient(const Lane* theta, Lane* out, Lane* scratch) const { model_.gradient(theta, out, scratch); }
  template <class Lane>
  ORBITWALK_NOINLINE MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return model_.project_vertical(theta, xi, out, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void observe(const Lane* theta, Lane* out, Lane* scratch) const { model_.observe(theta, out, scratch); }
  template <class Lane>
  ORBITWALK_NOINLINE void minibatch_gradient(const Lane* theta, Lane* out, int batch, SampleDraw<Lane>& draw, Lane* scratch) const {
    if constexpr (HasSamples<Model>) model_.minibatch_gradient(theta, out, batch, draw, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void gauge(Gauge kind, const Lane* theta, Lane* out) const {
    if constexpr (HasGauges<Model>) model_.gauge(kind, theta, out);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void gauge_gradient(Gauge kind, int a, const Lane* theta, Lane* out) const {
    if constexpr (HasGauges<Model>) model_.gauge_gradient(kind, a, theta, out);
  }

 private:
  Model model_;
};

}  // namespace orbitwalk::cuda
