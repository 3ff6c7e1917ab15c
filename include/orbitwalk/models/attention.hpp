// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/core/lane_matrix.hpp"
#include "orbitwalk/core/math.hpp"
#include "orbitwalk/geometry/gauge.hpp"
#include "orbitwalk/geometry/projection.hpp"
#include "orbitwalk/models/attention_data.hpp"
#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/models/model.hpp"
#include "orbitwalk/models/sample_draw.hpp"

namespace orbitwalk {

/// One attention head without values: f(X) = softmax_rows(S) X, S = (XQ)(XK)ᵀ/√h, X ∈ R^{τ×e} a sequence of τ tokens (rows),
/// Q, K ∈ R^{e×h}; θ = (Q, K), both row-major. f sees Q Kᵀ only. Groups: "diagonal", q_j -> c_j q_j, k_j -> k_j/c_j for the
/// columns; "full", Q -> Q A, K -> K A⁻ᵀ, A ∈ GL(h).
///
/// Loss with data: 1/(2N) Σ |f(X) - Y|² (Frobenius). With E = f(X) - Y, A = softmax(S) and P = E Xᵀ:
/// ∂S_st = A_st (P_st - Σ_u A_su P_su), ∂Q = Xᵀ ∂S (XK)/√h, ∂K = Xᵀ ∂Sᵀ (XQ)/√h. Without data: stiffness/2 |Q Kᵀ - target|², the
/// target diagonal, or stiffness/2 Σ_j (s_j - target)² of the strengths s_j = |q_j||k_j|. All + weight_decay/2 |θ|².
/// Generators: diagonal ξ_j = (q_j, -k_j), orthogonal, log v = 1/2 Σ_j log(|q_j|² + |k_j|²). Full, one for each E_ab:
/// (Q E_ab, -K E_ba), and Γ is the quadratic form |QA|² + |KAᵀ|² of A: Γ = QᵀQ⊗I + I⊗KᵀK, whose eigenvalues are the sums
/// μ_i + ν_j of those of QᵀQ and KᵀK. So log v = 1/2 Σ_ij log(μ_i + ν_j) everywhere (h <= e, else the orbits are smaller).
/// Gauges of the diagonal group: moment_map (|q_j|² - |k_j|²)/2; norm_difference |q_j| - |k_j|.
/// Laws of s_j: as for factors in R^e and R^e (models/product_laws.hpp), with the loss of the strengths.
template <class R, int Fixed = 0>
struct Attention {
  using Real = R;
  int embedding, head, tokens, samples;
  bool full, of_strengths;
  R stiffness, strength, weight_decay, scale;
  const R *target, *x, *y;  // e×e; samples × (τ e), column-major

  ORBITWALK_HD explicit Attention(const ModelView<R>& view)
      : embedding(view.sizes[0]), head(view.sizes[1]), tokens(view.sizes[2]), samples(view.sizes[3]), full(view.sizes[4] != 0),
        of_strengths(view.sizes[5] != 0), stiffness(R(view.numbers[0])), strength(R(view.numbers[1])),
        weight_decay(R(view.numbers[2])), scale(R(view.numbers[3])), target(view.arrays[0]), x(view.arrays[1]),
        y(view.arrays[2]) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return 2 * embedding * head; }
  ORBITWALK_HD int generators() const { return full ? head * head : head; }
  ORBITWALK_HD int observables() const { return 2 * head + 1; }
  ORBITWALK_HD int scratch() const {
    const int forward = tokens * embedding + 3 * tokens * head + 2 * tokens + embedding + head;
    const int gradient = samples > 0 ? forward : of_strengths ? 0 : embedding * embedding;
    const int projection = full && generators() <= 64 ? gram_scratch(generators(), parameters()) : 0;
    return gradient > projection ? gradient : projection;
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    const Lane half = broadcast<Lane>(R(0.5) * stiffness);
    if (samples > 0) {
      Lane squares = broadcast<Lane>(R(0));
      for (int n = 0; n < samples; ++n) {
        const auto index = word_broadcast<Lane>(std::uint32_t(n));
        read(theta, index, scratch);
        for (int s = 0; s < tokens; ++s) {
          const Lane* error = attend(scratch, s, index);
          squares = squares + dot(error, error, embedding);
        }
      }
      return fma(squares, broadcast<Lane>(R(0.5) / R(samples)), sum);
    }
    if (of_strengths) {
      for (int j = 0; j < head; ++j) {
        const Lane stretch = sqrt(column(theta, j)) * sqrt(column(keys(theta), j)) - strength;
        sum = fma(stretch * stretch, half, sum);
      }
      return sum;
    }
    for (int i = 0; i < embedding; ++i) {
      for (int j = 0; j < embedding; ++j) {
        const Lane e = miss(theta, i, j);
        sum = fma(e * e, half, sum);
      }
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    if (samples > 0) return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    const Lane *q = theta, *k = keys(theta);
    Lane *dq = out, *dk = out + embedding * head;
    if (of_strengths) {
      for (int j = 0; j < head; ++j) {
        const Lane to_q = sqrt(column(q, j)), to_k = sqrt(column(k, j)), slope = (to_q * to_k - strength) * stiffness;
        const Lane pull_q = fma(slope, ratio_or_zero(to_k, to_q), broadcast<Lane>(weight_decay));
        const Lane pull_k = fma(slope, ratio_or_zero(to_q, to_k), broadcast<Lane>(weight_decay));
        for (int i = j; i < embedding * head; i += head) {
          dq[i] = pull_q * q[i];
          dk[i] = pull_k * k[i];
        }
      }
      return;
    }
    Lane* slope = scratch;  // by Q Kᵀ, e×e
    multiply<Lane>(embedding, embedding, head, as_matrix(q, head), as_transpose(k, head), FromProduct(),
                   [=, this](int i, int j, Lane sum) {
                     slope[i * embedding + j] = (sum - target[i * embedding + j]) * stiffness;
                   });
    multiply<Lane>(embedding, head, embedding, as_matrix(slope, embedding), as_matrix(k, head),
                   [=, this](int i, int a) { return q[i * head + a] * weight_decay; },
                   [=, this](int i, int a, Lane sum) { dq[i * head + a] = sum; });
    multiply<Lane>(embedding, head, embedding, as_transpose(slope, embedding), as_matrix(q, head),
                   [=, this](int j, int a) { return k[j * head + a] * weight_decay; },
                   [=, this](int j, int a, Lane sum) { dk[j * head + a] = sum; });
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    const int a = full ? index / head : index, b = full ? index % head : index, half = embedding * head;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    for (int i = 0; i < half; i += head) {
      out[i + b] = theta[i + a];
      out[half + i + a] = -theta[half + i + b];
    }
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    if (full) return project_by_gram(*this, theta, xi, out, scratch);
    const Lane zero = broadcast<Lane>(R(0)), *q = theta, *k = keys(theta);
    const int half = embedding * head;
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int j = 0; j < head; ++j) {
      const Lane square = column(q, j) + column(k, j);
      Lane along = zero;
      for (int i = j; i < half; i += head) along = fma(q[i], xi[i], fma(-k[i], xi[half + i], along));
      along = ratio_or_zero(along, square);
      for (int i = j; i < half; i += head) {
        out[i] = along * q[i];
        out[half + i] = -(along * k[i]);
      }
      degenerate = degenerate | (square <= zero);
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    for (int j = 0; j < head; ++j) {
      const Lane q = sqrt(column(theta, j)), k = sqrt(column(keys(theta), j));
      out[j] = q / k;
      out[head + j] = q * k;
    }
    out[2 * head] = loss(theta, scratch);
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    const Memory<Lane> at(*this, scratch);
    Lane *dq = out, *dk = out + embedding * head;
    for (int i = 0; i < parameters(); ++i) out[i] = theta[i] * weight_decay;
    for (int n = 0; n < batch; ++n) {
      const auto index = draw.index(n);
      const Lane weight = draw.weight(n);
      read(theta, index, scratch);
      for (int i = 0; i < tokens * head; ++i) at.key_slopes[i] = broadcast<Lane>(R(0));
      for (int s = 0; s < tokens; ++s) {
        attend(scratch, s, index);
        for (int i = 0; i < embedding; ++i) at.error[i] = weight * at.error[i] - draw.label_noise(n, s * embedding + i);
        Lane mean = broadcast<Lane>(R(0));
        for (int t = 0; t < tokens; ++t) {
          at.slopes[t] = dot(at.error, at.input + t * embedding, embedding);
          mean = fma(at.row[t], at.slopes[t], mean);
        }
        for (int a = 0; a < head; ++a) at.query_slope[a] = broadcast<Lane>(R(0));
        for (int t = 0; t < tokens; ++t) {
          const Lane slope = at.row[t] * (at.slopes[t] - mean) * scale;  // ∂S_st /√h
          for (int a = 0; a < head; ++a) {
            at.query_slope[a] = fma(slope, at.keys[t * head + a], at.query_slope[a]);
            at.key_slopes[t * head + a] = fma(slope, at.queries[s * head + a], at.key_slopes[t * head + a]);
          }
        }
        outer(at.input + s * embedding, at.query_slope, dq);
      }
      for (int t = 0; t < tokens; ++t) outer(at.input + t * embedding, at.key_slopes + t * head, dk);
    }
  }

  ORBITWALK_HD int constraints(Gauge) const { return full ? 0 : head; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int j = 0; j < head; ++j) {
      const Lane q = sqrt(column(theta, j)), k = sqrt(column(keys(theta), j));
      out[j] = gauge == Gauge::moment_map ? (q - k) * (q + k) * R(0.5) : q - k;
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int j, const Lane* theta, Lane* out) const {
    generator(j, theta, out);
    if (gauge == Gauge::moment_map) return;
    const Lane one = broadcast<Lane>(R(1)), q = ratio_or_zero(one, sqrt(column(theta, j)));
    const Lane k = ratio_or_zero(one, sqrt(column(keys(theta), j)));
    for (int i = j; i < embedding * head; i += head) {
      out[i] = out[i] * q;
      out[embedding * head + i] = out[embedding * head + i] * k;
    }
  }

  static ModelInfo info() {
    return {"one attention head: query and key matrices, outputs softmax((XQ)(XK)^T/sqrt(h)) X",
            "L = 1/(2N) sum |f(X) - Y|^2 over sequences, + weight_decay/2 |theta|^2; q_j, k_j -> c_j q_j, k_j/c_j, "
            "log v = 1/2 sum_j log(|q_j|^2 + |k_j|^2); or GL(h), log v = 1/2 sum_ij log(mu_i + nu_j), mu, nu eigenvalues of "
            "Q^T Q, K^T K",
            {{"embedding", "e, 1 to 64 (default 4)"},
             {"head", "h, 1 to 64 (default 2)"},
             {"tokens", "tokens of a sequence, 1 to 64 (default 3); [data] has tokens × embedding features and targets"},
             {"symmetry", "diagonal (default): rescaling of the columns q_j, k_j; or full: GL(h)"},
             {"weight_decay", "default 0"},
             {"imbalance", "initial |q_j|/|k_j| is spread by exp(linspace(-imbalance, imbalance, h)) each way, default 0"},
             {"loss", "without [data]: { kind = \"quadratic\", singular_values = [1.0], stiffness = 1.0 } (of Q K^T, diagonal "
                      "target), or { kind = \"strength_quadratic\", target = 1.0, stiffness = 1.0 }"}},
            {{"ratio1 ... ratioh", "|q_j|/|k_j| (not invariant)"},
             {"strength1 ... strengthh", "|q_j||k_j| (not invariant under GL(h))"},
             {"loss", "L"}}};
  }

  static ModelDescription describe(const Section& model, const DataSource& source) { return describe_attention(model, source); }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(Attention<R>(view)); }

 private:
  /// Scratch space of a sequence.
  template <class Lane>
  struct Memory {
    Lane *input, *queries, *keys, *key_slopes, *row, *slopes, *error, *query_slope;
    ORBITWALK_HD Memory(const Attention& model, Lane* scratch)
        : input(scratch), queries(input + model.tokens * model.embedding), keys(queries + model.tokens * model.head),
          key_slopes(keys + model.tokens * model.head), row(key_slopes + model.tokens * model.head), slopes(row + model.tokens),
          error(slopes + model.tokens), query_slope(error + model.embedding) {}
  };

  template <class Lane>
  ORBITWALK_HD const Lane* keys(const Lane* theta) const { return theta + embedding * head; }

  /// |column j|² of an e×h matrix.
  template <class Lane>
  ORBITWALK_HD Lane column(const Lane* matrix, int j) const {
    Lane sum = matrix[j] * matrix[j];
    for (int i = j + head; i < embedding * head; i += head) sum = fma(matrix[i], matrix[i], sum);
    return sum;
  }

  /// (Q Kᵀ - target)_ij.
  template <class Lane>
  ORBITWALK_HD Lane miss(const Lane* theta, int i, int j) const {
    return dot(theta + i * head, keys(theta) + j * head, head) - target[i * embedding + j];
  }

  // into += token ⊗ slope, an e×h matrix.
  template <class Lane>
  ORBITWALK_HD void outer(const Lane* token, const Lane* slope, Lane* into) const {
    for (int i = 0; i < embedding; ++i) {
      for (int a = 0; a < head; ++a) into[i * head + a] = fma(token[i], slope[a], into[i * head + a]);
    }
  }

  // X, XQ and XK of one sequence a lane.
  template <class Lane>
  ORBITWALK_HD void read(const Lane* theta, WordOf<Lane> index, Lane* scratch) const {
    const Memory<Lane> at(*this, scratch);
    for (int i = 0; i < tokens * embedding; ++i) at.input[i] = gather<Lane>(x + std::int64_t(i) * samples, index);
    for (int t = 0; t < tokens; ++t) {
      for (int a = 0; a < head; ++a) {
        Lane query = broadcast<Lane>(R(0)), key = query;
        for (int i = 0; i < embedding; ++i) {
          query = fma(at.input[t * embedding + i], theta[i * head + a], query);
          key = fma(at.input[t * embedding + i], keys(theta)[i * head + a], key);
        }
        at.queries[t * head + a] = query;
        at.keys[t * head + a] = key;
      }
    }
  }

  // Row s of softmax(S), and of f(X) - Y, which it returns.
  template <class Lane>
  ORBITWALK_HD const Lane* attend(Lane* scratch, int s, WordOf<Lane> index) const {
    const Memory<Lane> at(*this, scratch);
    for (int t = 0; t < tokens; ++t) at.row[t] = dot(at.queries + s * head, at.keys + t * head, head) * scale;
    Lane top = at.row[0], sum = broadcast<Lane>(R(0));
    for (int t = 1; t < tokens; ++t) top = max(top, at.row[t]);
    for (int t = 0; t < tokens; ++t) {
      at.row[t] = exp(at.row[t] - top);
      sum = sum + at.row[t];
    }
    const Lane share = broadcast<Lane>(R(1)) / sum;
    for (int t = 0; t < tokens; ++t) at.row[t] = at.row[t] * share;
    for (int i = 0; i < embedding; ++i) {
      const int o = s * embedding + i;
      Lane value = -gather<Lane>(y + std::int64_t(o) * samples, index);
      for (int t = 0; t < tokens; ++t) value = fma(at.row[t], at.input[t * embedding + i], value);
      at.error[i] = value;
    }
    return at.error;
  }
};

}  // namespace orbitwalk
