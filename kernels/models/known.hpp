// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/model_functions.hpp"

namespace orbitwalk {

namespace detail {
/// `samples`, where the model has data.
template <class Plain, bool has_samples>
struct KnownSamples {
  std::uint32_t samples;
  ORBITWALK_HD explicit KnownSamples(const Plain& plain) : samples(std::uint32_t(plain.samples)) {}
};
template <class Plain>
struct KnownSamples<Plain, false> {
  ORBITWALK_HD explicit KnownSamples(const Plain&) {}
};
}  // namespace detail

/// A model whose sizes the compiler knows: the functor itself, made in each member from a view whose sizes are constants,
/// so that its loops are unrolled and its working space is registers. The operations and their order are the functor's,
/// hence the bits are the same.
///   Values::fixed_parameters   d where the state is to be kept in registers, else 0
///   Values::scratch            lanes of working space that each member keeps for itself, or 0: the walk's
///   Values::set(view)          writes the sizes
template <template <class, int> class Model, class R, class Values>
class Known : public detail::KnownSamples<Model<R, 0>, HasSamples<Model<R, 0>>> {
 public:
  using Real = R;
  using Plain = Model<R, 0>;
  static constexpr int fixed_parameters = Values::fixed_parameters;

  ORBITWALK_HD explicit Known(const ModelView<R>& view)
      : detail::KnownSamples<Plain, HasSamples<Plain>>(Plain(with_sizes(view))), view_(view) {}

  ORBITWALK_HD int parameters() const { return plain().parameters(); }
  ORBITWALK_HD int generators() const { return plain().generators(); }
  ORBITWALK_HD int observables() const { return plain().observables(); }
  ORBITWALK_HD int scratch() const { return plain().scratch(); }
  ORBITWALK_HD int instance() const requires HasInstance<Plain> { return plain().instance(); }
  ORBITWALK_HD int constraints(Gauge kind) const requires HasGauges<Plain> { return plain().constraints(kind); }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Own<Lane> own;
    return plain().loss(theta, own.or_else(scratch));
  }
  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Own<Lane> own;
    plain().gradient(theta, out, own.or_else(scratch));
  }
  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    plain().generator(a, theta, out);
  }
  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    Own<Lane> own;
    return plain().project_vertical(theta, xi, out, own.or_else(scratch));
  }
  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    plain().observe(theta, out, scratch);
  }
  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw,
                                       Lane* scratch) const requires HasSamples<Plain> {
    Own<Lane> own;
    plain().minibatch_gradient(theta, out, batch, draw, own.or_else(scratch));
  }
  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta,
                                  Lane* scratch) const requires HasInstance<Plain> {
    plain().draw_instance(draw, theta, scratch);
  }
  template <class Lane>
  ORBITWALK_HD void adjust_start(InstanceDraw<Lane>& draw, Lane* theta) const requires AdjustsStart<Plain, Lane> {
    plain().adjust_start(draw, theta);
  }
  template <class Lane>
  ORBITWALK_HD void gauge(Gauge kind, const Lane* theta, Lane* out) const requires HasGauges<Plain> {
    plain().gauge(kind, theta, out);
  }
  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge kind, int a, const Lane* theta, Lane* out) const requires HasGauges<Plain> {
    plain().gauge_gradient(kind, a, theta, out);
  }

 private:
  /// Working space that nobody else sees: what is written there and read again stays in registers.
  template <class Lane>
  struct Own {
    Lane lanes[Values::scratch > 0 ? Values::scratch : 1];
    ORBITWALK_HD Lane* or_else(Lane* given) {
      if constexpr (Values::scratch > 0) return lanes;
      else return given;
    }
  };

  static ORBITWALK_HD ModelView<R> with_sizes(ModelView<R> view) {
    Values::set(view);
    return view;
  }
  ORBITWALK_HD Plain plain() const { return Plain(with_sizes(view_)); }

  ModelView<R> view_;
};

}  // namespace orbitwalk
