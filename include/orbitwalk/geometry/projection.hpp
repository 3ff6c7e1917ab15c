// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/core/lane_algebra.hpp"

namespace orbitwalk {

/// Pivots of the Gram matrix below their rounding error count as zero. That error is about this share of the diagonal (some
/// tens of ε), and what earlier small pivots add to it: see `doubt` below.
template <class R>
inline constexpr R degenerate_pivot = sizeof(R) == 4 ? R(4e-6) : R(1e-14);

/// Lanes of working space that project_by_gram needs for k generators of d components.
ORBITWALK_HD int gram_scratch(int k, int d) { return k * d + k * k + 3 * k; }

/// Projection on the vertical space, P_V ξ = Σ_ab ξ_a (Γ⁻¹)_ab <ξ_b, ξ>, Γ_ab = <ξ_a, ξ_b> (theory: section 1).
/// Γ = M D Mᵀ is factored in the particle's own registers; a generator that depends on the ones before it (pivot below
/// its rounding error) is left out, which projects on the span that remains, and the lane is reported.
/// theta, xi, out: d lanes; out may not alias xi.
template <class Model, class Lane>
ORBITWALK_HD MaskOf<Lane> project_by_gram(const Model& model, const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) {
  using R = RealOf<Lane>;
  const int d = model.parameters(), k = model.generators();
  const Lane zero = broadcast<Lane>(R(0)), one = broadcast<Lane>(R(1));
  Lane* frame = scratch;              // k × d
  Lane* factor = scratch + k * d;     // k × k: below the diagonal M D, above it M
  Lane* inverse_pivot = factor + k * k;
  Lane* solution = inverse_pivot + k;
  Lane* doubt = solution + k;         // rounding error of a pivot: grows where earlier pivots are small
  MaskOf<Lane> degenerate = one < zero;
  for (int a = 0; a < k; ++a) {
    model.generator(a, theta, frame + a * d);
    const Lane diagonal = dot(frame + a * d, frame + a * d, d);
    Lane unsure = diagonal * degenerate_pivot<R>;
    Lane pivot = diagonal, right = dot(frame + a * d, xi, d);
    for (int b = 0; b < a; ++b) {
      Lane g = dot(frame + a * d, frame + b * d, d);
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
  for (int i = 0; i < d; ++i) out[i] = zero;
  for (int a = k - 1; a >= 0; --a) {
    Lane x = solution[a] * inverse_pivot[a];
    for (int b = a + 1; b < k; ++b) x = fma(-factor[a * k + b], solution[b], x);
    x = select(inverse_pivot[a] <= zero, zero, x);
    solution[a] = x;
    for (int i = 0; i < d; ++i) out[i] = fma(x, frame[a * d + i], out[i]);
  }
  return degenerate;
}

}  // namespace orbitwalk
