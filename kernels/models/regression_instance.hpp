// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/regression.hpp"
#include "kernels/models/selection.hpp"
#include "kernels/noise/sample_draw.hpp"

// Least squares whose truth w* is known, and those that each particle draws for itself: shared by the models that
// differ in how w is made of parameters, so that one particle has the same data in all of them.
namespace orbitwalk {

/// What is known of a regression's truth. known: w*, and the data is shared; spectrum, signal: what the weights mean,
/// and the data lies behind each particle's parameters.
enum class RegressionTruth { unknown, known, spectrum, signal };

/// Where the data of a spectrum or signal is from: drawn by each particle, or files, which may lack the truth.
enum class RegressionSource { drawn, files, files_without_truth };

template <class Kept>
struct RegressionInstanceParameters {
  RegressionTruth truth_kind = RegressionTruth::unknown;
  RegressionSource source = RegressionSource::drawn;
  int nonzero = 0;  ///< entries of a spectrum's truth
  typename Kept::Real noise = 0, low = 0, width = 0;
  typename Kept::Array known = {};  ///< w*, unless each particle draws it
  typename Kept::Array given = {};  ///< X and y of files

  ORBITWALK_FIELDS(truth_kind, source, nonzero, noise, low, width, known, given)
};

/// N samples (x_b, y_b) of y = x·w* + noise, w* ∈ R^c, behind a particle's parameters: X (N×c, a sample a row), y (N),
/// and for spectrum w* (c).
///   spectrum  x_bk = cos(2πk t_b), t_b uniform on [0, 1) in steps of 2^-24; w* has `nonzero` entries chosen without replacement
///             among k = 1..c-1, of uniform size in [low, low + width] and random sign
///   signal    x_bk ~ N(0, 1/N); w* is the same for all particles
/// Files give X, y and w* of the same kinds: the same numbers for all particles, in the same places but for w*. Where
/// the model's weights are w = M z, X is X M and its members take z; w* stays that of w. Loss 1/(2N) |Xw - y|².
template <class R>
struct RegressionInstance : RegressionInstanceParameters<Viewed<R>> {
  static constexpr int shown = 4, shown_without_truth = 2;  // observables
  using Parameters = RegressionInstanceParameters<Viewed<R>>;
  using Parameters::truth_kind, Parameters::source, Parameters::nonzero, Parameters::noise, Parameters::low;
  using Parameters::width, Parameters::known, Parameters::given;
  int count, samples;

  ORBITWALK_HD RegressionInstance(const Parameters& parameters, int coordinates, int data_samples)
      : Parameters(parameters), count(coordinates), samples(data_samples) {}

  /// Whether the data lies behind the particle's parameters.
  ORBITWALK_HD bool drawn() const { return truth_kind >= RegressionTruth::spectrum; }
  ORBITWALK_HD int lanes() const { return !drawn() ? 0 : samples * (count + 1) + (truth_is_drawn() ? count : 0); }
  ORBITWALK_HD int observables() const {
    return truth_kind == RegressionTruth::unknown            ? 0
           : source == RegressionSource::files_without_truth ? shown_without_truth
                                                             : shown;
  }

  /// Fills `own`. M (c×c, row-major) or null for the identity; `scratch`: c lanes, with M only.
  template <class Lane>
  ORBITWALK_HD void draw(InstanceDraw<Lane>& draw, Lane* own, Lane* scratch, const R* map = nullptr) const {
    if (truth_is_drawn()) draw_modes(draw, own + samples * (count + 1));
    for (int b = 0; b < samples; ++b) {
      Lane* row = map ? scratch : own + b * count;
      if (source != RegressionSource::drawn) {
        for (int k = 0; k < count; ++k) row[k] = broadcast<Lane>(given[b * count + k]);
      } else if (truth_kind == RegressionTruth::spectrum) {
        // The phase k t modulo a turn in whole numbers: exact in every precision, also for high modes.
        const WordOf<Lane> time = draw.word() >> 8;
        Lane sine;
        for (int k = 0; k < count; ++k) {
          sincos_turns(to_real<Lane>((time * std::uint32_t(k)) & 0xffffffu) * R(0x1p-24), sine, row[k]);
        }
      } else {
        const R deviation = R(1 / orbitwalk::sqrt(double(samples)));
        for (int k = 0; k < count; ++k) row[k] = draw.normal() * deviation;
      }
      if (source != RegressionSource::drawn) {
        own[samples * count + b] = broadcast<Lane>(given[samples * count + b]);
      } else {
        Lane answer = draw.normal() * noise;
        for (int k = 0; k < count; ++k) answer = fma(truth(own, k), row[k], answer);
        own[samples * count + b] = answer;
      }
      if (map == nullptr) continue;
      Lane* mapped = own + b * count;
      multiply_vector<Lane>(count, count, as_transpose(map, count), as_matrix(row, 1), FromProduct(),
                            [=](int i, int, Lane sum) { mapped[i] = sum; });
    }
  }

  /// 1/(2N) |Xw - y|².
  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* own, const Lane* w) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int b = 0; b < samples; ++b) {
      Lane residual = -own[samples * count + b];
      for (int i = 0; i < count; ++i) residual = fma(own[b * count + i], w[i], residual);
      sum = fma(residual, residual, sum);
    }
    return sum * (R(0.5) / R(samples));
  }

  /// slope = Σ_b (weight_b (x_b·w - y_b) - noise_b) x_b over all samples, in the order of b; it may not alias w. `draw`
  /// as in kernels/models/model.hpp, but for the index: sample b is the b-th.
  template <class Lane, class Draw>
  ORBITWALK_HD void slope(const Lane* own, const Lane* w, Lane* slope, Draw& draw) const {
    constexpr int together = MatrixTile<Lane>::chains > 1 ? 4 : 1;  // more would not stay in the nearest cache
    for (int i = 0; i < count; ++i) slope[i] = broadcast<Lane>(R(0));
    int b = 0;
    for (; b + together <= samples; b += together) add_samples<together>(own, b, w, slope, draw);
    if constexpr (together > 1) {
      for (; b < samples; ++b) add_samples<1>(own, b, w, slope, draw);
    }
  }

  /// error, l1_norm, total_variation, support (add_truth_observables) of the weights w, which may lie before `out`.
  /// Without a truth the two that need none.
  template <class Lane>
  ORBITWALK_HD void observe(const Lane* own, const Lane* w, Lane* out) const {
    if (truth_kind == RegressionTruth::unknown) return;
    if (source == RegressionSource::files_without_truth) {
      out[0] = abs(w[0]);
      out[1] = broadcast<Lane>(R(0));
      for (int i = 1; i < count; ++i) {
        out[0] = out[0] + abs(w[i]);
        out[1] = out[1] + abs(w[i] - w[i - 1]);
      }
      return;
    }
    const Lane zero = broadcast<Lane>(R(0)), half = broadcast<Lane>(R(0.5));
    Lane first = w[0] - truth(own, 0), error = first * first, norm = abs(w[0]), variation = zero;
    for (int i = 1; i < count; ++i) {
      const Lane e = w[i] - truth(own, i), square = e * e;
      error = truth_kind == RegressionTruth::spectrum ? fma(square, half, error) : error + square;
      norm = norm + abs(w[i]);
      variation = variation + abs(w[i] - w[i - 1]);
    }
    out[0] = truth_kind == RegressionTruth::spectrum ? error : error * (R(1) / R(count));
    out[1] = norm;
    out[2] = variation;
    out[3] = support(own, w);
  }

 private:
  ORBITWALK_HD bool truth_is_drawn() const {
    return truth_kind == RegressionTruth::spectrum && source == RegressionSource::drawn;
  }

  template <class Lane>
  ORBITWALK_HD Lane truth(const Lane* own, int i) const {
    return truth_is_drawn() ? own[samples * (count + 1) + i] : broadcast<Lane>(known[i]);
  }

  template <class Lane>
  ORBITWALK_HD void draw_modes(InstanceDraw<Lane>& draw, Lane* modes) const {
    const Lane zero = broadcast<Lane>(R(0)), one = broadcast<Lane>(R(1));
    modes[0] = zero;
    Selection<Lane> selection(nonzero, count - 1);
    for (int k = 1; k < count; ++k) {
      const auto chosen = selection.take(draw);
      // its sign, and how far into [low, low + width]
      const Lane place = fma(draw.uniform(), broadcast<Lane>(R(2)), -one);
      modes[k] = select(chosen, copysign(fma(abs(place), broadcast<Lane>(width), broadcast<Lane>(low)), place), zero);
    }
  }

  // M samples side by side: their residuals hide the latency of fma, and w and the slope are read once for all of them.
  template <int M, class Lane, class Draw>
  ORBITWALK_HD void add_samples(const Lane* own, int b, const Lane* w, Lane* slope, Draw& draw) const {
    const Lane *x = own + b * count, *y = own + samples * count + b;
    Lane residual[M];
    ORBITWALK_UNROLL
    for (int p = 0; p < M; ++p) residual[p] = -y[p];
    for (int i = 0; i < count; ++i) {
      ORBITWALK_UNROLL
      for (int p = 0; p < M; ++p) residual[p] = fma(x[p * count + i], w[i], residual[p]);
    }
    for (int p = 0; p < M; ++p) residual[p] = draw.weight(b + p) * residual[p] - draw.label_noise(b + p, 0);
    for (int i = count - 1; i >= 0; --i) {  // backwards: what was read last is still in the nearest cache
      Lane sum = slope[i];
      ORBITWALK_UNROLL
      for (int p = 0; p < M; ++p) sum = fma(x[p * count + i], residual[p], sum);
      slope[i] = sum;
    }
  }

  // Whether every entry that is not 0 in the truth is larger than every one that is; of a signal, the increments.
  template <class Lane>
  ORBITWALK_HD Lane support(const Lane* own, const Lane* w) const {
    const bool increments = truth_kind == RegressionTruth::signal;
    const Lane zero = broadcast<Lane>(R(0));
    Lane smallest = infinity_lane<Lane>(), largest = broadcast<Lane>(R(-1));
    for (int i = increments ? 1 : 0; i < count; ++i) {
      const Lane true_size = abs(increments ? truth(own, i) - truth(own, i - 1) : truth(own, i));
      const Lane size = abs(increments ? w[i] - w[i - 1] : w[i]);
      const auto inside = zero < true_size;
      smallest = select(inside, min(size, smallest), smallest);
      largest = select(inside, largest, max(size, largest));
    }
    return select(largest < smallest, broadcast<Lane>(R(1)), zero);
  }
};

}  // namespace orbitwalk
