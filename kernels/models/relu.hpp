// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/math.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/vector_pairs.hpp"
#include "kernels/noise/sample_draw.hpp"

namespace orbitwalk {

template <class Kept>
struct ReluParameters {
  int inputs = 0, hidden = 0, outputs = 0;
  int samples = 0;                ///< of the data, or fixed inputs of the teacher's loss; 0: the analytic loss
  int teacher = 0;                ///< h*, or 0
  bool teacher_is_given = false;  ///< by files, not drawn
  typename Kept::Real stiffness = 0, target = 0, weight_decay = 0;
  typename Kept::Real teacher_scale = 0;
  typename Kept::Array x = {}, y = {};      ///< samples × inputs and samples × outputs, column-major
  typename Kept::Array given_teacher = {};  ///< (w*_1..w*_h*, v*_1..v*_h*)

  ORBITWALK_FIELDS(inputs, hidden, outputs, samples, teacher, teacher_is_given, stiffness, target, weight_decay,
                   teacher_scale, x, y, given_teacher)
};

/// Two-layer ReLU network f(x) = Σ_j v_j relu(w_j·x), w_j ∈ R^n, v_j ∈ R^m, j = 1..h, no bias; θ = (w_1..w_h,
/// v_1..v_h). Symmetry: w_j -> c_j w_j, v_j -> v_j / c_j, c_j > 0, for each hidden unit.
///
/// Loss with data: 1/(2N) Σ |f(x) - y|² + weight_decay/2 |θ|². With a teacher that each particle draws for itself
/// (instance: w*_j, v*_j ~ N(0, scale²), j = 1..h*), or one from files, the samples of SGD are fresh, x ~ N(0, I) and y
/// = f*(x); `loss` is then the same without label noise at 64 fixed inputs, an estimate of the population loss. With e
/// = f(x) - y, z_j = w_j·x, a_j = [z_j > 0]: ∂v_j = e relu(z_j), ∂w_j = a_j (v_j·e) x, averaged. Without data: the
/// analytic loss stiffness/2 Σ (s_j - target)² of the strengths s_j = |v_j||w_j|: ∂w_j = U'(s) |v_j| w_j/|w_j|, ∂v_j =
/// U'(s) |w_j| v_j/|v_j|. Generators, orbit volume and gauges: kernels/models/vector_pairs.hpp. Moment-map slice |v_j|
/// = |w_j|: s^{(m+n-4)/2} exp(-L/T) ds (theory.md section 3).
template <class R, int Fixed = 0>
struct Relu : ReluParameters<Viewed<R>> {
  using Real = R;
  using Parameters = ReluParameters<Viewed<R>>;
  using Parameters::inputs, Parameters::hidden, Parameters::outputs, Parameters::samples, Parameters::teacher;
  using Parameters::stiffness, Parameters::target, Parameters::weight_decay, Parameters::teacher_scale, Parameters::x,
      Parameters::y;
  VectorPairs<R> pairs;

  ORBITWALK_HD explicit Relu(const ModelView<R>& view)
      : Parameters(read_parameters<ReluParameters>(view)), pairs{inputs, hidden, outputs} {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return hidden * (inputs + outputs); }
  ORBITWALK_HD int generators() const { return hidden; }
  ORBITWALK_HD int observables() const { return 3 * hidden + 3; }
  ORBITWALK_HD int scratch() const { return inputs + hidden + outputs; }
  ORBITWALK_HD int instance() const { return teacher * (inputs + outputs); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane*) const {
    for (int i = 0; i < instance(); ++i) {
      theta[parameters() + i] =
          this->teacher_is_given ? broadcast<Lane>(this->given_teacher[i]) : draw.normal() * teacher_scale;
    }
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    if (samples == 0) {
      for (int j = 0; j < hidden; ++j) {
        const Lane stretch = pairs.first_norm(theta, j) * pairs.second_norm(theta, j) - target;
        sum = fma(stretch * stretch, broadcast<Lane>(R(0.5) * stiffness), sum);
      }
      return sum;
    }
    Lane squares = broadcast<Lane>(R(0));
    for (int i = 0; i < samples; ++i) {
      read(word_broadcast<Lane>(i), scratch);
      const Lane* error = forward(theta, word_broadcast<Lane>(i), scratch);
      squares = squares + dot(error, error, outputs);
    }
    return fma(squares, broadcast<Lane>(R(0.5) / R(samples)), sum);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    if (samples > 0) {
      return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    }
    for (int j = 0; j < hidden; ++j) {
      const Lane in = pairs.first_norm(theta, j), to = pairs.second_norm(theta, j);
      const Lane slope = (in * to - target) * stiffness;
      const Lane pull_in = fma(slope, ratio_or_zero(to, in), broadcast<Lane>(weight_decay));
      const Lane pull_out = fma(slope, ratio_or_zero(in, to), broadcast<Lane>(weight_decay));
      for (int i = 0; i < inputs; ++i) out[j * inputs + i] = pull_in * theta[j * inputs + i];
      for (int i = 0; i < outputs; ++i) out[second(j) + i] = pull_out * theta[second(j) + i];
    }
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    pairs.generator(a, theta, out);
  }

  ORBITWALK_HD int constraints(Gauge) const { return hidden; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    pairs.gauge(gauge, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    pairs.gauge_gradient(gauge, a, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    return pairs.project_vertical(theta, xi, out);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    for (int j = 0; j < hidden; ++j) {
      const Lane in = pairs.first_norm(theta, j), to = pairs.second_norm(theta, j);
      out[j] = to / in;
      out[hidden + j] = to * in;
      out[2 * hidden + 1 + j] = (to - in) * (to + in);
    }
    out[2 * hidden] = loss(theta, scratch);
    const Lane volume = pairs.log_orbit_volume(theta);
    out[3 * hidden + 1] = volume;
    out[3 * hidden + 2] = volume - pairs.least_log_orbit_volume(theta);
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    const Lane zero = broadcast<Lane>(R(0));
    for (int i = 0; i < parameters(); ++i) out[i] = zero;
    const Lane *input = scratch, *activity = scratch + inputs;
    for (int b = 0; b < batch; ++b) {
      WordOf<Lane> index = word_broadcast<Lane>(0);
      if (draw.streams()) {
        for (int i = 0; i < inputs; ++i) scratch[i] = draw.input();
      } else {
        index = draw.index(b);
        read(index, scratch);
      }
      Lane* error = forward(theta, index, scratch);
      const Lane weight = draw.weight(b);
      for (int i = 0; i < outputs; ++i) error[i] = weight * error[i] - draw.label_noise(b, i);
      for (int j = 0; j < hidden; ++j) {
        const Lane back = select(zero < activity[j], dot(theta + second(j), error, outputs), zero);
        for (int i = 0; i < inputs; ++i) out[j * inputs + i] = fma(back, input[i], out[j * inputs + i]);
        for (int i = 0; i < outputs; ++i) out[second(j) + i] = fma(activity[j], error[i], out[second(j) + i]);
      }
    }
    for (int i = 0; i < parameters(); ++i) out[i] = fma(theta[i], broadcast<Lane>(weight_decay), out[i]);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(Relu<R>(view));
  }

 private:
  ORBITWALK_HD int second(int j) const { return pairs.place(j); }

  template <class Lane>
  ORBITWALK_HD void read(WordOf<Lane> index, Lane* input) const {
    for (int i = 0; i < inputs; ++i) input[i] = gather<Lane>(x + i * samples, index);
  }

  // From the input of one sample a lane at the beginning of scratch: leaves relu(z) and e = f(x) - y behind it; returns
  // e. Without a teacher y is that of sample `index`.
  template <class Lane>
  ORBITWALK_HD Lane* forward(const Lane* theta, WordOf<Lane> index, Lane* scratch) const {
    Lane *input = scratch, *activity = scratch + inputs, *error = activity + hidden;
    const Lane zero = broadcast<Lane>(R(0)), *own = theta + parameters(), *own_out = own + teacher * inputs;
    for (int i = 0; i < outputs; ++i) error[i] = teacher > 0 ? zero : -gather<Lane>(y + i * samples, index);
    for (int j = 0; j < teacher; ++j) {
      const Lane answer = -max(dot(own + j * inputs, input, inputs), zero);
      for (int i = 0; i < outputs; ++i) error[i] = fma(own_out[j * outputs + i], answer, error[i]);
    }
    for (int j = 0; j < hidden; ++j) {
      activity[j] = max(dot(theta + j * inputs, input, inputs), broadcast<Lane>(R(0)));
      for (int i = 0; i < outputs; ++i) error[i] = fma(theta[second(j) + i], activity[j], error[i]);
    }
    return error;
  }
};

}  // namespace orbitwalk
