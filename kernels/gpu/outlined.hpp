// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/models/model_functions.hpp"
#include "kernels/walk/walk_particles.hpp"
#include "orbitwalk/error.hpp"

// Code that is called and not inlined, for models of a size known when running only: their state lies in memory anyway.
// ptxas gives every kernel copies of its own of the functions that it calls, so that the build time goes with the
// number of kernels; one kernel therefore has all integrators, and they share one copy of the model. Only the sampler
// on a slice has kernels of its own: it needs more registers than all others, and they would pay for it.
namespace orbitwalk::cuda {

/// A functor whose members are called and not inlined.
template <class Model>
class Outlined {
 public:
  using Real = typename Model::Real;
  static constexpr int fixed_parameters = 0;
  /// Said by models whose members need more than 128 registers: one block of threads a multiprocessor instead of two.
  static constexpr bool takes_many_registers = [] {
    if constexpr (requires { Model::takes_many_registers; }) return Model::takes_many_registers;
    else return false;
  }();
  std::uint32_t samples = 0;

  ORBITWALK_HD explicit Outlined(const Model& model) : model_(model) {
    if constexpr (HasSamples<Model>) samples = static_cast<std::uint32_t>(model.samples);
  }
  ORBITWALK_HD int parameters() const { return model_.parameters(); }
  ORBITWALK_HD int generators() const { return model_.generators(); }
  ORBITWALK_HD int observables() const { return model_.observables(); }
  ORBITWALK_HD int scratch() const { return model_.scratch(); }
  ORBITWALK_HD int instance() const requires HasInstance<Model> { return model_.instance(); }
  template <class Lane>
  ORBITWALK_NOINLINE void draw_instance(InstanceDraw<Lane>& draw, Lane* theta,
                                        Lane* scratch) const requires HasInstance<Model> {
    model_.draw_instance(draw, theta, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void adjust_start(InstanceDraw<Lane>& draw, Lane* theta) const requires AdjustsStart<Model, Lane> {
    model_.adjust_start(draw, theta);
  }
  ORBITWALK_HD int constraints(Gauge kind) const requires HasGauges<Model> { return model_.constraints(kind); }
  template <class Lane>
  ORBITWALK_NOINLINE Lane loss(const Lane* theta, Lane* scratch) const {
    return model_.loss(theta, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    model_.gradient(theta, out, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return model_.project_vertical(theta, xi, out, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    model_.observe(theta, out, scratch);
  }
  template <class Lane>
  ORBITWALK_NOINLINE void minibatch_gradient(const Lane* theta, Lane* out, int batch, SampleDraw<Lane>& draw,
                                             Lane* scratch) const {
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

/// An integrator that is chosen when running, among those of visit_scheme<R, compensated> that work on a slice or the
/// others.
template <class R, bool compensated, bool on_slice>
class OutlinedIntegrator {
 public:
  static constexpr bool is_compensated = compensated, is_on_slice = on_slice;
  template <class Integrator>
  static constexpr bool holds = std::is_same_v<Integrator, ConstrainedMala<R, compensated>> == on_slice;
  bool has_velocity = false;

  template <class Integrator>
  OutlinedIntegrator(Scheme scheme, const Integrator& integrator)
      : has_velocity(orbitwalk::has_velocity(integrator)), scheme_(scheme) {
    static_assert(sizeof(Integrator) <= sizeof bytes_ && alignof(Integrator) <= 8 &&
                  std::is_trivially_copyable_v<Integrator>);
    __builtin_memcpy(bytes_, &integrator, sizeof integrator);
  }

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    visit_scheme<R, compensated>(scheme_, [&](auto type) {
      using Integrator = typename decltype(type)::type;
      if constexpr (holds<Integrator>) called<Integrator>(model, walk, from, to);
    });
  }

 private:
  template <class Integrator, class Model, class Lane>
  ORBITWALK_NOINLINE void called(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    reinterpret_cast<const Integrator*>(bytes_)->advance(model, walk, from, to);
  }

  Scheme scheme_;
  alignas(8) unsigned char bytes_[64];  ///< the integrator itself
};

/// Calls visit(integrator, layout) with the plan's integrator and the working memory of its walks.
template <class R, bool compensated, class Model, class Visit>
void with_outlined_integrator(const Model& model, const Plan& plan, Visit&& visit) {
  visit_scheme<R, compensated>(plan.scheme, [&](auto type) {
    using Integrator = typename decltype(type)::type;
    constexpr bool on_slice = OutlinedIntegrator<R, compensated, true>::template holds<Integrator>;
    if constexpr (on_slice && !HasGauges<Model>) {
      throw SpecError("the model has no gauge whose slice a sampler could stay on");
    } else {
      const Integrator integrator(plan);
      visit(OutlinedIntegrator<R, compensated, on_slice>(plan.scheme, integrator),
            workspace_layout<R>(model, integrator, plan));
    }
  });
}

}  // namespace orbitwalk::cuda
