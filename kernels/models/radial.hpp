// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/models/model.hpp"

namespace orbitwalk {

template <class Kept>
struct RadialParameters {
  int dimension = 0;
  typename Kept::Real stiffness = 0, radius = 0;

  ORBITWALK_FIELDS(dimension, stiffness, radius)
};

/// θ ∈ R^d, L(θ) = stiffness/2 (r - radius)², r = |θ|, under SO(d).
///
/// Gradient: ∇L = stiffness (r - radius) θ/r (0 at the origin, where it is not defined). Orbits are spheres: of the
/// d(d-1)/2 rotations d-1 are independent, and Σ ξ ξᵀ = r² I - θθᵀ has the eigenvalue r² d-1 times, so v = r^{d-1}
/// exactly. Lebesgue measure pushes forward to r^{d-1} dr, so that theory.md section 2 gives r^{(d-1) β²/α²} exp(-L/α²)
/// for projected noise. The horizontal space is one line, so P_V ξ = ξ - θ <θ,ξ>/r² needs no Gram solve; at the origin
/// the orbit is a point and P_V = 0.
template <class R, int Fixed = 0>
struct Radial : RadialParameters<Viewed<R>> {
  using Real = R;
  using Parameters = RadialParameters<Viewed<R>>;
  using Parameters::radius, Parameters::stiffness;
  Extent<Fixed> dimension;

  ORBITWALK_HD explicit Radial(const ModelView<R>& view)
      : Parameters(read_parameters<RadialParameters>(view)), dimension(Parameters::dimension) {}

  static constexpr int fixed_parameters = Fixed;
  ORBITWALK_HD int parameters() const { return dimension; }
  ORBITWALK_HD int generators() const { return dimension * (dimension - 1) / 2; }
  ORBITWALK_HD int observables() const { return dimension + 2; }
  ORBITWALK_HD int scratch() const { return 0; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane*) const {
    const Lane stretch = sqrt(dot(theta, theta, dimension)) - radius;
    return stretch * stretch * (R(0.5) * stiffness);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    const Lane r = sqrt(dot(theta, theta, dimension));
    const Lane pull = ratio_or_zero(r - radius, r) * stiffness;
    for (int i = 0; i < dimension; ++i) out[i] = pull * theta[i];
  }

  /// Rotation in the plane (i, j) number a: ξ_i = -θ_j, ξ_j = θ_i.
  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    int i = 0, j = 1 + a;
    for (; j >= dimension; ++i) j += i + 2 - dimension;
    for (int n = 0; n < dimension; ++n) out[n] = broadcast<Lane>(R(0));
    out[i] = -theta[j];
    out[j] = theta[i];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane square = dot(theta, theta, dimension);
    const auto origin = square <= broadcast<Lane>(R(0));
    const Lane along = ratio_or_zero(dot(theta, xi, dimension), square);
    for (int i = 0; i < dimension; ++i) {
      out[i] = select(origin, broadcast<Lane>(R(0)), fma(-along, theta[i], xi[i]));
    }
    return origin;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[0] = sqrt(dot(theta, theta, dimension));
    out[1] = loss(theta, scratch);
    for (int i = 0; i < dimension; ++i) out[2 + i] = theta[i];
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    switch (read_parameters<RadialParameters>(view).dimension) {
      case 1: return visit(Radial<R, 1>(view));
      case 3: return visit(Radial<R, 3>(view));
      default: return visit(Radial<R>(view));
    }
  }
};

}  // namespace orbitwalk
