// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/attention_data.hpp"

#include <cmath>

#include "models/product_laws.hpp"
#include "spec/sequences.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const RowMajor>;

Eigen::VectorXd gram_spectrum(const View& m) {
  return Eigen::JacobiSVD<Eigen::MatrixXd>(m).singularValues().array().square();
}

// [a, b] of a + b |N(0, 1)|.
std::vector<double> read_gain(const Section& section, const std::string& key, const std::vector<double>& fallback) {
  const auto gain = section.numbers(key, fallback);
  if (gain.size() != 2) section.fail(key, "expected two numbers, [a, b] of a + b |N(0, 1)|");
  return gain;
}

// The loss of a head without data.
void read_loss(const Section& model, int e, bool full, ModelParameters& parameters) {
  const Section loss = model.section("loss");
  const bool strengths = loss.choice("kind", {"quadratic", "strength_quadratic"}, "quadratic") == "strength_quadratic";
  if (strengths && full) loss.fail("kind", "strength_quadratic is not invariant under symmetry = \"full\"");
  parameters.sizes[5] = strengths;
  parameters.numbers[0] = loss.number("stiffness", 1.0, positive());
  if (strengths) {
    parameters.numbers[1] = loss.number("target", 1.0, finite());
    return;
  }
  const auto sigma = loss.numbers("singular_values", std::vector<double>{1.0}, non_negative());
  if (int(sigma.size()) > e) loss.fail("singular_values", "more than embedding = " + std::to_string(e) + " numbers");
  parameters.arrays[0].assign(e * e, 0.0);
  for (std::size_t i = 0; i < sigma.size(); ++i) parameters.arrays[0][i * e + i] = sigma[i];
}

}  // namespace

Dataset attention_teacher(const Section& teacher, int tokens, int embedding, int head, int values) {
  Dataset data;
  data.samples = std::size_t(teacher.integer("samples", between(1, 1e7)));
  const int wide = values > 0 ? values : embedding;
  data.features = std::size_t(tokens) * embedding;
  data.outputs = std::size_t(tokens) * wide;
  const double noise = teacher.number("noise", 0.1, non_negative()), scale = teacher.number("scale", 0.75, positive());
  const auto seed = std::uint64_t(teacher.integer("seed", 1, non_negative()));
  const int h = static_cast<int>(teacher.integer("head", head, between(1, 4096)));
  const auto weights = standard_normals(seed, 0, std::size_t(2 * h + values) * embedding);
  data.x = standard_normals(seed, 1, data.samples * data.features);
  data.y = standard_normals(seed, 2, data.samples * data.outputs);
  const View q(weights.data(), embedding, h), k(weights.data() + std::size_t(embedding) * h, embedding, h);
  const RowMajor v = scale * View(weights.data() + std::size_t(2) * embedding * h, embedding, values);
  const RowMajor form = q * k.transpose() * (scale * scale / std::sqrt(double(h)));
  for (std::size_t n = 0; n < data.samples; ++n) {
    const View x(data.x.data() + n * data.features, tokens, embedding);
    Eigen::Map<RowMajor> y(data.y.data() + n * data.outputs, tokens, wide);
    RowMajor attention = x * form * x.transpose();
    for (int s = 0; s < tokens; ++s) {
      const Eigen::ArrayXd row = (attention.row(s).array() - attention.row(s).maxCoeff()).exp();
      attention.row(s) = (row / row.sum()).matrix().transpose();
    }
    const RowMajor contents = values > 0 ? RowMajor(x * v) : RowMajor(x);
    y = (attention * contents + noise * y).eval();
  }
  return data;
}

ModelDescription describe_attention(const Section& model, const DataSource& source) {
  ModelDescription result;
  const int e = static_cast<int>(model.integer("embedding", 4, between(1, 64)));
  const int h = static_cast<int>(model.integer("head", 2, between(1, 64)));
  const int tokens = static_cast<int>(model.integer("tokens", 3, between(1, 64)));
  const int values = static_cast<int>(model.integer("values", 0, between(0, 64)));
  const bool full = model.choice("symmetry", {"diagonal", "full"}, "diagonal") == "full";
  const double decay = model.number("weight_decay", 0.0, non_negative());
  const double imbalance = model.number("imbalance", 0.0, between(-10, 10));
  const double deviation = model.optional_number("initial_deviation", positive()).value_or(1 / std::sqrt(double(e)));
  const auto gain = read_gain(model, "initial_gain", {1, 0});
  result.parameters = {{e, h, tokens, 0, full, 0, 0, values},
                       {0, 0, decay, 1 / std::sqrt(double(h)), 0, 1, 0, gain[0], gain[1]},
                       {{}, {}, {}}};
  if (const auto instance = source.instance()) {
    if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
    read_instance(*instance, {"teacher"}, result);
    constexpr int probes = 64;
    const std::size_t width = std::size_t(tokens) * e;
    const auto teacher_gain = read_gain(*instance, "gain", {1, 0});
    result.parameters.sizes[3] = probes;
    result.parameters.sizes[6] = static_cast<int>(instance->integer("head", h, between(1, 64)));
    result.parameters.numbers[4] = instance->number("scale", 0.75, positive());
    result.parameters.numbers[5] = teacher_gain[0];
    result.parameters.numbers[6] = teacher_gain[1];
    result.parameters.arrays = {{}, by_columns(standard_normals(1, 0, probes * width), probes, width), {}};
    result.samples = probes;
    result.streamed = true;
  } else if (source.given()) {
    if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
    const Dataset data =
        source.read([&](const Section& teacher) { return attention_teacher(teacher, tokens, e, h, values); });
    check_sequences(source.section(), "x", std::size_t(tokens), std::size_t(e));
    check_sequences(source.section(), "y", std::size_t(tokens), data.outputs / std::size_t(tokens));
    const std::size_t width = std::size_t(tokens) * e, outputs = values > 0 ? std::size_t(tokens) * values : width,
                      count = data.samples;
    if (data.features != width || data.outputs != outputs) {
      model.fail(data.features == width && values > 0 ? "values" : "tokens",
                 "tokens × embedding is " + std::to_string(width) +
                     (values > 0 ? " and tokens × values " + std::to_string(outputs) : "") + ", but the data has " +
                     std::to_string(data.features) + " features and " + std::to_string(data.outputs) + " targets");
    }
    result.parameters.sizes[3] = int(count);
    result.parameters.arrays = {{}, by_columns(data.x, count, width), by_columns(data.y, count, outputs)};
    result.samples = count;
  } else {
    if (values > 0)
      model.fail("values",
                 "without [data] the loss depends on Q Kᵀ alone, and V has none; give [data], or leave values out");
    read_loss(model, e, full, result.parameters);
  }
  result.dimension = (2 * h + values) * e;
  result.generators = full ? h * h : h;
  result.closed_projection = !full;
  result.observables = numbered("ratio", h);
  for (const auto& name : numbered("strength", h)) result.observables.push_back(name);
  result.observables.push_back("loss");
  for (const auto& name : numbered("imbalance", h)) result.observables.push_back(name);
  result.observables.push_back("frobenius_ratio");
  for (const char* name : {"nuclear_ratio", "log_volume", "excess_log_volume"}) result.observables.push_back(name);
  result.initial = {std::vector<double>(result.dimension, 0.0), std::vector<double>(result.dimension, deviation)};
  for (int j = 0; j < h; ++j) {
    const double stretch = std::exp(h == 1 ? imbalance : imbalance * (2.0 * j / (h - 1) - 1));
    for (int i = j; i < e * h; i += h) {
      result.initial.scale[i] = stretch * deviation;
      result.initial.scale[e * h + i] = deviation / stretch;
    }
  }
  if (result.parameters.sizes[5]) {
    result.invariant = [=, k = result.parameters.numbers[0],
                        t = result.parameters.numbers[1]](const std::string& name) -> std::optional<Invariant> {
      const auto j = numbered_index(name, "strength");
      if (!j || *j < 0 || *j >= h) return {};
      return norm_product_invariant(e, e, decay, [=](double s) { return 0.5 * k * (s - t) * (s - t); });
    };
  }
  result.predictor = [e, h](const std::vector<double>& theta) {  // Q Kᵀ and V
    const View q(theta.data(), e, h), k(theta.data() + e * h, e, h);
    const RowMajor form = q * k.transpose();
    std::vector<double> seen(form.data(), form.data() + form.size());
    seen.insert(seen.end(), theta.begin() + 2 * e * h, theta.end());
    return seen;
  };
  if (full && h > e) return result;
  result.log_orbit_volume = [e, h, full](const std::vector<double>& theta) {
    const View q(theta.data(), e, h), k(theta.data() + e * h, e, h);
    if (!full) return 0.5 * (q.colwise().squaredNorm() + k.colwise().squaredNorm()).array().log().sum();
    const Eigen::VectorXd mu = gram_spectrum(q), nu = gram_spectrum(k);
    double sum = 0;
    for (int i = 0; i < h; ++i) {
      for (int j = 0; j < h; ++j) sum += 0.5 * std::log(mu[i] + nu[j]);
    }
    return sum;
  };
  return result;
}

}  // namespace orbitwalk
