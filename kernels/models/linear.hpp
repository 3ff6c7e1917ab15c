// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/regression_instance.hpp"

namespace orbitwalk {

template <class Kept>
struct LinearParameters {
  RegressionParameters<Kept> regression;
  typename Kept::Real l1 = 0;
  RegressionInstanceParameters<Kept> own;

  ORBITWALK_FIELDS(regression, l1, own)
};

/// Free weights, θ = w ∈ R^c: the model that `hadamard` is held against. No symmetry, so no volume to correct for.
///
/// Loss: stiffness/2 Σ (w_i - target_i)², or 1/(2N)|Xw - y|² with data, + weight_decay/2 |w|² + l1 Σ|w_i|. Gradient: H
/// w - b + λ w + l1 sign(w), with the subgradient 0 at w_i = 0. The data may be each particle's own (instance).
/// Langevin at temperature T is an Ornstein-Uhlenbeck process: for the separable loss w_i has the normal law of
/// variance T/(stiffness + λ) about stiffness target_i/(stiffness + λ); with data the mean is the ridge solution. A
/// stiffness below 0 grows without bound and has no law (geometric dynamics), and l1 > 0 has none here.
template <class R, int Fixed = 0>
struct Linear : RegressionParameters<Viewed<R>> {
  using Real = R;
  using Shared = RegressionParameters<Viewed<R>>;
  using Shared::samples, Shared::dense, Shared::stiffness, Shared::weight_decay, Shared::constant;
  using Shared::target, Shared::hessian, Shared::cross, Shared::x, Shared::y;
  Extent<Fixed> coordinates;
  R l1;
  RegressionInstance<R> own;  // for sizes known when running

  ORBITWALK_HD explicit Linear(const ModelView<R>& view) : Linear(read_parameters<LinearParameters>(view)) {}
  ORBITWALK_HD explicit Linear(const LinearParameters<Viewed<R>>& given)
      : Shared(given.regression), coordinates(given.regression.coordinates), l1(given.l1),
        own(given.own, given.regression.coordinates, given.regression.samples) {}

  static constexpr int fixed_parameters = Fixed;
  ORBITWALK_HD int parameters() const { return coordinates; }
  ORBITWALK_HD int generators() const { return 0; }
  ORBITWALK_HD int observables() const { return coordinates + 1 + own.observables(); }
  ORBITWALK_HD int scratch() const { return coordinates; }
  ORBITWALK_HD int instance() const { return own.lanes(); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    own.draw(draw, theta + parameters(), scratch);
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane*) const {
    Lane sum = dot(theta, theta, coordinates) * (R(0.5) * weight_decay);
    if constexpr (Fixed == 0) {
      if (l1 > R(0)) {
        for (int i = 0; i < coordinates; ++i) sum = fma(abs(theta[i]), broadcast<Lane>(l1), sum);
      }
      if (own.drawn()) return sum + own.loss(theta + parameters(), theta);
    }
    for (int i = 0; i < coordinates; ++i) {
      if (!dense) {
        const Lane e = theta[i] - target[i];
        sum = fma(e * e, broadcast<Lane>(R(0.5) * stiffness), sum);
      } else {
        sum = fma(row(theta, i) * R(0.5) - cross[i], theta[i], sum);
      }
    }
    return !dense ? sum : sum + R(constant);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    if constexpr (Fixed == 0) {
      if (own.drawn()) return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    }
    const Lane decay = broadcast<Lane>(weight_decay);
    if (!dense) {
      for (int i = 0; i < coordinates; ++i) out[i] = fma(theta[i], decay, (theta[i] - target[i]) * stiffness);
      return add_l1(theta, out);
    }
    multiply_vector<Lane>(coordinates, coordinates, as_matrix(hessian, coordinates), as_matrix(theta, 1), FromProduct(),
                          [=, this](int i, int, Lane sum) { out[i] = fma(theta[i], decay, sum - cross[i]); });
    add_l1(theta, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int, const Lane*, Lane*) const {}

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane*, Lane* out, Lane*) const {
    for (int i = 0; i < coordinates; ++i) out[i] = broadcast<Lane>(R(0));
    return theta[0] < theta[0];  // nothing is vertical, and nothing is degenerate
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    for (int i = 0; i < coordinates; ++i) out[i] = theta[i];
    out[coordinates] = loss(theta, scratch);
    if constexpr (Fixed == 0) own.observe(theta + parameters(), theta, out + coordinates + 1);
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane*) const {
    for (int i = 0; i < coordinates; ++i) out[i] = broadcast<Lane>(R(0));
    const bool shared = Fixed > 0 || !own.drawn();
    if constexpr (Fixed == 0) {
      if (!shared) own.slope(theta + parameters(), theta, out, draw);
    }
    for (int b = 0; b < batch && shared; ++b) {
      const auto index = draw.index(b);
      Lane residual = -gather<Lane>(y, index);
      for (int i = 0; i < coordinates; ++i) residual = fma(gather<Lane>(x + i * samples, index), theta[i], residual);
      residual = draw.weight(b) * residual - draw.label_noise(b, 0);
      for (int i = 0; i < coordinates; ++i) out[i] = fma(gather<Lane>(x + i * samples, index), residual, out[i]);
    }
    for (int i = 0; i < coordinates; ++i) out[i] = fma(theta[i], broadcast<Lane>(weight_decay), out[i]);
    add_l1(theta, out);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    const auto given = read_parameters<LinearParameters>(view);
    if (given.regression.coordinates == 3 && !given.regression.dense && !(given.l1 > 0)) {
      return visit(Linear<R, 3>(given));
    }
    visit(Linear<R>(given));
  }

 private:
  template <class Lane>
  ORBITWALK_HD void add_l1(const Lane* theta, Lane* out) const {
    if (Fixed > 0 || !(l1 > R(0))) return;
    const Lane zero = broadcast<Lane>(R(0));
    for (int i = 0; i < coordinates; ++i) {
      out[i] =
          out[i] + select(zero < theta[i], broadcast<Lane>(l1), select(theta[i] < zero, broadcast<Lane>(-l1), zero));
    }
  }

  // (H w)_i.
  template <class Lane>
  ORBITWALK_HD Lane row(const Lane* w, int i) const {
    Lane sum = w[0] * hessian[i * coordinates];
    for (int j = 1; j < coordinates; ++j) sum = fma(broadcast<Lane>(hessian[i * coordinates + j]), w[j], sum);
    return sum;
  }
};

}  // namespace orbitwalk
