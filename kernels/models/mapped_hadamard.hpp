// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/models/deep_hadamard.hpp"
#include "kernels/models/regression_instance.hpp"

namespace orbitwalk {

template <class Kept>
struct MappedHadamardParameters {
  DeepHadamardParameters<Kept> product;
  typename Kept::Array map = {};  ///< M, row-major
  RegressionInstanceParameters<Kept> own;

  ORBITWALK_FIELDS(product, map, own)
};

/// w = M (p∘q), M = D⁻¹ a fixed invertible c×c matrix, so that z = p∘q = D w: `hadamard` in other coordinates. The
/// penalty that the orbits put on z then falls on D w: total variation, or sparsity of the spectrum. θ = (p, q),
/// rescaling p_i, q_i.
///
/// Maps: "identity"; "difference": z_1 = w_1, z_i = w_i - w_{i-1}, M the cumulative sum; "fourier": M the orthonormal
/// real Fourier basis, columns 1/√c, √(2/c) cos(2πkj/c), √(2/c) sin(2πkj/c) for k = 1, 2, … in this order, and
/// (-1)^j/√c at last for even c (j = 0..c-1 counts the weights), D = Mᵀ. Loss: stiffness/2 |w - target|² or 1/(2N)|Xw -
/// y|², + weight_decay/2 |θ|². Everything but the observables is `deep_hadamard` with D = 2 in the coordinates z: H' =
/// MᵀHM, b' = Mᵀb, X' = XM (change_coordinates); gradient ∂p_i = q_i (H'z - b')_i + λ p_i. log v = 1/2 Σ log(p_i² +
/// q_i²). The data may be each particle's own (instance): X M is then made when it is drawn. Laws of z_i where M is
/// orthogonal and the loss quadratic: |w - target|² = |z - Mᵀ target|² is a sum over i.
template <class R, int Fixed = 0>
struct MappedHadamard {
  using Real = R;
  DeepHadamard<R> product;
  int samples;
  const R* map;  // M, row-major
  RegressionInstance<R> own;

  ORBITWALK_HD explicit MappedHadamard(const ModelView<R>& view)
      : MappedHadamard(read_parameters<MappedHadamardParameters>(view)) {}
  ORBITWALK_HD explicit MappedHadamard(const MappedHadamardParameters<Viewed<R>>& given)
      : product(given.product), samples(product.samples), map(given.map),
        own(given.own, product.coordinates, product.samples) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return product.parameters(); }
  ORBITWALK_HD int generators() const { return product.generators(); }
  ORBITWALK_HD int observables() const { return 3 * product.coordinates + 1 + own.observables(); }
  ORBITWALK_HD int scratch() const { return product.scratch(); }
  ORBITWALK_HD int instance() const { return own.lanes(); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    own.draw(draw, theta + parameters(), scratch, map);
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    if (!own.drawn()) return product.loss(theta, scratch);
    product.weights(theta, scratch);
    return fma(dot(theta, theta, parameters()), broadcast<Lane>(R(0.5) * product.weight_decay),
               own.loss(theta + parameters(), scratch));
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    if (own.drawn()) return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    product.gradient(theta, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    product.generator(a, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return product.project_vertical(theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = product.coordinates;
    Lane *z = out, *w = out + c, *balance = out + 2 * c;
    out[3 * c] = loss(theta, scratch);
    for (int i = 0; i < c; ++i) {
      z[i] = theta[i] * theta[c + i];
      balance[i] = (theta[i] - theta[c + i]) * (theta[i] + theta[c + i]);
    }
    for (int i = 0; i < c; ++i) {
      w[i] = z[0] * map[i * c];
      for (int j = 1; j < c; ++j) w[i] = fma(broadcast<Lane>(map[i * c + j]), z[j], w[i]);
    }
    own.observe(theta + parameters(), w, out + 3 * c + 1);
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    if (!own.drawn()) return product.minibatch_gradient(theta, out, batch, draw, scratch);
    Lane *z = scratch, *slope = scratch + product.coordinates;
    product.weights(theta, z);
    own.slope(theta + parameters(), z, slope, draw);
    product.chain(theta, slope, out);
  }

  ORBITWALK_HD int constraints(Gauge gauge) const { return product.constraints(gauge); }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    product.gauge(gauge, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    product.gauge_gradient(gauge, a, theta, out);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(MappedHadamard<R>(view));
  }
};

}  // namespace orbitwalk
