// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/attention_head.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/projection.hpp"
#include "kernels/noise/sample_draw.hpp"

namespace orbitwalk {

template <class Kept>
struct AttentionParameters {
  int embedding = 0, head = 0, tokens = 0;
  int values = 0;   ///< m, columns of V; 0: no V
  int samples = 0;  ///< sequences of the data, or fixed ones of the teacher's loss; 0: no data
  int teacher = 0;  ///< h*, or 0
  bool full = false, of_strengths = false;
  typename Kept::Real stiffness = 0, strength = 0, weight_decay = 0;
  typename Kept::Real scale = 0;  ///< 1/√h
  typename Kept::Real teacher_deviation = 0;
  typename Kept::Real teacher_gain = 1, teacher_gain_spread = 0;  ///< a and b of a + b |N(0, 1)|
  typename Kept::Real initial_gain = 1, initial_gain_spread = 0;
  typename Kept::Array target = {};     ///< of Q Kᵀ, e×e
  typename Kept::Array x = {}, y = {};  ///< samples × (τ e) and samples × (τ columns of f), column-major

  ORBITWALK_FIELDS(embedding, head, tokens, values, samples, teacher, full, of_strengths, stiffness, strength,
                   weight_decay, scale, teacher_deviation, teacher_gain, teacher_gain_spread, initial_gain,
                   initial_gain_spread, target, x, y)
};

/// One attention head: f(X) = softmax_rows(S) X V, S = (XQ)(XK)ᵀ/√h, X ∈ R^{τ×e} a sequence of τ tokens (rows), Q, K ∈
/// R^{e×h}, V ∈ R^{e×m} with m = `values`; for m = 0 there is no V, and f(X) = softmax_rows(S) X. θ = (Q, K, V), all
/// row-major. f sees Q Kᵀ and V only. Groups: "diagonal", q_j -> c_j q_j, k_j -> k_j/c_j for the columns; "full", Q ->
/// Q A, K -> K A⁻ᵀ, A ∈ GL(h). Neither touches V.
///
/// Loss with data: 1/(2N) Σ |f(X) - Y|² (Frobenius), Y of τ rows and as many columns as f; its gradient is that of
/// attention_head.hpp with E = (f(X) - Y)/N. Without data (and without V): stiffness/2 |Q Kᵀ - target|², the target
/// diagonal, or stiffness/2 Σ_j (s_j - target)² of the strengths s_j = |q_j||k_j|. All + weight_decay/2 |θ|². With a
/// teacher that each particle draws for itself (instance: Q*, K* of h* columns and V* of m, N(0, scale²), then Q* times
/// the one number a + b |N(0, 1)|, gain = [a, b]) the samples of SGD are fresh, tokens ~ N(0, I) and Y = f*(X); `loss`
/// is then the same without label noise at 64 fixed sequences, an estimate of the population loss. initial_gain
/// multiplies the initial Q likewise. Generators: diagonal ξ_j = (q_j, -k_j), orthogonal, log v = 1/2 Σ_j log(|q_j|² +
/// |k_j|²). Full, one for each E_ab: (Q E_ab, -K E_ba), and Γ is the quadratic form |QA|² + |KAᵀ|² of A: Γ = QᵀQ⊗I +
/// I⊗KᵀK, whose eigenvalues are the sums μ_i + ν_j of those of QᵀQ and KᵀK. So log v = 1/2 Σ_ij log(μ_i + ν_j)
/// everywhere (h <= e, else the orbits are smaller). Gauges of the diagonal group: moment_map (|q_j|² - |k_j|²)/2;
/// norm_difference |q_j| - |k_j|. Laws of s_j: as for factors in R^e and R^e (models/product_laws.hpp), with the loss
/// of the strengths.
template <class R, int Fixed = 0>
struct Attention : AttentionParameters<Viewed<R>> {
  using Real = R;
  using Parameters = AttentionParameters<Viewed<R>>;
  using Parameters::embedding, Parameters::head, Parameters::tokens, Parameters::values, Parameters::samples;
  using Parameters::teacher, Parameters::full, Parameters::of_strengths, Parameters::stiffness, Parameters::strength;
  using Parameters::weight_decay, Parameters::scale, Parameters::target, Parameters::x, Parameters::y;
  R teacher_scale;  // 1/√h*

  ORBITWALK_HD explicit Attention(const ModelView<R>& view)
      : Parameters(read_parameters<AttentionParameters>(view)),
        teacher_scale(teacher > 0 ? R(1 / orbitwalk::sqrt(double(teacher))) : R(0)) {}

  static constexpr int fixed_parameters = 0;
  static constexpr bool takes_many_registers = true;  // on a GPU (kernels/gpu/walk_launch.cuh)
  ORBITWALK_HD int parameters() const { return (2 * head + values) * embedding; }
  ORBITWALK_HD int generators() const { return full ? head * head : head; }
  ORBITWALK_HD int observables() const { return 3 * head + 5; }
  ORBITWALK_HD int instance() const { return teacher > 0 ? (2 * teacher + values) * embedding : 0; }
  ORBITWALK_HD int scratch() const {
    const int gradient = samples > 0 ? sizes().lanes() : of_strengths ? 0 : embedding * embedding;
    const int projection = full && generators() <= 64 ? gram_scratch(generators(), parameters()) : 0;
    const int work = gradient > projection ? gradient : projection,
              norms = embedding * head + (embedding < head ? embedding : head);
    return work > norms ? work : norms;
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    const Lane half = broadcast<Lane>(R(0.5) * stiffness);
    if (samples > 0) {
      Lane squares = broadcast<Lane>(R(0));
      for (int n = 0; n < samples; ++n) {
        const auto index = word_broadcast<Lane>(std::uint32_t(n));
        read(index, scratch);
        const Lane* error = forward(theta, index, scratch);
        const int wide = sizes().outputs();
        for (int s = 0; s < tokens; ++s) squares = squares + dot(error + s * wide, error + s * wide, wide);
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
    multiply<Lane>(
        embedding, head, embedding, as_matrix(slope, embedding), as_matrix(k, head),
        [=, this](int i, int a) { return q[i * head + a] * weight_decay; },
        [=, this](int i, int a, Lane sum) { dq[i * head + a] = sum; });
    multiply<Lane>(
        embedding, head, embedding, as_transpose(slope, embedding), as_matrix(q, head),
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
    for (int i = 2 * half; i < parameters(); ++i) out[i] = zero;
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
    Lane square[2], nuclear[2];
    for (int side = 0; side < 2; ++side) {
      const Lane* matrix = side == 0 ? theta : keys(theta);
      square[side] = dot(matrix, matrix, embedding * head);
      nuclear[side] = nuclear_norm(matrix, scratch);
    }
    for (int j = 0; j < head; ++j) out[2 * head + 1 + j] = (column(theta, j) - column(keys(theta), j));
    Lane volume = broadcast<Lane>(R(0)), least = volume;  // of the diagonal group, also where the symmetry is full
    for (int j = 0; j < head; ++j) {
      const Lane q = column(theta, j), k = column(keys(theta), j);
      volume = volume + log(q + k) * R(0.5);
      least = least + log(sqrt(q) * sqrt(k) * R(2)) * R(0.5);
    }
    out[3 * head + 3] = volume;
    out[3 * head + 4] = volume - least;
    out[3 * head + 1] = sqrt(square[0] / square[1]);
    out[3 * head + 2] = nuclear[0] / nuclear[1];
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    const AttentionMemory<Lane> at(sizes(), scratch);
    const int inputs = tokens * embedding, outputs = tokens * sizes().outputs();
    for (int i = 0; i < parameters(); ++i) out[i] = theta[i] * weight_decay;
    for (int n = 0; n < batch; ++n) {
      WordOf<Lane> index = word_broadcast<Lane>(0);
      if (draw.streams()) {
        for (int i = 0; i < inputs; ++i) at.input[i] = draw.input();
      } else {
        index = draw.index(n);
        read(index, scratch);
      }
      const Lane weight = draw.weight(n);
      forward(theta, index, scratch);
      for (int o = 0; o < outputs; ++o) at.error[o] = weight * at.error[o] - draw.label_noise(n, o);
      add_slopes(sizes(), at, scale, out);
    }
  }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane*) const {
    Lane* own = theta + parameters();
    for (int i = 0; i < instance(); ++i) own[i] = draw.normal() * this->teacher_deviation;
    multiply_by_gain(draw, this->teacher_gain, this->teacher_gain_spread, own, embedding * teacher);
  }

  template <class Lane>
  ORBITWALK_HD void adjust_start(InstanceDraw<Lane>& draw, Lane* theta) const {
    if (this->initial_gain == R(1) && this->initial_gain_spread == R(0)) return;
    multiply_by_gain(draw, this->initial_gain, this->initial_gain_spread, theta, embedding * head);
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

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(Attention<R>(view));
  }

 private:
  ORBITWALK_HD AttentionSizes sizes() const {
    return {embedding, head, tokens, values, head > teacher ? head : teacher};
  }

  template <class Lane>
  ORBITWALK_HD const Lane* keys(const Lane* theta) const {
    return theta + embedding * head;
  }

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

  // Sum of the singular values of an e×h matrix.
  template <class Lane>
  ORBITWALK_OUTLINE Lane nuclear_norm(const Lane* matrix, Lane* scratch) const {
    const bool tall = embedding >= head;  // one-sided Jacobi wants the columns of the taller orientation
    const int m = tall ? embedding : head, n = tall ? head : embedding;
    Lane* values = scratch + m * n;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) scratch[i * n + j] = tall ? matrix[i * head + j] : matrix[j * head + i];
    }
    singular_values(scratch, m, n, values);
    Lane sum = values[0];
    for (int i = 1; i < n; ++i) sum = sum + values[i];
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void read(WordOf<Lane> index, Lane* input) const {
    for (int i = 0; i < tokens * embedding; ++i) input[i] = gather<Lane>(x + std::int64_t(i) * samples, index);
  }

  template <class Lane>
  ORBITWALK_HD static void multiply_by_gain(InstanceDraw<Lane>& draw, R gain, R spread, Lane* matrix, int count) {
    const Lane factor = fma(abs(draw.normal()), broadcast<Lane>(spread), broadcast<Lane>(gain));
    for (int i = 0; i < count; ++i) matrix[i] = matrix[i] * factor;
  }

  // From the sequence in scratch: f(X) - Y, which it returns, and what the gradient needs. Without a teacher Y is that
  // of `index`.
  template <class Lane>
  ORBITWALK_OUTLINE const Lane* forward(const Lane* theta, WordOf<Lane> index, Lane* scratch) const {
    const AttentionMemory<Lane> at(sizes(), scratch);
    if (teacher > 0) {
      attend(sizes(), at, AttentionWeights<Lane>(theta + parameters(), embedding, teacher, teacher_scale));
      set_minus_output(sizes(), at);
    } else {
      for (int o = 0; o < tokens * sizes().outputs(); ++o)
        at.error[o] = -gather<Lane>(y + std::int64_t(o) * samples, index);
    }
    attend(sizes(), at, AttentionWeights<Lane>(theta, embedding, head, scale));
    add_output(sizes(), at);
    return at.error;
  }
};

}  // namespace orbitwalk
