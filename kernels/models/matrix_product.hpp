// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/projection.hpp"

namespace orbitwalk {

template <class Kept>
struct MatrixProductParameters {
  int rows = 0, columns = 0, rank = 0;
  int samples = 0;  ///< N; 0: a target
  typename Kept::Real stiffness = 0, weight_decay = 0;
  double constant = 0;
  typename Kept::Array target = {}, hessian = {}, cross = {};  ///< M (m×n), H (n×n), B (m×n), row-major
  typename Kept::Array x = {}, y = {};                         ///< N×n and N×m, column-major

  ORBITWALK_FIELDS(rows, columns, rank, samples, stiffness, weight_decay, constant, target, hessian, cross, x, y)
};

/// W = U Vᵀ, U ∈ R^{m×r}, V ∈ R^{n×r}, θ = (U, V) row-major, under U -> U A, V -> V A⁻ᵀ, A ∈ GL(r).
///
/// Loss: 1/2 tr(W H Wᵀ) - tr(B Wᵀ) + const + weight_decay/2 |θ|². A target M with stiffness s has H = s I, B = s M
/// (kept apart: samples = 0); data (a two-layer linear network y ≈ W x) has H = XᵀX/N, B = YᵀX/N, i.e. 1/(2N) Σ|W x -
/// y|². Gradient: with G = W H - B: ∂U = G V, ∂V = Gᵀ U. Generators, one for each E_ab ∈ gl(r): (U E_ab, -V E_ba):
/// column b of U's part is U_a, column a of V's part is -V_b. Γ is the operator A -> UᵀU A + A VᵀV on r×r matrices, so
/// that log v = 1/2 Σ_ij log(λ_i + μ_j) at every θ, λ and μ the eigenvalues of UᵀU and VᵀV (for r > m, n pairs of two
/// zeros left out). On the balanced set UᵀU = VᵀV these are the singular values σ of W, and log v = 1/2 Σ log 2σ_i +
/// Σ_{i<j} log(σ_i + σ_j) (theory.md section 1). Gauge moment_map, r(r+1)/2 constraints, (a, b) with a <= b row by row:
/// χ_aa = (|U_a|² - |V_a|²)/2 (columns), ∇χ_aa = ξ_aa; χ_ab = (U_a·U_b - V_a·V_b)/√2, ∇χ_ab = (ξ_ab + ξ_ba)/√2: the
/// generators of an orthonormal basis of symmetric matrices. For r > min(m, n) the balanced set is no slice (its W has
/// rank below r, and the gradients are dependent): no gauge.
template <class R, int Fixed = 0>
struct MatrixProduct : MatrixProductParameters<Viewed<R>> {
  using Real = R;
  using Parameters = MatrixProductParameters<Viewed<R>>;
  using Parameters::rows, Parameters::columns, Parameters::rank, Parameters::samples, Parameters::stiffness,
      Parameters::weight_decay, Parameters::constant, Parameters::target, Parameters::hessian, Parameters::cross,
      Parameters::x, Parameters::y;

  ORBITWALK_HD explicit MatrixProduct(const ModelView<R>& view)
      : Parameters(read_parameters<MatrixProductParameters>(view)) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return (rows + columns) * rank; }
  ORBITWALK_HD int generators() const { return rank * rank; }
  ORBITWALK_HD int observables() const { return values() + 2; }
  ORBITWALK_HD int scratch() const {
    const int projection = gram_scratch(generators(), parameters());
    const int work = 2 * rows * columns + rows + columns + 2 * rank;
    return projection > work && generators() <= 64 ? projection : work;
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane *w = scratch, *g = scratch + rows * columns;
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    if (samples == 0) {
      product(theta, w);
      for (int i = 0; i < rows * columns; ++i) {
        const Lane e = w[i] - target[i];
        sum = fma(e * e, broadcast<Lane>(R(0.5) * stiffness), sum);
      }
      return sum;
    }
    slope(theta, w, g);  // W H - B, and 1/2 <W, W H> - <B, W> = 1/2 <W, (W H - B) - B>
    for (int i = 0; i < rows * columns; ++i) sum = fma((g[i] - cross[i]) * R(0.5), w[i], sum);
    return sum + R(constant);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane* g = samples == 0 ? scratch : scratch + rows * columns;
    slope(theta, scratch, g);
    const Lane *u = theta, *v = theta + rows * rank;
    Lane *du = out, *dv = out + rows * rank;
    multiply<Lane>(
        rows, rank, columns, as_matrix(g, columns), as_matrix(v, rank),
        [=, this](int i, int a) { return u[i * rank + a] * weight_decay; },
        [=, this](int i, int a, Lane sum) { du[i * rank + a] = sum; });
    multiply<Lane>(
        columns, rank, rows, as_transpose(g, columns), as_matrix(u, rank),
        [=, this](int j, int a) { return v[j * rank + a] * weight_decay; },
        [=, this](int j, int a, Lane sum) { dv[j * rank + a] = sum; });
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    const int a = index / rank, b = index % rank;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    for (int i = 0; i < rows; ++i) out[i * rank + b] = theta[i * rank + a];
    for (int j = rows; j < rows + columns; ++j) out[j * rank + a] = -theta[j * rank + b];
  }

  ORBITWALK_HD int constraints(Gauge gauge) const {
    return gauge == Gauge::moment_map && rank <= rows && rank <= columns ? rank * (rank + 1) / 2 : 0;
  }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge, const Lane* theta, Lane* out) const {
    for (int a = 0, at = 0; a < rank; ++a) {
      for (int b = a; b < rank; ++b, ++at) {
        Lane sum = theta[a] * theta[b];
        for (int i = 1; i < rows; ++i) sum = fma(theta[i * rank + a], theta[i * rank + b], sum);
        for (int j = rows; j < rows + columns; ++j) sum = fma(-theta[j * rank + a], theta[j * rank + b], sum);
        out[at] = sum * (a == b ? R(0.5) : half_root());
      }
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge, int index, const Lane* theta, Lane* out) const {
    int a = 0, b = index;
    for (; b >= rank; ++a) b += a + 1 - rank;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    const R share = a == b ? R(1) : half_root();
    for (int i = 0; i < rows + columns; ++i) {
      const R sign = i < rows ? share : -share;
      out[i * rank + a] = theta[i * rank + b] * sign;
      out[i * rank + b] = theta[i * rank + a] * sign;
    }
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return project_by_gram(*this, theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int k = values(), smaller = rows < columns ? rows : columns;
    out[k + 1] = loss(theta, scratch);
    Lane *w = scratch, *sigma = scratch + 2 * rows * columns;
    product(theta, w);
    if (rows < columns) {  // the columns of the taller orientation
      Lane* transposed = w + rows * columns;
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) transposed[j * rows + i] = w[i * columns + j];
      }
      singular_values(transposed, columns, rows, sigma);
    } else {
      singular_values(w, rows, columns, sigma);
    }
    for (int i = 0; i < k; ++i) out[i] = sigma[smaller - 1 - i];
    Lane nuclear = out[0];
    for (int i = 1; i < k; ++i) nuclear = nuclear + out[i];
    out[k] = nuclear;
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    const Lane *u = theta, *v = theta + rows * rank;
    Lane *input = scratch, *error = input + columns, *code = error + rows, *back = code + rank;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    for (int b = 0; b < batch; ++b) {
      const auto index = draw.index(b);
      const Lane weight = draw.weight(b);
      for (int j = 0; j < columns; ++j) input[j] = gather<Lane>(x + j * samples, index);
      for (int a = 0; a < rank; ++a) {
        Lane sum = v[a] * input[0];
        for (int j = 1; j < columns; ++j) sum = fma(v[j * rank + a], input[j], sum);
        code[a] = sum;
        back[a] = broadcast<Lane>(R(0));
      }
      for (int i = 0; i < rows; ++i) {
        const Lane residual = dot(u + i * rank, code, rank) - gather<Lane>(y + i * samples, index);
        error[i] = weight * residual - draw.label_noise(b, i);
        for (int a = 0; a < rank; ++a) {
          back[a] = fma(u[i * rank + a], error[i], back[a]);
          out[i * rank + a] = fma(error[i], code[a], out[i * rank + a]);
        }
      }
      for (int j = 0; j < columns; ++j) {
        for (int a = 0; a < rank; ++a) {
          Lane& slot = out[(rows + j) * rank + a];
          slot = fma(input[j], back[a], slot);
        }
      }
    }
    for (int i = 0; i < parameters(); ++i) out[i] = fma(theta[i], broadcast<Lane>(weight_decay), out[i]);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(MatrixProduct<R>(view));
  }

 private:
  static ORBITWALK_HD R half_root() { return R(0.7071067811865475244); }  // 1/√2

  ORBITWALK_HD int values() const {
    const int smaller = rows < columns ? rows : columns;
    return rank < smaller ? rank : smaller;
  }

  template <class Lane, class Store>
  ORBITWALK_HD void product(const Lane* theta, const Store& store) const {
    multiply<Lane>(rows, columns, rank, as_matrix(theta, rank), as_transpose(theta + rows * rank, rank), FromProduct(),
                   store);
  }
  template <class Lane>
  ORBITWALK_OUTLINE void product(const Lane* theta, Lane* w) const {
    product(theta, [=, this](int i, int j, Lane sum) { w[i * columns + j] = sum; });
  }

  // G = dL/dW; with data, W in w.
  template <class Lane>
  ORBITWALK_OUTLINE void slope(const Lane* theta, Lane* w, Lane* g) const {
    if (samples == 0) {
      product(theta,
              [=, this](int i, int j, Lane sum) { g[i * columns + j] = (sum - target[i * columns + j]) * stiffness; });
      return;
    }
    product(theta, w);
    multiply<Lane>(
        rows, columns, columns, as_matrix(w, columns), as_matrix(hessian, columns),
        [=, this](int i, int j) { return broadcast<Lane>(-cross[i * columns + j]); },
        [=, this](int i, int j, Lane sum) { g[i * columns + j] = sum; });
  }
};

}  // namespace orbitwalk
