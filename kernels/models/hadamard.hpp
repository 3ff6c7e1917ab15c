// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/regression_instance.hpp"

namespace orbitwalk {

template <class Kept>
struct HadamardParameters {
  RegressionParameters<Kept> regression;
  RegressionInstanceParameters<Kept> own;

  ORBITWALK_FIELDS(regression, own)
};

/// w = p∘q with θ = (p, q) ∈ R^{2c}, under p_i -> a_i p_i, q_i -> q_i / a_i for each coordinate.
///
/// Loss: 1/2 wᵀHw - bᵀw + const + weight_decay/2 |θ|². A quadratic loss stiffness/2 Σ(w_i - target_i)² has H =
/// stiffness I (kept apart: not dense); data has H = XᵀX/N, b = Xᵀy/N, which is 1/(2N)|Xw - y|². The data may be
/// each particle's own (instance). Gradient: with u = Hw - b: ∂p_i = q_i u_i + λ p_i, ∂q_i = p_i u_i + λ q_i.
/// Generators ξ_i = (p_i, -q_i) are orthogonal, Γ = diag(p_i² + q_i²), log v = 1/2 Σ log(p_i² + q_i²). Gauges, one
/// constraint a coordinate: moment_map χ_i = (p_i² - q_i²)/2 with ∇χ_i = ξ_i; norm_difference χ_i = |p_i| - |q_i|
/// (gradient of length √2; at p_i = 0 that of its positive side). Laws: the group is not compact. With weight decay and
/// isotropic noise the marginal of w_i (separable loss) is exp(-U/T) K₀(λ|w|/T), from dp dq = dw dt, t = 1/2 log|p/q|,
/// p² + q² = 2|w| cosh 2t (theory.md section 2).
template <class R, int Fixed = 0>
struct Hadamard : RegressionParameters<Viewed<R>> {
  using Real = R;
  using Shared = RegressionParameters<Viewed<R>>;
  using Shared::samples, Shared::dense, Shared::stiffness, Shared::weight_decay, Shared::constant;
  using Shared::target, Shared::hessian, Shared::cross, Shared::x, Shared::y;
  Extent<Fixed> coordinates;
  RegressionInstance<R> own;  // for sizes known when running

  ORBITWALK_HD explicit Hadamard(const ModelView<R>& view) : Hadamard(read_parameters<HadamardParameters>(view)) {}
  ORBITWALK_HD explicit Hadamard(const HadamardParameters<Viewed<R>>& given)
      : Shared(given.regression), coordinates(given.regression.coordinates),
        own(given.own, given.regression.coordinates, given.regression.samples) {}

  static constexpr int fixed_parameters = 2 * Fixed;
  ORBITWALK_HD int parameters() const { return 2 * coordinates; }
  ORBITWALK_HD int generators() const { return coordinates; }
  ORBITWALK_HD int observables() const { return 2 * coordinates + 1 + own.observables(); }
  ORBITWALK_HD int scratch() const { return 2 * coordinates; }
  ORBITWALK_HD int instance() const { return own.lanes(); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    own.draw(draw, theta + parameters(), scratch);
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    const int c = coordinates;
    Lane* w = scratch;
    for (int i = 0; i < c; ++i) w[i] = theta[i] * theta[c + i];
    Lane sum = dot(theta, theta, 2 * c) * (R(0.5) * weight_decay);
    if constexpr (Fixed == 0) {
      if (own.drawn()) return sum + own.loss(theta + parameters(), w);
    }
    if (!dense) {
      for (int i = 0; i < c; ++i) {
        const Lane e = w[i] - target[i];
        sum = fma(e * e, broadcast<Lane>(R(0.5) * stiffness), sum);
      }
      return sum;
    }
    for (int i = 0; i < c; ++i) {
      Lane row = w[0] * hessian[i * c];
      for (int j = 1; j < c; ++j) row = fma(broadcast<Lane>(hessian[i * c + j]), w[j], row);
      sum = fma(row * R(0.5) - cross[i], w[i], sum);
    }
    return sum + R(constant);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = coordinates;
    if (!dense) {
      for (int i = 0; i < c; ++i) {
        const Lane u = fma(theta[i], theta[c + i], broadcast<Lane>(-target[i])) * stiffness;
        out[i] = fma(theta[c + i], u, theta[i] * weight_decay);
        out[c + i] = fma(theta[i], u, theta[c + i] * weight_decay);
      }
      return;
    }
    if constexpr (Fixed == 0) {
      if (own.drawn()) return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    }
    Lane* w = scratch;
    for (int i = 0; i < c; ++i) w[i] = theta[i] * theta[c + i];
    multiply_vector<Lane>(
        c, c, as_matrix(hessian, c), as_matrix(w, 1), [=, this](int i, int) { return broadcast<Lane>(-cross[i]); },
        [=, this](int i, int, Lane u) { chain(theta, u, i, out); });
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    const int c = coordinates;
    for (int i = 0; i < 2 * c; ++i) out[i] = broadcast<Lane>(R(0));
    out[a] = theta[a];
    out[c + a] = -theta[c + a];
  }

  ORBITWALK_HD int constraints(Gauge) const { return coordinates; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    const int c = coordinates;
    for (int i = 0; i < c; ++i) {
      const Lane p = theta[i], q = theta[c + i];
      out[i] = gauge == Gauge::moment_map ? (p - q) * (p + q) * R(0.5) : abs(p) - abs(q);
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    generator(a, theta, out);
    if (gauge == Gauge::moment_map) return;
    const Lane one = broadcast<Lane>(R(1));
    out[a] = copysign(one, theta[a]);
    out[coordinates + a] = -copysign(one, theta[coordinates + a]);
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const int c = coordinates;
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int i = 0; i < c; ++i) {
      const Lane p = theta[i], q = theta[c + i], square = fma(p, p, q * q);
      const Lane along = ratio_or_zero(fma(p, xi[i], -(q * xi[c + i])), square);
      out[i] = along * p;
      out[c + i] = -(along * q);
      degenerate = degenerate | (square <= zero);
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = coordinates;
    for (int i = 0; i < c; ++i) {
      out[i] = theta[i] * theta[c + i];
      out[c + i] = (theta[i] - theta[c + i]) * (theta[i] + theta[c + i]);
    }
    out[2 * c] = loss(theta, scratch);
    if constexpr (Fixed == 0) own.observe(theta + parameters(), out, out + 2 * c + 1);
  }

  /// Weighted sum over the batch of (x·w - y) x, then the chain rule.
  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    const int c = coordinates;
    Lane *w = scratch, *u = scratch + c;
    for (int i = 0; i < c; ++i) {
      w[i] = theta[i] * theta[c + i];
      u[i] = broadcast<Lane>(R(0));
    }
    const bool shared = Fixed > 0 || !own.drawn();
    if constexpr (Fixed == 0) {
      if (!shared) own.slope(theta + parameters(), w, u, draw);
    }
    for (int b = 0; b < batch && shared; ++b) {
      const auto index = draw.index(b);
      Lane residual = -gather<Lane>(y, index);
      for (int i = 0; i < c; ++i) residual = fma(gather<Lane>(x + i * samples, index), w[i], residual);
      residual = draw.weight(b) * residual - draw.label_noise(b, 0);
      for (int i = 0; i < c; ++i) u[i] = fma(gather<Lane>(x + i * samples, index), residual, u[i]);
    }
    for (int i = 0; i < c; ++i) chain(theta, u[i], i, out);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    const auto given = read_parameters<HadamardParameters>(view);
    if (given.regression.coordinates == 1 && given.own.truth_kind == RegressionTruth::unknown) {
      return visit(Hadamard<R, 1>(given));
    }
    visit(Hadamard<R>(given));
  }

 private:
  template <class Lane>
  ORBITWALK_HD void chain(const Lane* theta, Lane u, int i, Lane* out) const {
    const int c = coordinates;
    pull_back_product(theta[i], theta[c + i], u, weight_decay, out[i], out[c + i]);
  }
};

}  // namespace orbitwalk
