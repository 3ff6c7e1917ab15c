// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/relu.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
#include "models/parameter_parts.hpp"

namespace orbitwalk::catalog {
namespace {

/// Data of a random teacher of the same form: keys samples, noise, seed, hidden (of the teacher), scale (of its
/// weights).
Dataset draw_teacher(const Section& teacher, int inputs, int outputs) {
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
      for (int k = 0; k < outputs && z > 0; ++k)
        data.y[i * outputs + k] += scale * weights[(hidden * inputs) + j * outputs + k] * z;
    }
    for (int k = 0; k < outputs; ++k) data.y[i * outputs + k] += noise * errors[i * outputs + k];
  }
  return data;
}

/// Inputs (row by row) at which the predictor is looked at: those of the data, at most 64; without data 64 fixed ones,
/// N(0, I).
std::vector<double> probes(const ModelParameters& parameters) {
  const int n = parameters.size("inputs"), samples = parameters.size("samples");
  const int count = samples == 0 ? 64 : std::min(samples, 64);
  std::vector<double> inputs = standard_normals(1, 0, std::size_t(count) * n);
  for (int i = 0; i < count && samples > 0; ++i) {
    for (int j = 0; j < n; ++j) inputs[i * n + j] = parameters.array("x")[std::size_t(j) * samples + i];
  }
  return inputs;
}

}  // namespace

ModelInfo info_relu() {
  return {
      "two-layer ReLU network, one rescaling per hidden unit",
      "f(x) = sum_j v_j relu(w_j.x), L = 1/(2N) sum |f - y|^2; log v = 1/2 sum_j log(|v_j|^2 + |w_j|^2)",
      {{"inputs", "n (default: features of [data], else 3)"},
       {"hidden", "h, default 4"},
       {"outputs", "m (default: targets of [data], else 1)"},
       {"weight_decay", "default 0"},
       {"imbalance", "initial |v_j|/|w_j| is spread by exp(linspace(-imbalance, imbalance, h)) each way, default 0"},
       {"initial_deviation",
        "standard deviation of all initial weights before the imbalance (default 1/sqrt(n) of w, 1/sqrt(m) of v)"},
       {"loss", "without [data]: { kind = \"strength_quadratic\", target = 1.0, stiffness = 1.0 }"}},
      {{"ratio1 ... ratioh", "|v_j|/|w_j|"},
       {"strength1 ... strengthh", "|v_j||w_j|"},
       {"loss", "L"},
       {"imbalance1 ... imbalanceh", "|v_j|^2 - |w_j|^2, constant under gradient flow"},
       {"log_volume", "1/2 sum_j log(|v_j|^2 + |w_j|^2)"},
       {"excess_log_volume",
        "the same above its least value on the orbit, 1/2 sum_j log 2 |v_j||w_j|; 0 where balanced"}}};
}

ModelDescription describe_relu(const Section& model, const DataSource& source) {
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
    if (given && n != given->inputs)
      model.fail("inputs", "the teacher's W has " + std::to_string(given->inputs) + " columns");
    if (given && m != given->outputs)
      model.fail("outputs", "the teacher's V has " + std::to_string(given->outputs) + " numbers for each hidden unit");
    const int teacher = given ? given->hidden : static_cast<int>(instance->integer("hidden", h, between(1, 256)));
    const double scale = given ? 0 : instance->number("scale", 1.0, positive());
    result.shared_instance |= given.has_value();
    constexpr int probes = 64;
    result.parameters =
        store(ReluParameters<Stored>{.inputs = n,
                                     .hidden = h,
                                     .outputs = m,
                                     .samples = probes,
                                     .teacher = teacher,
                                     .teacher_is_given = given.has_value(),
                                     .weight_decay = decay,
                                     .teacher_scale = scale,
                                     .x = by_columns(standard_normals(1, 0, std::size_t(probes) * n), probes, n),
                                     .given_teacher = given ? given->weights : std::vector<double>()});
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
    result.parameters = store(ReluParameters<Stored>{
        .inputs = n, .hidden = h, .outputs = m, .samples = int(count), .weight_decay = decay, .x = x, .y = y});
    result.samples = count;
  } else {
    n = static_cast<int>(model.integer("inputs", 3, between(1, 256)));
    m = static_cast<int>(model.integer("outputs", 1, between(1, 64)));
    const Section loss = model.section("loss");
    loss.choice("kind", {"strength_quadratic"}, "strength_quadratic");
    const double target = loss.number("target", 1.0, finite()), k = loss.number("stiffness", 1.0, positive());
    result.parameters = store(ReluParameters<Stored>{
        .inputs = n, .hidden = h, .outputs = m, .stiffness = k, .target = target, .weight_decay = decay});
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
    for (int i = 0; i < n; ++i)
      result.initial.scale[j * n + i] = deviation.value_or(1 / std::sqrt(double(n))) / stretch;
    for (int i = 0; i < m; ++i)
      result.initial.scale[h * n + j * m + i] = deviation.value_or(1 / std::sqrt(double(m))) * stretch;
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
  result.log_orbit_volume = [=](const std::vector<double>& theta) {
    return VectorPairs<double>{n, h, m}.log_orbit_volume(theta.data());
  };
  return result;
}

}  // namespace orbitwalk::catalog
