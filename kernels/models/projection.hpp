// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"

namespace orbitwalk {

/// Pivots of the Gram matrix below their rounding error count as zero. That error is about this share of the diagonal
/// (some tens of ε), and what earlier small pivots add to it: see `doubt` below.
template <class R>
inline constexpr R degenerate_pivot = sizeof(R) == 4 ? R(4e-6) : R(1e-14);

/// Lanes of working space that project_by_gram needs for k generators of d components.
ORBITWALK_HD int gram_scratch(int k, int d) { return k * d + k * k + 3 * k; }

/// Projection on the vertical space, P_V ξ = Σ_ab ξ_a (Γ⁻¹)_ab <ξ_b, ξ>, Γ_ab = <ξ_a, ξ_b> (theory: section 1).
/// Γ = M D Mᵀ is factored in the particle's own registers; a generator that depends on the ones before it (pivot below
/// its rounding error) is left out, which projects on the span that remains, and the lane is reported.
/// theta, xi, out: d lanes; out may not alias xi.
template <class Model, class Lane>
ORBITWALK_HD MaskOf<Lane> project_by_gram(const Model& model, const Lane* theta, const Lane* xi, Lane* out,
                                          Lane* scratch) {
  using R = RealOf<Lane>;
  const int d = model.parameters(), k = model.generators();
  const Lane zero = broadcast<Lane>(R(0)), one = broadcast<Lane>(R(1));
  Lane* frame = scratch;           // k × d
  Lane* factor = scratch + k * d;  // k × k: first Γ, then below the diagonal M D and above it M
  Lane* inverse_pivot = factor + k * k;
  Lane* solution = inverse_pivot + k;
  Lane* doubt = solution + k;  // rounding error of a pivot: grows where earlier pivots are small
  MaskOf<Lane> degenerate = one < zero;
  for (int a = 0; a < k; ++a) model.generator(a, theta, frame + a * d);
  const auto generators = as_matrix<Lane>(frame, d);
  multiply_by_own_transpose(k, d, generators, [=](int a, int b, Lane g) { factor[b * k + a] = g; });
  multiply_vector<Lane>(k, d, generators, as_matrix(xi, 1), FromProduct(),
                        [=](int a, int, Lane along) { solution[a] = along; });
  for (int a = 0; a < k; ++a) {
    Lane pivot = factor[a * k + a], unsure = pivot * degenerate_pivot<R>, right = solution[a];
    for (int b = 0; b < a; ++b) {
      Lane g = factor[a * k + b];
      for (int c = 0; c < b; ++c) g = fma(-factor[a * k + c], factor[c * k + b], g);
      const Lane m = g * inverse_pivot[b];
      factor[a * k + b] = g;
      factor[b * k + a] = m;
      pivot = fma(-g, m, pivot);
      unsure = fma(m * m, doubt[b], unsure);
      right = fma(-m, solution[b], right);
    }
    doubt[a] = unsure;
    const auto bad = pivot <= unsure;
    degenerate = degenerate | bad;
    inverse_pivot[a] = select(bad, zero, one / select(bad, one, pivot));
    solution[a] = right;
  }
  for (int a = k - 1; a >= 0; --a) {
    Lane x = solution[a] * inverse_pivot[a];
    for (int b = a + 1; b < k; ++b) x = fma(-factor[a * k + b], solution[b], x);
    solution[a] = select(inverse_pivot[a] <= zero, zero, x);
  }
  const int last = k - 1;  // the sum goes over a = k - 1, ..., 0
  multiply_vector<Lane>(d, k, MatrixView<Lane>{frame + last * d, 1, -d}, MatrixView<Lane>{solution + last, -1, 0},
                        FromZero<Lane>(), [=](int i, int, Lane sum) { out[i] = sum; });
  return degenerate;
}

}  // namespace orbitwalk
