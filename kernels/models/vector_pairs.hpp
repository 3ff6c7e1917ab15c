// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/math.hpp"
#include "kernels/models/gauge.hpp"

namespace orbitwalk {

/// θ = (w_1..w_h, v_1..v_h), w_j ∈ R^n and v_j ∈ R^m, under w_j -> c_j w_j, v_j -> v_j/c_j: the geometry that networks
/// with a positively homogeneous unit between two layers share with products of two matrices, column by row. Generators
/// ξ_j = (w_j, -v_j) are orthogonal; log v = 1/2 Σ_j log(|w_j|² + |v_j|²). Gauges, one constraint a pair: moment_map
/// χ_j = (|w_j|² - |v_j|²)/2 with ∇χ_j = ξ_j; norm_difference χ_j = |w_j| - |v_j| (gradient (w_j/|w_j|, -v_j/|v_j|), 0
/// for a vector that is 0).
template <class R>
struct VectorPairs {
  int first, pairs, second;  ///< n, h, m

  ORBITWALK_HD int parameters() const { return pairs * (first + second); }
  ORBITWALK_HD int place(int j) const { return pairs * first + j * second; }  ///< of v_j

  template <class Lane>
  ORBITWALK_HD Lane first_norm(const Lane* theta, int j) const {
    return sqrt(dot(theta + j * first, theta + j * first, first));
  }
  template <class Lane>
  ORBITWALK_HD Lane second_norm(const Lane* theta, int j) const {
    return sqrt(dot(theta + place(j), theta + place(j), second));
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    for (int i = 0; i < first; ++i) out[a * first + i] = theta[a * first + i];
    for (int i = 0; i < second; ++i) out[place(a) + i] = -theta[place(a) + i];
  }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int j = 0; j < pairs; ++j) {
      const Lane in = first_norm(theta, j), to = second_norm(theta, j);
      out[j] = gauge == Gauge::moment_map ? (in - to) * (in + to) * R(0.5) : in - to;
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    generator(a, theta, out);
    if (gauge == Gauge::moment_map) return;
    const Lane one = broadcast<Lane>(R(1));
    const Lane in = ratio_or_zero(one, first_norm(theta, a)), to = ratio_or_zero(one, second_norm(theta, a));
    for (int i = 0; i < first; ++i) out[a * first + i] = out[a * first + i] * in;
    for (int i = 0; i < second; ++i) out[place(a) + i] = out[place(a) + i] * to;
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out) const {
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int j = 0; j < pairs; ++j) {
      const Lane *w = theta + j * first, *v = theta + place(j);
      const Lane square = dot(w, w, first) + dot(v, v, second);
      const Lane along = ratio_or_zero(dot(w, xi + j * first, first) - dot(v, xi + place(j), second), square);
      for (int i = 0; i < first; ++i) out[j * first + i] = along * w[i];
      for (int i = 0; i < second; ++i) out[place(j) + i] = -(along * v[i]);
      degenerate = degenerate | (square <= zero);
    }
    return degenerate;
  }

  /// log v.
  template <class Lane>
  ORBITWALK_HD Lane log_orbit_volume(const Lane* theta) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int j = 0; j < pairs; ++j) {
      const Lane *w = theta + j * first, *v = theta + place(j);
      sum = fma(log(dot(w, w, first) + dot(v, v, second)), broadcast<Lane>(R(0.5)), sum);
    }
    return sum;
  }

  /// The least value of log v on the orbit, where |w_j| = |v_j|: 1/2 Σ_j log 2|w_j||v_j|.
  template <class Lane>
  ORBITWALK_HD Lane least_log_orbit_volume(const Lane* theta) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int j = 0; j < pairs; ++j) {
      sum = fma(log(first_norm(theta, j) * second_norm(theta, j) * R(2)), broadcast<Lane>(R(0.5)), sum);
    }
    return sum;
  }
};

}  // namespace orbitwalk
