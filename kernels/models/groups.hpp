// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/regression.hpp"

namespace orbitwalk {

template <class Kept>
struct GroupsParameters {
  RegressionParameters<Kept> regression;
  int groups = 0, size = 0;
  bool of_norms = false;            ///< the loss is of the norms, not of the weights
  typename Kept::Array norms = {};  ///< their targets

  ORBITWALK_FIELDS(regression, groups, size, of_norms, norms)
};

/// w_g = a_g v_g, a_g ∈ R, v_g ∈ R^n, g = 1..G; θ = (a_1..a_G, v_1..v_G), under a_g -> a_g/c, v_g -> c v_g for each
/// group. The parameterisation behind the group lasso: weight decay on (a, v) is a penalty on s_g = |w_g| = |a_g||v_g|.
///
/// Loss: that of a linear regression in w ∈ R^{Gn} (kernels/models/regression.hpp), or kind "norm_quadratic":
/// stiffness/2 Σ (s_g - target_g)², ∂L/∂w_g = stiffness (s_g - target_g) w_g/s_g; + weight_decay/2 |θ|². Gradient: with
/// u = ∂L/∂w: ∂a_g = v_g·u_g + λ a_g, ∂v_g = a_g u_g + λ v_g. Generators ξ_g = (-a_g, v_g) are orthogonal, log v = 1/2
/// Σ log(a_g² + |v_g|²). Gauges: moment_map (|v_g|² - a_g²)/2, its gradient is ξ_g; norm_difference |v_g| - |a_g|. Laws
/// of s_g where the loss depends on the norms only (norm_quadratic, or a quadratic loss with target 0): a rescaling of
/// factors in R and R^n (models/product_laws.hpp with m = 1).
template <class R, int Fixed = 0>
struct Groups {
  using Real = R;
  Regression<R> regression;
  int groups, size, samples;
  bool of_norms;
  R weight_decay;
  const R* norms;

  ORBITWALK_HD explicit Groups(const ModelView<R>& view) : Groups(read_parameters<GroupsParameters>(view)) {}
  ORBITWALK_HD explicit Groups(const GroupsParameters<Viewed<R>>& given)
      : regression(given.regression), groups(given.groups), size(given.size), samples(regression.samples),
        of_norms(given.of_norms), weight_decay(regression.weight_decay), norms(given.norms) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return groups * (size + 1); }
  ORBITWALK_HD int generators() const { return groups; }
  ORBITWALK_HD int observables() const { return groups * (size + 2) + 1; }
  ORBITWALK_HD int scratch() const { return 2 * groups * size; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    if (!of_norms) {
      weights(theta, scratch);
      return sum + regression.loss(scratch);
    }
    for (int g = 0; g < groups; ++g) {
      const Lane stretch = norm(theta, g) - norms[g];
      sum = fma(stretch * stretch, broadcast<Lane>(R(0.5) * regression.stiffness), sum);
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + groups * size;
    weights(theta, w);
    if (of_norms) {
      for (int g = 0; g < groups; ++g) {
        const Lane s = norm(theta, g), pull = ratio_or_zero((s - norms[g]) * regression.stiffness, s);
        for (int i = 0; i < size; ++i) slope[g * size + i] = pull * w[g * size + i];
      }
    } else {
      regression.gradient(w, slope);
    }
    chain(theta, slope, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int g, const Lane* theta, Lane* out) const {
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[g] = -theta[g];
    for (int i = 0; i < size; ++i) out[second(g) + i] = theta[second(g) + i];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int g = 0; g < groups; ++g) {
      const Lane a = theta[g], *v = theta + second(g);
      const Lane square = fma(a, a, dot(v, v, size));
      const Lane along = ratio_or_zero(fma(-a, xi[g], dot(v, xi + second(g), size)), square);
      out[g] = -(along * a);
      for (int i = 0; i < size; ++i) out[second(g) + i] = along * v[i];
      degenerate = degenerate | (square <= zero);
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[observables() - 1] = loss(theta, scratch);
    weights(theta, out + groups);
    for (int g = 0; g < groups; ++g) {
      const Lane* v = theta + second(g);
      const Lane length = sqrt(dot(v, v, size)), a = abs(theta[g]);
      out[g] = a * length;
      out[groups * (size + 1) + g] = (length - a) * (length + a);
    }
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + groups * size;
    weights(theta, w);
    regression.minibatch_gradient(w, slope, batch, draw);
    chain(theta, slope, out);
  }

  ORBITWALK_HD int constraints(Gauge) const { return groups; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int g = 0; g < groups; ++g) {
      const Lane* v = theta + second(g);
      const Lane length = sqrt(dot(v, v, size)), a = abs(theta[g]);
      out[g] = gauge == Gauge::moment_map ? (length - a) * (length + a) * R(0.5) : length - a;
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int g, const Lane* theta, Lane* out) const {
    generator(g, theta, out);
    if (gauge == Gauge::moment_map) return;
    const Lane* v = theta + second(g);
    const Lane share = ratio_or_zero(broadcast<Lane>(R(1)), sqrt(dot(v, v, size)));
    out[g] = -copysign(broadcast<Lane>(R(1)), theta[g]);
    for (int i = 0; i < size; ++i) out[second(g) + i] = out[second(g) + i] * share;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(Groups<R>(view));
  }

 private:
  ORBITWALK_HD int second(int g) const { return groups + g * size; }

  template <class Lane>
  ORBITWALK_HD Lane norm(const Lane* theta, int g) const {
    return abs(theta[g]) * sqrt(dot(theta + second(g), theta + second(g), size));
  }

  template <class Lane>
  ORBITWALK_HD void weights(const Lane* theta, Lane* w) const {
    for (int g = 0; g < groups; ++g) {
      for (int i = 0; i < size; ++i) w[g * size + i] = theta[g] * theta[second(g) + i];
    }
  }

  template <class Lane>
  ORBITWALK_HD void chain(const Lane* theta, const Lane* slope, Lane* out) const {
    for (int g = 0; g < groups; ++g) {
      const Lane *v = theta + second(g), *u = slope + g * size;
      out[g] = fma(theta[g], broadcast<Lane>(weight_decay), dot(v, u, size));
      for (int i = 0; i < size; ++i) out[second(g) + i] = fma(theta[g], u[i], v[i] * weight_decay);
    }
  }
};

}  // namespace orbitwalk
