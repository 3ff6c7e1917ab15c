// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/projection.hpp"

namespace orbitwalk {

template <class Kept>
struct GramProductParameters {
  int rows = 0, rank = 0;
  typename Kept::Real stiffness = 0, center = 0;

  ORBITWALK_FIELDS(rows, rank, stiffness, center)
};

/// M = X Xᵀ, X ∈ R^{n×r} (r <= n), θ = X row-major, under X -> X Q, Q ∈ O(r). L = Σ U(λ_i), λ the eigenvalues of S =
/// XᵀX, U(λ) = stiffness/2 (λ - center)².
///
/// Gradient: ∇L = 2 X U'(S) = 2 stiffness X (S - center I).
/// Generators, one for each a < b: X (E_ab - E_ba): column b is X_a, column a is -X_b. In the eigenbasis of S they are
/// orthogonal with |ξ_ab|² = λ_a + λ_b, so log v = 1/2 Σ_{a<b} log(λ_a + λ_b).
/// Lebesgue measure in λ (Wishart): ∏ λ_i^{(n-r-1)/2} ∏_{i<j} |λ_i - λ_j| (theory.md section 3).
template <class R, int Fixed = 0>
struct GramProduct : GramProductParameters<Viewed<R>> {
  using Real = R;
  using Parameters = GramProductParameters<Viewed<R>>;
  using Parameters::rows, Parameters::rank, Parameters::stiffness, Parameters::center;

  ORBITWALK_HD explicit GramProduct(const ModelView<R>& view)
      : Parameters(read_parameters<GramProductParameters>(view)) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return rows * rank; }
  ORBITWALK_HD int generators() const { return rank * (rank - 1) / 2; }
  ORBITWALK_HD int observables() const { return 4; }
  ORBITWALK_HD int scratch() const { return rank * rank + rank + gram_scratch(generators(), parameters()); }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    gram(theta, scratch);  // Σ U(λ_i) = stiffness/2 |S - center I|²
    Lane sum = broadcast<Lane>(R(0));
    for (int a = 0; a < rank; ++a) {
      for (int b = 0; b < rank; ++b) {
        const Lane e = a == b ? scratch[a * rank + b] - center : scratch[a * rank + b];
        sum = fma(e, e, sum);
      }
    }
    return sum * (R(0.5) * stiffness);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    gram(theta, scratch);
    multiply<Lane>(
        rows, rank, rank, as_matrix(theta, rank), as_matrix(scratch, rank),
        [=, this](int i, int a) { return theta[i * rank + a] * (-center); },
        [=, this](int i, int a, Lane sum) { out[i * rank + a] = sum * (R(2) * stiffness); });
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    int a = 0, b = 1 + index;
    for (; b >= rank; ++a) b += a + 2 - rank;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    for (int i = 0; i < rows; ++i) {
      out[i * rank + b] = theta[i * rank + a];
      out[i * rank + a] = -theta[i * rank + b];
    }
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return project_by_gram(*this, theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[3] = loss(theta, scratch);
    gram(theta, scratch);
    Lane* lambda = scratch + rank * rank;
    Lane trace = scratch[0];
    for (int a = 1; a < rank; ++a) trace = trace + scratch[a * rank + a];
    symmetric_eigenvalues(scratch, rank, lambda);
    out[0] = lambda[0];
    out[1] = lambda[rank - 1];
    out[2] = trace;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(GramProduct<R>(view));
  }

 private:
  template <class Lane>
  ORBITWALK_OUTLINE void gram(const Lane* theta, Lane* s) const {
    multiply_by_own_transpose(rank, rows, as_transpose(theta, rank),
                              [=, this](int a, int b, Lane sum) { s[a * rank + b] = s[b * rank + a] = sum; });
  }
};

}  // namespace orbitwalk
