// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/models/parameters.hpp"

// To add a model, edit four places (radial is the example):
//
//   kernels/models/name.hpp        its parameters and its functor, as below
//   src/models/name.cpp            info_name(): its help page; describe_name(): its keys, its start, data for the laws
//   kernels/models/registry.hpp    ORBITWALK_MODEL(name, Name), which CMake and the catalog read
//   tests/models/cases.cpp         sizes to test it at; every listed model is also tested at its defaults
//
// What a model is: one header with two class templates
//
//   template <class Kept> struct NameParameters;      // its parameters in a spec, by name (parameters.hpp)
//   template <class R, int Fixed = 0> struct Name;    // R: float or double; Fixed: compile-time size, or 0
//
// Objects of Name are small and trivially copyable (they are passed to kernels by value). Arrays are contiguous lanes;
// theta has parameters() of them. Members, all const and all ORBITWALK_HD unless stated otherwise:
//
//   Name(const ModelView<R>&)                       from the parameters that the description stored
//   int parameters(), generators(), observables()   d, k, and the number of observables
//   int scratch()                                   lanes of working space that the members below may use
//   Lane loss(theta, scratch)                       L(θ)
//   void gradient(theta, out, scratch)              out = ∇L(θ)
//   void generator(a, theta, out)                   out = ξ_a(θ), tangent to the orbit
//   Mask project_vertical(theta, xi, out, scratch)  out = P_V ξ; the mask marks lanes with a degenerate Gram matrix
//   void observe(theta, out, scratch)               all observables, in the order of describe()'s names
//   static dispatch(view, visit)                    calls visit(functor), with compile-time sizes where that pays
//
// Only for models with data, which also have a member `samples`:
//
//   void minibatch_gradient(theta, out, batch, draw, scratch)
//       Σ_b draw.weight(b) g(draw.index(b)), with g_i the gradient of the loss of sample i, plus the gradient of the
//       terms without data. For b = 0, 1, ... it calls index and weight once each, and label_noise(b, o) once for every
//       output o in order. The back-propagated error is
//       weight · (f_o - y_o) - label_noise(b, o)   (kernels/noise/sample_draw.hpp)
//
// Only for models whose particles may each have their own problem, stored behind theta's parameters
// (kernels/models/instance_draw.hpp):
//
//   int instance(); void draw_instance(draw, theta, scratch); void adjust_start(draw, theta)
//
// Only for models with gauges:
//
//   int constraints(Gauge)                          number of constraints χ_a of the gauge; 0: the model lacks it
//   void gauge(Gauge, theta, out)                   χ(θ)
//   void gauge_gradient(Gauge, a, theta, out)       ∇χ_a(θ)
namespace orbitwalk {

/// A size that is known at compile time (N > 0) or at run time (N = 0).
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
