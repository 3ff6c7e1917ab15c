// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/models/model.hpp"

namespace orbitwalk {

/// θ ∈ R^d, L(θ) = stiffness/2 (r - radius)², r = |θ|, under SO(d).
///
/// Gradient: ∇L = stiffness (r - radius) θ/r (0 at the origin, where it is not defined). Orbits are spheres: of the d(d-1)/2
/// rotations d-1 are independent, and Σ ξ ξᵀ = r² I - θθᵀ has the eigenvalue r² d-1 times, so v = r^{d-1} exactly. Lebesgue
/// measure pushes forward to r^{d-1} dr, so that theory.md section 2 gives r^{(d-1) β²/α²} exp(-L/α²) for projected noise. The
/// horizontal space is one line, so P_V ξ = ξ - θ <θ,ξ>/r² needs no Gram solve; at the origin the orbit is a point and P_V = 0.
template <class R, int Fixed = 0>
struct Radial {
  using Real = R;
  Extent<Fixed> dimension;
  R stiffness, radius;

  ORBITWALK_HD explicit Radial(const ModelView<R>& view)
      : dimension(view.sizes[0]), stiffness(R(view.numbers[0])), radius(R(view.numbers[1])) {}

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

  static ModelInfo info() {
    return {"a point in R^d with a loss of its length, under rotations",
            "L = stiffness/2 (r - radius)^2, group SO(d), log v = (d-1) log r",
            {{"dimension", "d, 1 to 64 (default 3)"},
             {"loss", "{ kind = \"harmonic\", stiffness = 1.0, radius = 0.0 }"}},
            {{"r", "length of theta"}, {"loss", "L"}, {"theta1 ... thetad", "coordinates (not invariant)"}}};
  }

  static ModelDescription describe(const Section& model, const DataSource&) {
    ModelDescription result;
    const int d = static_cast<int>(model.integer("dimension", 3, between(1, 64)));
    const Section loss = model.section("loss");
    loss.choice("kind", {"harmonic"}, "harmonic");
    const double k = loss.number("stiffness", 1.0, positive()), radius = loss.number("radius", 0.0, non_negative());
    result.parameters = {{d}, {k, radius}, {}};
    result.dimension = d;
    result.generators = d * (d - 1) / 2;
    result.closed_projection = true;
    result.observables = {"r", "loss"};
    for (const auto& name : numbered("theta", d)) result.observables.push_back(name);
    // A Gaussian cloud of about the right radius: every direction alike, and the radius forgotten within 1/stiffness.
    const double scale = std::max(radius, 1 / std::sqrt(k)) / std::sqrt(double(d));
    result.initial = {std::vector<double>(d, 0.0), std::vector<double>(d, scale)};
    result.predictor = [d](const std::vector<double>& theta) {
      return std::vector<double>{dot(theta.data(), theta.data(), d)};
    };
    result.log_orbit_volume = [d](const std::vector<double>& theta) {
      return d == 1 ? 0.0 : 0.5 * (d - 1) * std::log(dot(theta.data(), theta.data(), d));
    };
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      if (name != "r") return {};
      Invariant r;
      r.quotient.lower = 0;
      r.quotient.lebesgue.single = d - 1;
      r.quotient.orbit_volume.single = d - 1;
      r.quotient.loss = [=](double z) { return 0.5 * k * (z - radius) * (z - radius); };
      return r;
    };
    return result;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    switch (view.sizes[0]) {
      case 1: return visit(Radial<R, 1>(view));
      case 3: return visit(Radial<R, 3>(view));
      default: return visit(Radial<R>(view));
    }
  }
};

}  // namespace orbitwalk
