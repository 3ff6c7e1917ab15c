// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/models/parameters.hpp"

// To add a model, four places (radial is the example):
//
//   kernels/models/name.hpp        its parameters and its functor, as below
//   src/models/name.cpp            info_name(): its page; describe_name(): its keys, start, and what the laws know
//   kernels/models/registry.hpp    ORBITWALK_MODEL(name, Name), which CMake and the catalog read
//   tests/models/cases.cpp         sizes to test it at beside its defaults, with which it is tested by being listed
//
// What a model is. A model is one header with two class templates
//
//   template <class Kept> struct NameParameters;      // what a spec says of it, by name (parameters.hpp)
//   template <class R, int Fixed = 0> struct Name;    // R: float or double; Fixed: size known to the compiler, or 0
//
// Objects of Name are small and trivially copyable (a kernel gets them by value). Arrays are contiguous lanes; theta
// has parameters() of them. Members, all const and all ORBITWALK_HD unless said otherwise:
//
//   Name(const ModelView<R>&)                            from the parameters that the description stored
//   int parameters(), generators(), observables()        d, k, and the number of observables
//   int scratch()                                        lanes of working space that the members below may use
//   Lane loss(theta, scratch)                            L(θ)
//   void gradient(theta, out, scratch)                   out = ∇L(θ)
//   void generator(a, theta, out)                        out = ξ_a(θ), tangent to the orbit
//   Mask project_vertical(theta, xi, out, scratch)       out = P_V ξ; the mask tells lanes with a degenerate Gram matrix
//   void observe(theta, out, scratch)                    all observables, in the order of describe()'s names
//   void minibatch_gradient(theta, out, batch, draw, scratch)   only models with data (they also have a member `samples`):
//                                                        Σ_b draw.weight(b) g(draw.index(b)), g_i the gradient of sample i's
//                                                        loss, plus the gradient of what is not data. For b = 0, 1, ... it asks
//                                                        once each for index, weight and label_noise(b, o) of every output o in
//                                                        order; the error that is propagated back is
//                                                        weight · (f_o - y_o) - label_noise(b, o)   (kernels/noise/sample_draw.hpp)
//   int instance(); void draw_instance(draw, theta, scratch); void adjust_start(draw, theta)
//                                                        only models whose particles may have a problem each, behind theta's
//                                                        parameters (kernels/models/instance_draw.hpp)
//   int constraints(Gauge)                               only models with gauges: how many constraints χ_a the gauge has (0:
//   void gauge(Gauge, theta, out)                        the model lacks it), χ(θ), and ∇χ_a(θ)
//   void gauge_gradient(Gauge, a, theta, out)
//   static dispatch(view, visit)                         visit(functor), with the sizes worth compiling apart
namespace orbitwalk {

/// A size that is known when compiling (N > 0) or when running (N = 0).
template <int N>
struct Extent {
  ORBITWALK_HD constexpr explicit Extent(int) {}
  ORBITWALK_HD constexpr operator int() const { return N; }
};
template <>
struct Extent<0> {
  int value;
  ORBITWALK_HD constexpr explicit Extent(int v) : value(v) {}
  ORBITWALK_HD constexpr operator int() const { return value; }
};

}  // namespace orbitwalk
