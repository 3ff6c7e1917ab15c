// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/regression.hpp"

namespace orbitwalk {

template <class Kept>
struct DeepHadamardParameters {
  RegressionParameters<Kept> regression;
  int depth = 0;

  ORBITWALK_FIELDS(regression, depth)
};

/// w = u_1∘…∘u_D in R^c, θ = (u_1, …, u_D) ∈ R^{Dc}, under u_a -> s u_a, u_{a+1} -> u_{a+1}/s for each coordinate and
/// each pair of neighbours (D = 2 is `hadamard`).
///
/// Loss: that of a linear regression in w (kernels/models/regression.hpp) + weight_decay/2 |θ|². Gradient of a
/// coordinate: ∂u_a = n_a ∂L/∂w + λ u_a with n_a = ∏_{b≠a} u_b, so n = ∂w/∂u spans the horizontal line and P_V ξ = ξ -
/// n <n,ξ>/|n|². Generators ξ_a = (…, u_a, -u_{a+1}, …), a = 1..D-1 (index i (D-1) + a - 1 for coordinate i). With
/// squares s_a = u_a² their Gram matrix is tridiagonal, s_a + s_{a+1} and -s_{a+1} beside it, and its determinant Σ_a
/// ∏_{b≠a} s_b = |n|² (the recursion d_k = (s_k + s_{k+1}) d_{k-1} - s_k² d_{k-2}). So log v = 1/2 Σ_i log Σ_a ∏_{b≠a}
/// u_{bi}², everywhere; where balanced Σ_i (D-1)/D log|w_i| up to a constant. Gauges: moment_map (u_a² - u_{a+1}²)/2,
/// whose gradients are the generators; norm_difference |u_a| - |u_{a+1}|. Projected noise: Q = u_a² - u_b² has no noise
/// and d/dt Q = -2α² Q w²/(u_a² u_b² |n|²) for β = 0, λ = 0, which is -2α² Q/ρ² for D = 2. Laws on the slices:
/// models/product_laws.hpp. Where two or more factors of a coordinate are zero, the orbit is smaller: flagged, and P_V
/// keeps the other factors.
template <class R, int Fixed = 0>
struct DeepHadamard {
  using Real = R;
  Regression<R> regression;
  int coordinates, depth, samples;
  R weight_decay;

  ORBITWALK_HD explicit DeepHadamard(const ModelView<R>& view)
      : DeepHadamard(read_parameters<DeepHadamardParameters>(view)) {}
  ORBITWALK_HD explicit DeepHadamard(const DeepHadamardParameters<Viewed<R>>& given)
      : regression(given.regression), coordinates(regression.coordinates), depth(given.depth),
        samples(regression.samples), weight_decay(regression.weight_decay) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return depth * coordinates; }
  ORBITWALK_HD int generators() const { return (depth - 1) * coordinates; }
  ORBITWALK_HD int observables() const { return 2 * coordinates + 1; }
  ORBITWALK_HD int scratch() const { return 2 * coordinates; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    weights(theta, scratch);
    return fma(dot(theta, theta, parameters()), broadcast<Lane>(R(0.5) * weight_decay), regression.loss(scratch));
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + coordinates;
    weights(theta, w);
    regression.gradient(w, slope);
    chain(theta, slope, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    const int at = first(index), next = at + coordinates;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[at] = theta[at];
    out[next] = -theta[next];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int i = 0; i < coordinates; ++i) {
      cofactors(theta, i, out);
      Lane square = zero, along = zero;
      for (int at = i; at < parameters(); at += coordinates) {
        square = fma(out[at], out[at], square);
        along = fma(out[at], xi[at], along);
      }
      along = ratio_or_zero(along, square);
      const auto flat = square <= zero;
      for (int at = i; at < parameters(); at += coordinates) {
        const Lane rest = fma(-along, out[at], xi[at]);
        out[at] = select(flat & (abs(theta[at]) <= zero), zero, rest);
      }
      degenerate = degenerate | flat;
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = coordinates;
    out[2 * c] = loss(theta, scratch);
    for (int i = 0; i < c; ++i) {
      Lane low = theta[i] * theta[i], high = low;
      for (int at = i + c; at < parameters(); at += c) {
        const Lane square = theta[at] * theta[at];
        low = min(low, square);
        high = max(high, square);
      }
      out[i] = scratch[i];
      out[c + i] = high - low;
    }
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + coordinates;
    weights(theta, w);
    regression.minibatch_gradient(w, slope, batch, draw);
    chain(theta, slope, out);
  }

  /// w.
  template <class Lane>
  ORBITWALK_HD void weights(const Lane* theta, Lane* w) const {
    for (int i = 0; i < coordinates; ++i) {
      w[i] = theta[i];
      for (int at = i + coordinates; at < parameters(); at += coordinates) w[i] = w[i] * theta[at];
    }
  }

  /// out = ∂L/∂θ from slope = ∂L/∂w, with what weight decay adds.
  template <class Lane>
  ORBITWALK_HD void chain(const Lane* theta, const Lane* slope, Lane* out) const {
    if (const int c = coordinates; depth == 2) {  // the same bits with less to do
      for (int i = 0; i < c; ++i) pull_back_product(theta[i], theta[c + i], slope[i], weight_decay, out[i], out[c + i]);
      return;
    }
    for (int i = 0; i < coordinates; ++i) {
      cofactors(theta, i, out);
      for (int at = i; at < parameters(); at += coordinates) out[at] = fma(out[at], slope[i], theta[at] * weight_decay);
    }
  }

  ORBITWALK_HD int constraints(Gauge) const { return generators(); }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int a = 0; a < generators(); ++a) {
      const Lane u = theta[first(a)], next = theta[first(a) + coordinates];
      out[a] = gauge == Gauge::moment_map ? (u - next) * (u + next) * R(0.5) : abs(u) - abs(next);
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    if (gauge == Gauge::moment_map) return generator(a, theta, out);
    const int at = first(a), next = at + coordinates;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[at] = copysign(broadcast<Lane>(R(1)), theta[at]);
    out[next] = -copysign(broadcast<Lane>(R(1)), theta[next]);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(DeepHadamard<R>(view));
  }

 private:
  /// Place of the factor u_a that generator `index` stretches; the one that it shrinks lies `coordinates` further.
  ORBITWALK_HD int first(int index) const { return index % (depth - 1) * coordinates + index / (depth - 1); }

  // n_a = ∏_{b≠a} u_b of coordinate i, in the places of u_a.
  template <class Lane>
  ORBITWALK_HD void cofactors(const Lane* theta, int i, Lane* out) const {
    Lane before = broadcast<Lane>(R(1)), after = before;
    for (int at = i; at < parameters(); at += coordinates) {
      out[at] = before;
      before = before * theta[at];
    }
    for (int at = parameters() - coordinates + i; at >= 0; at -= coordinates) {
      out[at] = out[at] * after;
      after = after * theta[at];
    }
  }
};

}  // namespace orbitwalk
