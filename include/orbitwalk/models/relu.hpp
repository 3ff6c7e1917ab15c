// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "orbitwalk/geometry/gauge.hpp"
#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/core/math.hpp"
#include "orbitwalk/models/instance_draw.hpp"
#include "orbitwalk/models/model.hpp"
#include "orbitwalk/models/parameter_parts.hpp"
#include "orbitwalk/models/sample_draw.hpp"
#include "orbitwalk/models/vector_pairs.hpp"

namespace orbitwalk {

/// Two-layer ReLU network f(x) = Σ_j v_j relu(w_j·x), w_j ∈ R^n, v_j ∈ R^m, j = 1..h, no bias; θ = (w_1..w_h, v_1..v_h).
/// Symmetry: w_j -> c_j w_j, v_j -> v_j / c_j, c_j > 0, for each hidden unit.
///
/// Loss with data: 1/(2N) Σ |f(x) - y|² + weight_decay/2 |θ|². With a teacher that each particle draws for itself (instance: w*_j,
/// v*_j ~ N(0, scale²), j = 1..h*), or one from files, the samples of SGD are fresh, x ~ N(0, I) and y = f*(x); `loss` is then the same without label
/// noise at 64 fixed inputs, an estimate of the population loss. With e = f(x) - y, z_j = w_j·x, a_j = [z_j > 0]:
/// ∂v_j = e relu(z_j), ∂w_j = a_j (v_j·e) x, averaged. Without data: the analytic loss stiffness/2 Σ (s_j - target)² of the
/// strengths s_j = |v_j||w_j|: ∂w_j = U'(s) |v_j| w_j/|w_j|, ∂v_j = U'(s) |w_j| v_j/|v_j|.
/// Generators, orbit volume and gauges: models/vector_pairs.hpp.
/// Moment-map slice |v_j| = |w_j|: s^{(m+n-4)/2} exp(-L/T) ds (theory.md section 3).
template <class R, int Fixed = 0>
struct Relu {
  using Real = R;
  int inputs, hidden, outputs, samples, teacher;  // teacher: h*, or 0
  R stiffness, target, weight_decay, teacher_scale;
  VectorPairs<R> pairs;
  const R *x, *y;  // samples × inputs and samples × outputs, column-major
  bool teacher_is_given;
  const R* given_teacher;  // (w*_1..w*_h*, v*_1..v*_h*)

  ORBITWALK_HD explicit Relu(const ModelView<R>& view)
      : inputs(view.sizes[0]), hidden(view.sizes[1]), outputs(view.sizes[2]), samples(view.sizes[3]),
        teacher(view.sizes[4]), stiffness(R(view.numbers[0])), target(R(view.numbers[1])), weight_decay(R(view.numbers[2])), teacher_scale(R(view.numbers[3])),
        pairs{inputs, hidden, outputs}, x(view.arrays[0]), y(view.arrays[1]),
        teacher_is_given(view.sizes[5] != 0), given_teacher(view.arrays[2]) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return hidden * (inputs + outputs); }
  ORBITWALK_HD int generators() const { return hidden; }
  ORBITWALK_HD int observables() const { return 3 * hidden + 3; }
  ORBITWALK_HD int scratch() const { return inputs + hidden + outputs; }
  ORBITWALK_HD int instance() const { return teacher * (inputs + outputs); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane*) const {
    for (int i = 0; i < instance(); ++i) {
      theta[parameters() + i] = teacher_is_given ? broadcast<Lane>(given_teacher[i]) : draw.normal() * teacher_scale;
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
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const { pairs.generator(a, theta, out); }

  ORBITWALK_HD int constraints(Gauge) const { return hidden; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const { pairs.gauge(gauge, theta, out); }

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

  static ModelInfo info() {
    return {"two-layer ReLU network, one rescaling per hidden unit",
            "f(x) = sum_j v_j relu(w_j.x), L = 1/(2N) sum |f - y|^2; log v = 1/2 sum_j log(|v_j|^2 + |w_j|^2)",
            {{"inputs", "n (default: features of [data], else 3)"},
             {"hidden", "h, default 4"},
             {"outputs", "m (default: targets of [data], else 1)"},
             {"weight_decay", "default 0"},
             {"imbalance", "initial |v_j|/|w_j| is spread by exp(linspace(-imbalance, imbalance, h)) each way, default 0"},
             {"initial_deviation", "standard deviation of all initial weights before the imbalance (default 1/sqrt(n) of w, 1/sqrt(m) of v)"},
             {"loss", "without [data]: { kind = \"strength_quadratic\", target = 1.0, stiffness = 1.0 }"}},
            {{"ratio1 ... ratioh", "|v_j|/|w_j|"}, {"strength1 ... strengthh", "|v_j||w_j|"}, {"loss", "L"},
             {"imbalance1 ... imbalanceh", "|v_j|^2 - |w_j|^2, constant under gradient flow"},
             {"log_volume", "1/2 sum_j log(|v_j|^2 + |w_j|^2)"},
             {"excess_log_volume", "the same above its least value on the orbit, 1/2 sum_j log 2 |v_j||w_j|; 0 where balanced"}}};
  }

  /// Data of a random teacher of the same form: keys samples, noise, seed, hidden (of the teacher), scale (of its weights).
  static Dataset draw_teacher(const Section& teacher, int inputs, int outputs) {
    const auto samples = std::size_t(teacher.integer("samples", between(1, 1e7)));
    const double noise = teacher.number("noise", 0.1, non_negative()), scale = teacher.number("scale", 1.0, positive());
    const auto seed = std::uint64_t(teacher.integer("seed", 1, non_negative()));
    const int hidden = static_cast<int>(teacher.integer("hidden", 4, between(1, 4096)));
    const auto weights = standard_normals(seed, 0, std::size_t(hidden) * (inputs + outputs));
    const auto errors = standard_normals(seed, 2, samples * outputs);
    Dataset data;
    data.samples = samples, data.features = inputs, data.outputs = outputs;
    data.x = standard_normals(seed, 1, samples * inputs);
    data.y.assign(samples * outputs, 0.0);
    for (std::size_t i = 0; i < samples; ++i) {
      for (int j = 0; j < hidden; ++j) {
        double z = 0;
        for (int k = 0; k < inputs; ++k) z += scale * weights[j * inputs + k] * data.x[i * inputs + k];
        for (int k = 0; k < outputs && z > 0; ++k) data.y[i * outputs + k] += scale * weights[(hidden * inputs) + j * outputs + k] * z;
      }
      for (int k = 0; k < outputs; ++k) data.y[i * outputs + k] += noise * errors[i * outputs + k];
    }
    return data;
  }

  /// Inputs (row by row) at which the predictor is looked at: those of the data, at most 64; without data 64 fixed ones, N(0, I).
  static std::vector<double> probes(const ModelParameters& parameters) {
    const int n = parameters.sizes[0], samples = parameters.sizes[3], count = samples == 0 ? 64 : std::min(samples, 64);
    std::vector<double> inputs = standard_normals(1, 0, std::size_t(count) * n);
    for (int i = 0; i < count && samples > 0; ++i) {
      for (int j = 0; j < n; ++j) inputs[i * n + j] = parameters.arrays[0][std::size_t(j) * samples + i];
    }
    return inputs;
  }

  static ModelDescription describe(const Section& model, const DataSource& source) {
    ModelDescription result;
    const int h = static_cast<int>(model.integer("hidden", 4, between(1, 256)));
    const double decay = model.number("weight_decay", 0.0, non_negative());
    const double imbalance = model.number("imbalance", 0.0, between(-10, 10));
    const auto deviation = model.optional_number("initial_deviation", positive());
    int n, m;
    if (const auto instance = source.instance()) {
      if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
      const auto given = read_teacher_files(*instance);
      if (!given) read_instance(*instance, {"teacher"}, result);
      n = static_cast<int>(model.integer("inputs", given ? given->inputs : 3, between(1, 256)));
      m = static_cast<int>(model.integer("outputs", given ? given->outputs : 1, between(1, 64)));
      if (given && n != given->inputs) model.fail("inputs", "the teacher's W has " + std::to_string(given->inputs) + " columns");
      if (given && m != given->outputs) model.fail("outputs", "the teacher's V has " + std::to_string(given->outputs) + " numbers for each hidden unit");
      const int teacher = given ? given->hidden : static_cast<int>(instance->integer("hidden", h, between(1, 256)));
      const double scale = given ? 0 : instance->number("scale", 1.0, positive());
      result.shared_instance |= given.has_value();
      constexpr int probes = 64;
      result.parameters = {{n, h, m, probes, teacher, given.has_value()}, {0, 0, decay, scale},
                           {by_columns(standard_normals(1, 0, std::size_t(probes) * n), probes, n), {}, given ? given->weights : std::vector<double>()}};
      result.samples = probes;
      result.streamed = true;
    } else if (source.given()) {
      if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
      const Dataset data = source.read([&](const Section& teacher) {
        return draw_teacher(teacher, static_cast<int>(model.integer("inputs", 3, between(1, 256))),
                            static_cast<int>(model.integer("outputs", 1, between(1, 64))));
      });
      n = static_cast<int>(model.integer("inputs", std::int64_t(data.features), between(1, 256)));
      m = static_cast<int>(model.integer("outputs", std::int64_t(data.outputs), between(1, 64)));
      if (n != int(data.features)) model.fail("inputs", "the data has " + std::to_string(data.features) + " features");
      if (m != int(data.outputs)) model.fail("outputs", "the data has " + std::to_string(data.outputs) + " targets");
      const std::size_t count = data.samples;
      const auto x = by_columns(data.x, count, n), y = by_columns(data.y, count, m);
      result.parameters = {{n, h, m, int(count), 0}, {0, 0, decay, 0}, {x, y}};
      result.samples = count;
    } else {
      n = static_cast<int>(model.integer("inputs", 3, between(1, 256)));
      m = static_cast<int>(model.integer("outputs", 1, between(1, 64)));
      const Section loss = model.section("loss");
      loss.choice("kind", {"strength_quadratic"}, "strength_quadratic");
      const double target = loss.number("target", 1.0, finite()), k = loss.number("stiffness", 1.0, positive());
      result.parameters = {{n, h, m, 0, 0}, {k, target, decay, 0}, {{}, {}}};
      result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
        const auto j = numbered_index(name, "strength");
        if (!j || *j < 0 || *j >= h) return {};
        Invariant s;
        s.quotient.symmetry = Symmetry::rescaling;
        s.quotient.lower = 0;
        s.quotient.slices = {{"moment_map", {0.5 * (m + n - 4), 0, 0}}, {"norm_difference", {0.5 * (m + n - 3), 0, 0}}};
        if (m == n) s.quotient.level_set = PowerMeasure{n - 1.5, 0, 0};
        s.quotient.weight_decay = decay;
        s.quotient.decay_on_slice = [decay](double z) { return decay * z; };
        s.quotient.bessel_power = 0.5 * (m + n) - 1;
        s.quotient.bessel_order = 0.5 * std::abs(m - n);
        s.quotient.loss = [=](double z) { return 0.5 * k * (z - target) * (z - target); };
        return s;
      };
    }
    result.dimension = h * (n + m);
    result.generators = h;
    result.closed_projection = true;
    result.observables = numbered("ratio", h);
    for (const auto& name : numbered("strength", h)) result.observables.push_back(name);
    result.observables.push_back("loss");
    for (const auto& name : numbered("imbalance", h)) result.observables.push_back(name);
    for (const char* name : {"log_volume", "excess_log_volume"}) result.observables.push_back(name);
    result.initial = {std::vector<double>(result.dimension, 0.0), std::vector<double>(result.dimension, 1.0)};
    for (int j = 0; j < h; ++j) {
      const double stretch = std::exp(h == 1 ? imbalance : imbalance * (2.0 * j / (h - 1) - 1));
      for (int i = 0; i < n; ++i) result.initial.scale[j * n + i] = deviation.value_or(1 / std::sqrt(double(n))) / stretch;
      for (int i = 0; i < m; ++i) result.initial.scale[h * n + j * m + i] = deviation.value_or(1 / std::sqrt(double(m))) * stretch;
    }
    result.predictor = [=, probes = probes(result.parameters)](const std::vector<double>& theta) {
      const int count = int(probes.size()) / n;
      std::vector<double> f(count * m, 0.0);
      for (int i = 0; i < count; ++i) {
        for (int j = 0; j < h; ++j) {
          const double z = std::max(dot(&theta[j * n], &probes[i * n], n), 0.0);
          for (int k = 0; k < m; ++k) f[i * m + k] += theta[h * n + j * m + k] * z;
        }
      }
      return f;
    };
    result.log_orbit_volume = [=](const std::vector<double>& theta) { return VectorPairs<double>{n, h, m}.log_orbit_volume(theta.data()); };
    return result;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(Relu<R>(view)); }

 private:
  ORBITWALK_HD int second(int j) const { return pairs.place(j); }

  template <class Lane>
  ORBITWALK_HD void read(WordOf<Lane> index, Lane* input) const {
    for (int i = 0; i < inputs; ++i) input[i] = gather<Lane>(x + i * samples, index);
  }

  // From the input of one sample a lane at the beginning of scratch: leaves relu(z) and e = f(x) - y behind it; returns e. Without a
  // teacher y is that of sample `index`.
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
