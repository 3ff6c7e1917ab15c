// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/noise/sample_draw.hpp"

// A model's functor as a table of functions over one lane type. Integrators are compiled once over AnyModel instead of
// once a model: a call costs nothing beside a gradient of more than a few parameters, and models × integrators would
// otherwise multiply the build. Models of a size known to the compiler are compiled together with the integrators that
// are worth it.
namespace orbitwalk {

template <class Model>
concept HasSamples = requires(const Model& m) {
  m.samples;
};

template <class Model, class Lane>
concept AdjustsStart = requires(const Model& m, InstanceDraw<Lane>& draw, Lane* theta) {
  m.adjust_start(draw, theta);
};

template <class Lane>
struct ModelFunctions {
  static constexpr int capacity = 320;
  alignas(16) unsigned char model[capacity];  ///< the functor itself
  int parameters, generators, observables, scratch, instance;
  int constraints[2];     ///< by Gauge
  std::uint32_t samples;  ///< 0: no data
  Lane (*loss)(const void*, const Lane*, Lane*);
  void (*gradient)(const void*, const Lane*, Lane*, Lane*);
  void (*generator)(const void*, int, const Lane*, Lane*);
  MaskOf<Lane> (*project_vertical)(const void*, const Lane*, const Lane*, Lane*, Lane*);
  void (*observe)(const void*, const Lane*, Lane*, Lane*);
  void (*minibatch_gradient)(const void*, const Lane*, Lane*, int, SampleDraw<Lane>&, Lane*);
  void (*draw_instance)(const void*, InstanceDraw<Lane>&, Lane*, Lane*);
  void (*adjust_start)(const void*, InstanceDraw<Lane>&, Lane*);
  void (*gauge)(const void*, Gauge, const Lane*, Lane*);
  void (*gauge_gradient)(const void*, Gauge, int, const Lane*, Lane*);
};

namespace detail {
template <class Model, class Lane>
struct Calls {
  static const Model& at(const void* m) { return *static_cast<const Model*>(m); }
  static Lane loss(const void* m, const Lane* theta, Lane* scratch) { return at(m).loss(theta, scratch); }
  static void gradient(const void* m, const Lane* theta, Lane* out, Lane* scratch) {
    at(m).gradient(theta, out, scratch);
  }
  static void generator(const void* m, int a, const Lane* theta, Lane* out) { at(m).generator(a, theta, out); }
  static MaskOf<Lane> project_vertical(const void* m, const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) {
    return at(m).project_vertical(theta, xi, out, scratch);
  }
  static void observe(const void* m, const Lane* theta, Lane* out, Lane* scratch) {
    at(m).observe(theta, out, scratch);
  }
  static void minibatch_gradient(const void* m, const Lane* theta, Lane* out, int batch, SampleDraw<Lane>& draw,
                                 Lane* scratch) {
    if constexpr (HasSamples<Model>) at(m).minibatch_gradient(theta, out, batch, draw, scratch);
  }
  static void draw_instance(const void* m, InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) {
    if constexpr (HasInstance<Model>) at(m).draw_instance(draw, theta, scratch);
  }
  static void adjust_start(const void* m, InstanceDraw<Lane>& draw, Lane* theta) {
    if constexpr (AdjustsStart<Model, Lane>) at(m).adjust_start(draw, theta);
  }
  static void gauge(const void* m, Gauge kind, const Lane* theta, Lane* out) {
    if constexpr (HasGauges<Model>) at(m).gauge(kind, theta, out);
  }
  static void gauge_gradient(const void* m, Gauge kind, int a, const Lane* theta, Lane* out) {
    if constexpr (HasGauges<Model>) at(m).gauge_gradient(kind, a, theta, out);
  }
};
}  // namespace detail

template <class Lane, class Model>
inline ModelFunctions<Lane> make_functions(const Model& model) {
  static_assert(sizeof(Model) <= ModelFunctions<Lane>::capacity && alignof(Model) <= 16 &&
                std::is_trivially_copyable_v<Model>);
  using Calls = detail::Calls<Model, Lane>;
  ModelFunctions<Lane> f{};
  __builtin_memcpy(f.model, &model, sizeof model);
  f.parameters = model.parameters();
  f.generators = model.generators();
  f.observables = model.observables();
  f.scratch = model.scratch();
  f.instance = instance_lanes(model);
  if constexpr (HasSamples<Model>) f.samples = std::uint32_t(model.samples);
  if constexpr (HasGauges<Model>) {
    f.constraints[0] = model.constraints(Gauge::moment_map);
    f.constraints[1] = model.constraints(Gauge::norm_difference);
  }
  f.loss = Calls::loss;
  f.gradient = Calls::gradient;
  f.generator = Calls::generator;
  f.project_vertical = Calls::project_vertical;
  f.observe = Calls::observe;
  f.minibatch_gradient = Calls::minibatch_gradient;
  f.draw_instance = Calls::draw_instance;
  f.adjust_start = Calls::adjust_start;
  f.gauge = Calls::gauge;
  f.gauge_gradient = Calls::gauge_gradient;
  return f;
}

/// The functor's interface over a table.
template <class Lane>
class AnyModel {
 public:
  using Real = RealOf<Lane>;
  static constexpr int fixed_parameters = 0;
  std::uint32_t samples;

  explicit AnyModel(const ModelFunctions<Lane>& functions) : samples(functions.samples), f_(functions) {}
  int parameters() const { return f_.parameters; }
  int generators() const { return f_.generators; }
  int observables() const { return f_.observables; }
  int scratch() const { return f_.scratch; }
  int instance() const { return f_.instance; }
  int constraints(Gauge kind) const { return f_.constraints[int(kind)]; }
  Lane loss(const Lane* theta, Lane* scratch) const { return f_.loss(f_.model, theta, scratch); }
  void gradient(const Lane* theta, Lane* out, Lane* scratch) const { f_.gradient(f_.model, theta, out, scratch); }
  void generator(int a, const Lane* theta, Lane* out) const { f_.generator(f_.model, a, theta, out); }
  MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return f_.project_vertical(f_.model, theta, xi, out, scratch);
  }
  void observe(const Lane* theta, Lane* out, Lane* scratch) const { f_.observe(f_.model, theta, out, scratch); }
  void minibatch_gradient(const Lane* theta, Lane* out, int batch, SampleDraw<Lane>& draw, Lane* scratch) const {
    f_.minibatch_gradient(f_.model, theta, out, batch, draw, scratch);
  }
  void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    f_.draw_instance(f_.model, draw, theta, scratch);
  }
  void adjust_start(InstanceDraw<Lane>& draw, Lane* theta) const { f_.adjust_start(f_.model, draw, theta); }
  void gauge(Gauge kind, const Lane* theta, Lane* out) const { f_.gauge(f_.model, kind, theta, out); }
  void gauge_gradient(Gauge kind, int a, const Lane* theta, Lane* out) const {
    f_.gauge_gradient(f_.model, kind, a, theta, out);
  }

 private:
  ModelFunctions<Lane> f_;
};

}  // namespace orbitwalk
