// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/attention.hpp"

#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
#include "models/product_laws.hpp"
#include "spec/sequences.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk::catalog {
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
void read_fitting_loss(const Section& model, int e, bool full, AttentionParameters<Stored>& parameters) {
  const Section loss = model.section("loss");
  const bool strengths = loss.choice("kind", {"quadratic", "strength_quadratic"}, "quadratic") == "strength_quadratic";
  if (strengths && full) loss.fail("kind", "strength_quadratic is not invariant under symmetry = \"full\"");
  parameters.of_strengths = strengths;
  parameters.stiffness = loss.number("stiffness", 1.0, positive());
  if (strengths) {
    parameters.strength = loss.number("target", 1.0, finite());
    return;
  }
  const auto sigma = loss.numbers("singular_values", std::vector<double>{1.0}, non_negative());
  if (int(sigma.size()) > e) loss.fail("singular_values", "more than embedding = " + std::to_string(e) + " numbers");
  parameters.target.assign(e * e, 0.0);
  for (std::size_t i = 0; i < sigma.size(); ++i) parameters.target[i * e + i] = sigma[i];
}

/// Sequences and the outputs of a random head: tokens x ~ N(0, I), Q, K, V of entries N(0, scale²),
/// Y = softmax((XQ)(XK)ᵀ/√h) X V + noise ξ, without V for values = 0. Features are tokens × embedding and outputs
/// tokens × values (embedding without V), token by token. Keys of the table: samples (sequences), noise (default 0.1),
/// seed, scale (default 0.75), head (default: that of the model).
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

}  // namespace

ModelInfo info_attention() {
  return {
      "one attention head: query, key and value matrices, outputs softmax((XQ)(XK)^T/sqrt(h)) X V",
      "L = 1/(2N) sum |f(X) - Y|^2 over sequences, + weight_decay/2 |theta|^2; V has m columns and is left out for m = "
      "0; "
      "q_j, k_j -> c_j q_j, k_j/c_j, V stays as it is, log v = 1/2 sum_j log(|q_j|^2 + |k_j|^2); or GL(h), log v = "
      "1/2 sum_ij log(mu_i + nu_j), mu, nu eigenvalues of Q^T Q, K^T K",
      {{"embedding", "e, 1 to 64 (default 4)"},
       {"head", "h, 1 to 64 (default 2)"},
       {"tokens", "tokens of a sequence, 1 to 64 (default 3); [data] has tokens × embedding features"},
       {"values",
        "m, columns of V, 0 to 64 (default 0: no V); [data] has tokens × m targets, without V tokens × embedding"},
       {"symmetry", "diagonal (default): rescaling of the columns q_j, k_j; or full: GL(h)"},
       {"weight_decay", "default 0"},
       {"initial_deviation", "standard deviation of all initial weights before the imbalance (default 1/sqrt(e))"},
       {"initial_gain",
        "[a, b]: the initial Q is multiplied by one number, a + b |N(0, 1)|, of each particle; default [1, 0]"},
       {"imbalance", "initial |q_j|/|k_j| is spread by exp(linspace(-imbalance, imbalance, h)) each way, default 0"},
       {"loss",
        "without [data] (and without V): { kind = \"quadratic\", singular_values = [1.0], stiffness = 1.0 } (of Q K^T, "
        "diagonal "
        "target), or { kind = \"strength_quadratic\", target = 1.0, stiffness = 1.0 }"}},
      {{"ratio1 ... ratioh", "|q_j|/|k_j| (not invariant)"},
       {"strength1 ... strengthh", "|q_j||k_j| (not invariant under GL(h))"},
       {"loss", "L"},
       {"imbalance1 ... imbalanceh", "|q_j|^2 - |k_j|^2, constant under gradient flow"},
       {"frobenius_ratio", "|Q|_F / |K|_F"},
       {"nuclear_ratio", "|Q|_* / |K|_*, sums of singular values"},
       {"log_volume", "1/2 sum_j log(|q_j|^2 + |k_j|^2)"},
       {"excess_log_volume",
        "the same above its least value on the orbit, 1/2 sum_j log 2 |q_j||k_j|; 0 where balanced"}}};
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
  AttentionParameters<Stored> parameters{.embedding = e,
                                         .head = h,
                                         .tokens = tokens,
                                         .values = values,
                                         .full = full,
                                         .weight_decay = decay,
                                         .scale = 1 / std::sqrt(double(h)),
                                         .initial_gain = gain[0],
                                         .initial_gain_spread = gain[1]};
  if (const auto instance = source.instance()) {
    if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
    read_instance(*instance, {"teacher"}, result);
    constexpr int probes = 64;
    const std::size_t width = std::size_t(tokens) * e;
    const auto teacher_gain = read_gain(*instance, "gain", {1, 0});
    parameters.samples = probes;
    parameters.teacher = static_cast<int>(instance->integer("head", h, between(1, 64)));
    parameters.teacher_deviation = instance->number("scale", 0.75, positive());
    parameters.teacher_gain = teacher_gain[0];
    parameters.teacher_gain_spread = teacher_gain[1];
    parameters.x = by_columns(standard_normals(1, 0, probes * width), probes, width);
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
    parameters.samples = int(count);
    parameters.x = by_columns(data.x, count, width);
    parameters.y = by_columns(data.y, count, outputs);
    result.samples = count;
  } else {
    if (values > 0)
      model.fail("values",
                 "without [data] the loss depends on Q Kᵀ alone, and V has none; give [data], or leave values out");
    read_fitting_loss(model, e, full, parameters);
  }
  result.parameters = store(parameters);
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
  if (parameters.of_strengths) {
    result.invariant = [=, k = parameters.stiffness,
                        t = parameters.strength](const std::string& name) -> std::optional<Invariant> {
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

}  // namespace orbitwalk::catalog
