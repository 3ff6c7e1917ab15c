// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/model.hpp"

// Linear regression as a loss of weights w ∈ R^c, for the models that differ in how w is made of parameters.
namespace orbitwalk {

/// L(w) = stiffness/2 |w - target|², or 1/2 wᵀHw - bᵀw + constant with a matrix H; data has H = XᵀX/N, b = Xᵀy/N,
/// constant = |y|²/2N, which is 1/(2N) |Xw - y|². Nothing here knows of the parameters behind w. View: sizes c, N (0:
/// no data), whether there is a matrix; numbers stiffness, weight decay, constant; arrays target (c), H (c×c), b (c), X
/// (N×c, column-major), y (N). A model's own sizes and arrays come after them.
template <class R>
struct Regression {
  static constexpr int own_sizes = 3, own_numbers = 3, own_arrays = 5;  // where a model's own begin
  int count, samples, dense;
  R stiffness;
  double constant;
  const R *target, *hessian, *cross, *x, *y;

  ORBITWALK_HD explicit Regression(const ModelView<R>& view)
      : count(view.sizes[0]), samples(view.sizes[1]), dense(view.sizes[2]), stiffness(R(view.numbers[0])),
        constant(view.numbers[2]), target(view.arrays[0]), hessian(view.arrays[1]), cross(view.arrays[2]),
        x(view.arrays[3]), y(view.arrays[4]) {}

  /// L(w).
  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* w) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int i = 0; i < count; ++i) {
      if (dense == 0) {
        const Lane e = w[i] - target[i];
        sum = fma(e * e, broadcast<Lane>(R(0.5) * stiffness), sum);
      } else {
        sum = fma(row(w, i) * R(0.5) - cross[i], w[i], sum);
      }
    }
    return dense == 0 ? sum : sum + R(constant);
  }

  /// slope = ∂L/∂w; it may not alias w.
  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* w, Lane* slope) const {
    if (dense == 0) {
      for (int i = 0; i < count; ++i) slope[i] = (w[i] - target[i]) * stiffness;
      return;
    }
    multiply_vector<Lane>(count, count, as_matrix(hessian, count), as_matrix(w, 1), FromProduct(),
                          [=, this](int i, int, Lane sum) { slope[i] = sum - cross[i]; });
  }

  /// slope = Σ_b (weight_b (x_b·w - y_b) - noise_b) x_b; `draw` as in kernels/models/model.hpp.
  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* w, Lane* slope, int batch, Draw& draw) const {
    for (int i = 0; i < count; ++i) slope[i] = broadcast<Lane>(R(0));
    for (int b = 0; b < batch; ++b) {
      const auto index = draw.index(b);
      Lane residual = -gather<Lane>(y, index);
      for (int i = 0; i < count; ++i)
        residual = fma(gather<Lane>(x + std::int64_t(i) * samples, index), w[i], residual);
      residual = draw.weight(b) * residual - draw.label_noise(b, 0);
      for (int i = 0; i < count; ++i)
        slope[i] = fma(gather<Lane>(x + std::int64_t(i) * samples, index), residual, slope[i]);
    }
  }

 private:
  // (H w)_i.
  template <class Lane>
  ORBITWALK_HD Lane row(const Lane* w, int i) const {
    Lane sum = w[0] * hessian[i * count];
    for (int j = 1; j < count; ++j) sum = fma(broadcast<Lane>(hessian[i * count + j]), w[j], sum);
    return sum;
  }
};

/// (∂L/∂p, ∂L/∂q) of w = p q with u = ∂L/∂w and weight decay λ: (q u + λ p, p u + λ q).
template <class Lane>
ORBITWALK_HD void pull_back_product(Lane p, Lane q, Lane u, RealOf<Lane> decay, Lane& dp, Lane& dq) {
  dp = fma(q, u, p * decay);
  dq = fma(p, u, q * decay);
}

}  // namespace orbitwalk
