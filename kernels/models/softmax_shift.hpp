// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/math.hpp"
#include "kernels/models/model.hpp"

namespace orbitwalk {

template <class Kept>
struct SoftmaxShiftParameters {
  int classes = 0;
  typename Kept::Array target = {};  ///< probabilities, K of them

  ORBITWALK_FIELDS(classes, target)
};

/// Softmax classifier without inputs: logits θ = z ∈ R^K, predictor p = softmax(z), L = -Σ t_k log p_k with Σ t_k = 1,
/// under z -> z + c·1. The negative control: every orbit is a straight line of the same length element, so there is no
/// bias.
///
/// Gradient: ∂L/∂z_k = p_k - t_k. Generator: ξ = 1, |ξ| = √K, log v = 1/2 log K everywhere. Laws: the shifts are
/// isometries (though not compact), so the quotient laws of theory.md section 2 hold with a constant v: the same for
/// every β. On the plane Σ z = 0 the map to p_1..p_{K-1} has dp = K ∏ p_k dz, and exp(-L/T) = ∏ p_k^{t_k/T}, hence p ~
/// Dirichlet(t/T) and p_k ~ Beta(t_k/T, (1 - t_k)/T). The mean of the logits diffuses freely with the vertical noise.
template <class R, int Fixed = 0>
struct SoftmaxShift : SoftmaxShiftParameters<Viewed<R>> {
  using Real = R;
  using Parameters = SoftmaxShiftParameters<Viewed<R>>;
  using Parameters::classes, Parameters::target;

  ORBITWALK_HD explicit SoftmaxShift(const ModelView<R>& view)
      : Parameters(read_parameters<SoftmaxShiftParameters>(view)) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return classes; }
  ORBITWALK_HD int generators() const { return 1; }
  ORBITWALK_HD int observables() const { return classes + 2; }
  ORBITWALK_HD int scratch() const { return classes; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    const Lane top = highest(theta);
    Lane result = log(weights(theta, top, scratch));  // log Σ exp(z) - Σ t z, both from the highest logit
    for (int k = 0; k < classes; ++k) result = fma(broadcast<Lane>(-target[k]), theta[k] - top, result);
    return result;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    probabilities(theta, out);
    for (int k = 0; k < classes; ++k) out[k] = out[k] - target[k];
  }

  template <class Lane>
  ORBITWALK_HD void generator(int, const Lane*, Lane* out) const {
    for (int k = 0; k < classes; ++k) out[k] = broadcast<Lane>(R(1));
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane*, const Lane* xi, Lane* out, Lane*) const {
    const Lane along = mean(xi);
    for (int k = 0; k < classes; ++k) out[k] = along;
    return broadcast<Lane>(R(1)) < broadcast<Lane>(R(0));  // no orbit is degenerate
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    probabilities(theta, out);
    out[classes] = mean(theta);
    out[classes + 1] = loss(theta, scratch);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(SoftmaxShift<R>(view));
  }

 private:
  template <class Lane>
  ORBITWALK_HD Lane highest(const Lane* theta) const {
    Lane top = theta[0];
    for (int k = 1; k < classes; ++k) top = max(top, theta[k]);
    return top;
  }

  template <class Lane>
  ORBITWALK_HD Lane mean(const Lane* values) const {
    Lane sum = values[0];
    for (int k = 1; k < classes; ++k) sum = sum + values[k];
    return sum * (R(1) / R(classes));
  }

  // exp(z - top); returns their sum, which is at least 1.
  template <class Lane>
  ORBITWALK_HD Lane weights(const Lane* theta, Lane top, Lane* out) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int k = 0; k < classes; ++k) {
      out[k] = exp(theta[k] - top);
      sum = sum + out[k];
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void probabilities(const Lane* theta, Lane* out) const {
    const Lane share = broadcast<Lane>(R(1)) / weights(theta, highest(theta), out);
    for (int k = 0; k < classes; ++k) out[k] = out[k] * share;
  }
};

}  // namespace orbitwalk
