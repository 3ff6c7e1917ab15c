// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/projection.hpp"

namespace orbitwalk {

template <class Kept>
struct ConjugationParameters {
  int size = 0;
  typename Kept::Real stiffness = 0, center = 0;

  ORBITWALK_FIELDS(size, stiffness, center)
};

/// Symmetric A ∈ R^{n×n}, L(A) = Σ U(λ_i), U(λ) = stiffness/2 (λ - center)², under A -> Q A Qᵀ, Q ∈ O(n).
///
/// Coordinates θ ∈ R^{n(n+1)/2} are isometric for the Frobenius norm: the upper triangle row by row, A_ii as it is and
/// A_ij = θ/√2. Then ∇L = stiffness (A - center I) in coordinates, and white noise in θ is white in A.
/// Generators, one for each a < b: K A - A K, K = e_a e_bᵀ - e_b e_aᵀ. In the eigenbasis |ξ_ab| = √2 |λ_a - λ_b|, so
/// log v = Σ_{a<b} log √2 |λ_a - λ_b|; Lebesgue measure in λ is the same product. Projected noise therefore gives the
/// β-ensemble of index β²/α² (theory.md section 3).
template <class R, int Fixed = 0>
struct Conjugation : ConjugationParameters<Viewed<R>> {
  using Real = R;
  using Parameters = ConjugationParameters<Viewed<R>>;
  using Parameters::size, Parameters::stiffness, Parameters::center;

  ORBITWALK_HD explicit Conjugation(const ModelView<R>& view)
      : Parameters(read_parameters<ConjugationParameters>(view)) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return size * (size + 1) / 2; }
  ORBITWALK_HD int generators() const { return size * (size - 1) / 2; }
  ORBITWALK_HD int observables() const { return 4; }
  ORBITWALK_HD int scratch() const { return size * size + size + gram_scratch(generators(), parameters()); }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane*) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) {
        const Lane e = i == j ? theta[at] - center : theta[at];
        sum = fma(e, e, sum);
      }
    }
    return sum * (R(0.5) * stiffness);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) out[at] = (i == j ? theta[at] - center : theta[at]) * stiffness;
    }
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    int a = 0, b = 1 + index;
    for (; b >= size; ++a) b += a + 2 - size;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    // (KA)_aj = A_bj, (KA)_bj = -A_aj; with its transpose this is K A - A K.
    const R diagonal = R(0.7071067811865475244);  // A_ij = θ/√2 off the diagonal
    for (int j = 0; j < size; ++j) {
      if (j == a || j == b) continue;
      out[place(a, j)] = theta[place(b, j)];
      out[place(b, j)] = -theta[place(a, j)];
    }
    const Lane across = theta[place(a, b)] * (R(2) * diagonal);  // 2 A_ab
    out[place(a, a)] = across;
    out[place(b, b)] = -across;
    out[place(a, b)] = (theta[place(b, b)] - theta[place(a, a)]) * (R(2) * diagonal);  // √2 (A_bb - A_aa)
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return project_by_gram(*this, theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[3] = loss(theta, scratch);
    Lane *a = scratch, *lambda = scratch + size * size;
    Lane trace = broadcast<Lane>(R(0));
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) {
        if (i == j) trace = trace + theta[at];
        const Lane entry = i == j ? theta[at] : theta[at] * R(0.7071067811865475244);
        a[i * size + j] = a[j * size + i] = entry;
      }
    }
    symmetric_eigenvalues(a, size, lambda);
    out[0] = lambda[0];
    out[1] = lambda[size - 1];
    out[2] = trace;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(Conjugation<R>(view));
  }

 private:
  /// Coordinate of A_ij.
  ORBITWALK_HD int place(int i, int j) const {
    const int low = i < j ? i : j, high = i < j ? j : i;
    return low * size - low * (low - 1) / 2 + high - low;
  }
};

}  // namespace orbitwalk
