// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/math.hpp"

// An attention head at one sequence, forwards and backwards: f(X) = A C, A = softmax_rows((XQ)(XK)ᵀ/√h) ∈ R^{τ×τ}, C =
// X V, or X itself for a head without a value matrix. With E = ∂L/∂f and P = E Cᵀ:
//   ∂S_st = A_st (P_st - Σ_u A_su P_su)/√h,  ∂Q = Xᵀ ∂S (XK),  ∂K = Xᵀ ∂Sᵀ (XQ),  ∂V = Xᵀ (Aᵀ E).
namespace orbitwalk {

/// Sizes of a head and of the sequences that it reads.
struct AttentionSizes {
  int embedding, head, tokens;  // e, h, τ
  int values;                   // columns of V; 0: no V
  int widest;                   // the larger of h and the teacher's h*

  ORBITWALK_HD int outputs() const { return values > 0 ? values : embedding; }
  /// Lanes of scratch space.
  ORBITWALK_HD int lanes() const {
    return tokens * (embedding + outputs() + 2 * (widest + head) + 2 * values + 2 * tokens);
  }
};

/// Row-major Q, K ∈ R^{e×h}, V ∈ R^{e×values}, and 1/√h. A teacher may have another h.
template <class Lane>
struct AttentionWeights {
  const Lane *q, *k, *v;
  int head;
  RealOf<Lane> scale;

  /// Three matrices, stored one after the other.
  ORBITWALK_HD AttentionWeights(const Lane* theta, int embedding, int h, RealOf<Lane> share)
      : q(theta), k(theta + embedding * h), v(theta + 2 * embedding * h), head(h), scale(share) {}
};

/// Scratch space for a sequence: X and E, then what the forward pass leaves for the backward pass.
template <class Lane>
struct AttentionMemory {
  Lane *input, *error, *queries, *keys, *contents, *query_slopes, *key_slopes, *value_slopes, *rows, *slopes;

  ORBITWALK_HD AttentionMemory(const AttentionSizes& sizes, Lane* scratch) {
    const int t = sizes.tokens;
    input = scratch;
    error = input + t * sizes.embedding;
    queries = error + t * sizes.outputs();
    keys = queries + t * sizes.widest;
    query_slopes = keys + t * sizes.widest;
    key_slopes = query_slopes + t * sizes.head;
    rows = key_slopes + t * sizes.head;
    slopes = rows + t * t;
    value_slopes = slopes + t * t;
    contents = sizes.values > 0 ? value_slopes + t * sizes.values : input;
  }
};

/// X Q, X K, C and A of the sequence in at.input.
template <class Lane>
ORBITWALK_HD void attend(const AttentionSizes& sizes, const AttentionMemory<Lane>& at,
                         const AttentionWeights<Lane>& weights) {
  using R = RealOf<Lane>;
  const int e = sizes.embedding, t = sizes.tokens, h = weights.head, v = sizes.values;
  multiply<Lane>(t, h, e, as_matrix(at.input, e), as_matrix(weights.q, h), FromZero<Lane>(),
                 [=](int i, int a, Lane sum) { at.queries[i * h + a] = sum; });
  multiply<Lane>(t, h, e, as_matrix(at.input, e), as_matrix(weights.k, h), FromZero<Lane>(),
                 [=](int i, int a, Lane sum) { at.keys[i * h + a] = sum; });
  if (v > 0) {
    multiply<Lane>(t, v, e, as_matrix(at.input, e), as_matrix(weights.v, v), FromZero<Lane>(),
                   [=](int i, int a, Lane sum) { at.contents[i * v + a] = sum; });
  }
  multiply<Lane>(t, t, h, as_matrix(at.queries, h), as_transpose(at.keys, h), FromProduct(),
                 [=, scale = weights.scale](int i, int j, Lane sum) { at.rows[i * t + j] = sum * scale; });
  for (int s = 0; s < t; ++s) {
    Lane *row = at.rows + s * t, top = row[0], sum = broadcast<Lane>(R(0));
    for (int u = 1; u < t; ++u) top = max(top, row[u]);
    for (int u = 0; u < t; ++u) {
      row[u] = exp(row[u] - top);
      sum = sum + row[u];
    }
    const Lane share = broadcast<Lane>(R(1)) / sum;
    for (int u = 0; u < t; ++u) row[u] = row[u] * share;
  }
}

/// at.error = -A C, and at.error += A C, after attend.
template <class Lane>
ORBITWALK_HD void set_minus_output(const AttentionSizes& sizes, const AttentionMemory<Lane>& at) {
  const int t = sizes.tokens, o = sizes.outputs();
  multiply<Lane>(t, o, t, as_matrix(at.rows, t), as_matrix(at.contents, o), FromProduct(),
                 [=](int i, int j, Lane sum) { at.error[i * o + j] = -sum; });
}
template <class Lane>
ORBITWALK_HD void add_output(const AttentionSizes& sizes, const AttentionMemory<Lane>& at) {
  const int t = sizes.tokens, o = sizes.outputs();
  multiply<Lane>(
      t, o, t, as_matrix(at.rows, t), as_matrix(at.contents, o), [=](int i, int j) { return at.error[i * o + j]; },
      [=](int i, int j, Lane sum) { at.error[i * o + j] = sum; });
}

/// Adds the slopes by Q, K and V to `out`, where they are stored one after the other, from E in at.error; after attend
/// with the same weights.
template <class Lane>
ORBITWALK_HD void add_slopes(const AttentionSizes& sizes, const AttentionMemory<Lane>& at, RealOf<Lane> scale,
                             Lane* out) {
  using R = RealOf<Lane>;
  const int e = sizes.embedding, h = sizes.head, t = sizes.tokens, o = sizes.outputs(), v = sizes.values;
  Lane *dq = out, *dk = out + e * h, *dv = dk + e * h;
  multiply<Lane>(t, t, o, as_matrix(at.error, o), as_transpose(at.contents, o), FromProduct(),
                 [=](int i, int j, Lane sum) { at.slopes[i * t + j] = sum; });
  for (int s = 0; s < t; ++s) {
    const Lane* row = at.rows + s * t;
    Lane *slopes = at.slopes + s * t, mean = broadcast<Lane>(R(0));
    for (int u = 0; u < t; ++u) mean = fma(row[u], slopes[u], mean);
    for (int u = 0; u < t; ++u) slopes[u] = row[u] * (slopes[u] - mean) * scale;
  }
  multiply<Lane>(t, h, t, as_matrix(at.slopes, t), as_matrix(at.keys, h), FromZero<Lane>(),
                 [=](int i, int a, Lane sum) { at.query_slopes[i * h + a] = sum; });
  multiply<Lane>(t, h, t, as_transpose(at.slopes, t), as_matrix(at.queries, h), FromZero<Lane>(),
                 [=](int i, int a, Lane sum) { at.key_slopes[i * h + a] = sum; });
  multiply<Lane>(
      e, h, t, as_transpose(at.input, e), as_matrix(at.query_slopes, h), [=](int i, int a) { return dq[i * h + a]; },
      [=](int i, int a, Lane sum) { dq[i * h + a] = sum; });
  multiply<Lane>(
      e, h, t, as_transpose(at.input, e), as_matrix(at.key_slopes, h), [=](int i, int a) { return dk[i * h + a]; },
      [=](int i, int a, Lane sum) { dk[i * h + a] = sum; });
  if (v == 0) return;
  multiply<Lane>(t, v, t, as_transpose(at.rows, t), as_matrix(at.error, v), FromZero<Lane>(),
                 [=](int i, int a, Lane sum) { at.value_slopes[i * v + a] = sum; });
  multiply<Lane>(
      e, v, t, as_transpose(at.input, e), as_matrix(at.value_slopes, v), [=](int i, int a) { return dv[i * v + a]; },
      [=](int i, int a, Lane sum) { dv[i * v + a] = sum; });
}

}  // namespace orbitwalk
