// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/model.hpp"

// Linear regression as a loss of weights w ∈ R^c, for the models that differ in how w is made of parameters.
namespace orbitwalk {

/// What the models have in common whose loss is a regression.
template <class Kept>
struct RegressionParameters {
  int coordinates = 0;  ///< c
  int samples = 0;      ///< N; 0: no data
  bool dense = false;   ///< the loss has a matrix: data, or a target in other coordinates
  typename Kept::Real stiffness = 0, weight_decay = 0;
  double constant = 0;
  typename Kept::Array target = {}, hessian = {}, cross = {};  ///< c numbers; H (c×c); b (c)
  typename Kept::Array x = {}, y = {};                         ///< X (N×c, column-major), y (N)

  ORBITWALK_FIELDS(coordinates, samples, dense, stiffness, weight_decay, constant, target, hessian, cross, x, y)
};

/// L(w) = stiffness/2 |w - target|², or 1/2 wᵀHw - bᵀw + constant with a matrix H; data has H = XᵀX/N, b = Xᵀy/N,
/// constant = |y|²/2N, which is 1/(2N) |Xw - y|². Nothing here knows of the parameters behind w.
template <class R>
struct Regression : RegressionParameters<Viewed<R>> {
  using Parameters = RegressionParameters<Viewed<R>>;
  using Parameters::coordinates, Parameters::samples, Parameters::dense, Parameters::stiffness, Parameters::constant;
  using Parameters::target, Parameters::hessian, Parameters::cross, Parameters::x, Parameters::y;

  ORBITWALK_HD explicit Regression(const Parameters& parameters) : Parameters(parameters) {}

  /// L(w).
  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* w) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int i = 0; i < coordinates; ++i) {
      if (!dense) {
        const Lane e = w[i] - target[i];
        sum = fma(e * e, broadcast<Lane>(R(0.5) * stiffness), sum);
      } else {
        sum = fma(row(w, i) * R(0.5) - cross[i], w[i], sum);
      }
    }
    return !dense ? sum : sum + R(constant);
  }

  /// slope = ∂L/∂w; it may not alias w.
  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* w, Lane* slope) const {
    if (!dense) {
      for (int i = 0; i < coordinates; ++i) slope[i] = (w[i] - target[i]) * stiffness;
      return;
    }
    multiply_vector<Lane>(coordinates, coordinates, as_matrix(hessian, coordinates), as_matrix(w, 1), FromProduct(),
                          [=, this](int i, int, Lane sum) { slope[i] = sum - cross[i]; });
  }

  /// slope = Σ_b (weight_b (x_b·w - y_b) - noise_b) x_b; `draw` as in kernels/models/model.hpp.
  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* w, Lane* slope, int batch, Draw& draw) const {
    for (int i = 0; i < coordinates; ++i) slope[i] = broadcast<Lane>(R(0));
    for (int b = 0; b < batch; ++b) {
      const auto index = draw.index(b);
      Lane residual = -gather<Lane>(y, index);
      for (int i = 0; i < coordinates; ++i)
        residual = fma(gather<Lane>(x + std::int64_t(i) * samples, index), w[i], residual);
      residual = draw.weight(b) * residual - draw.label_noise(b, 0);
      for (int i = 0; i < coordinates; ++i)
        slope[i] = fma(gather<Lane>(x + std::int64_t(i) * samples, index), residual, slope[i]);
    }
  }

 private:
  // (H w)_i.
  template <class Lane>
  ORBITWALK_HD Lane row(const Lane* w, int i) const {
    Lane sum = w[0] * hessian[i * coordinates];
    for (int j = 1; j < coordinates; ++j) sum = fma(broadcast<Lane>(hessian[i * coordinates + j]), w[j], sum);
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
