// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/completion.hpp"

#include <algorithm>
#include <cmath>

#include "data/data_file.hpp"
#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {
namespace {

struct Shape {
  int rows, columns;
  std::string text() const { return std::to_string(rows) + " × " + std::to_string(columns); }
};

Shape read_shape(const Section& model, int rows, int columns) {
  return {static_cast<int>(model.integer("rows", rows, between(1, 64))),
          static_cast<int>(model.integer("columns", columns, between(1, 64)))};
}

std::vector<double> read_singular_values(const Section& section, const std::vector<double>& fallback,
                                         const Shape& shape) {
  const auto values = section.numbers("singular_values", fallback, non_negative());
  if (values.empty() || int(values.size()) > std::min(shape.rows, shape.columns)) {
    section.fail("singular_values", "expected 1 to min(rows, columns) = " +
                                        std::to_string(std::min(shape.rows, shape.columns)) + " numbers");
  }
  return values;
}

void read_drawn(const Section& model, const Section& instance, CompletionParameters<Stored>& parameters) {
  const Shape shape = read_shape(model, 20, 20);
  const int entries = shape.rows * shape.columns;
  std::vector<double> fallback = {15, 5};
  fallback.resize(std::min<std::size_t>(2, std::min(shape.rows, shape.columns)));
  const auto values = read_singular_values(instance, fallback, shape);
  const double observed = instance.number("observed", 0.2, between(0, 1));
  const int count = static_cast<int>(std::lround(observed * entries));
  if (count == 0) instance.fail("observed", "no entry of a " + shape.text() + " matrix would be observed");
  parameters = {.rows = shape.rows,
                .columns = shape.columns,
                .drawn = true,
                .truth_rank = int(values.size()),
                .samples = count,
                .singular = values};
}

void read_files(const Section& model, const Section& data, CompletionParameters<Stored>& parameters) {
  for (const char* key : {"file", "x", "y", "teacher"}) {
    if (data.has(key)) data.fail(key, "is not for completion, which takes truth and mask, or instance");
  }
  // The whole matrix, or what is observed of it: what the other entries hold is then no truth, and counts as 0.
  const bool whole = !data.has("observed");
  if (!whole && data.has("truth"))
    data.fail("observed", "cannot go together with truth; give the whole matrix, or only what is observed of it");
  const char* key = whole ? "truth" : "observed";
  const std::string path = data_path(data, key);
  Matrix truth = read_data_file(data, key, Missing::accepted);
  const bool gaps =
      std::any_of(truth.values.begin(), truth.values.end(), [](double entry) { return std::isnan(entry); });
  // Missing entries themselves say what is observed.
  const bool own_mask = gaps && !data.has("mask");
  Matrix mask = own_mask ? truth : read_data_file(data, "mask");
  const std::string mask_path = own_mask ? path : data_path(data, "mask");
  if (own_mask) {
    for (double& entry : mask.values) entry = std::isnan(entry) ? 0 : 1;
  }
  if (truth.rows != mask.rows || truth.cols != mask.cols) {
    data.fail("mask", "expected " + std::to_string(truth.rows) + " × " + std::to_string(truth.cols) +
                          " numbers as in " + path + ", but " + mask_path + " has " + std::to_string(mask.rows) +
                          " × " + std::to_string(mask.cols));
  }
  if (std::max(truth.rows, truth.cols) > 64) data.fail(key, "at most 64 rows and columns");
  const Shape file{int(truth.rows), int(truth.cols)}, shape = read_shape(model, file.rows, file.columns);
  if (shape.rows != file.rows) model.fail("rows", "the data has " + std::to_string(file.rows));
  if (shape.columns != file.columns) model.fail("columns", "the data has " + std::to_string(file.columns));
  int count = 0;
  bool hidden_unknown = false;
  for (std::size_t e = 0; e < mask.values.size(); ++e) {
    const double entry = mask.values[e];
    if (entry != 0 && entry != 1) data.fail("mask", "expected only 0 and 1, or booleans, in " + mask_path);
    count += entry == 1;
    const bool known = !std::isnan(truth.values[e]);
    if (entry == 1 && !known) {
      data.fail("mask", "row " + std::to_string(e / mask.cols) + ", column " + std::to_string(e % mask.cols) +
                            " is observed, but has no value in " + path);
    }
    if (entry == 1 || (whole && known)) continue;
    truth.values[e] = 0;
    hidden_unknown = true;
  }
  if (count == 0) data.fail("mask", "no entry is observed in " + mask_path);
  parameters = {.rows = shape.rows,
                .columns = shape.columns,
                .samples = count,
                .hidden_unknown = hidden_unknown,
                .truth = truth.values,
                .mask = mask.values};
}

void read_masked_loss(const Section& model, CompletionParameters<Stored>& parameters) {
  const Shape shape = read_shape(model, 3, 3);
  const Section loss = model.section("loss");
  loss.choice("kind", {"quadratic"}, "quadratic");
  const auto values = read_singular_values(loss, {1.0}, shape);
  std::vector<double> truth(std::size_t(shape.rows) * shape.columns, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) truth[i * shape.columns + i] = values[i];
  parameters = {
      .rows = shape.rows, .columns = shape.columns, .truth = truth, .mask = std::vector<double>(truth.size(), 1.0)};
}

}  // namespace

ModelInfo info_completion() {
  return {
      "matrix completion by a product of two matrices, W = P Q, from some of the entries of a matrix",
      "a step keeps each observed entry with probability `keep`: loss = sum of kept (W - M)^2 / (n m), L its mean; "
      "rescaling "
      "of column P_j and row Q_j; log v = 1/2 sum_j log(|P_j|^2 + |Q_j|^2)",
      {{"rows, columns", "n, m, 1 to 64 (default: those of the file of [data], else 20 with an instance, 3 without)"},
       {"rank", "r, 1 to 64 (default min(n, m))"},
       {"keep", "probability, default 0.5"},
       {"values", "singular values shown (default min(n, m, r, 5))"},
       {"initial_deviation", "of the entries of P and of Q (default [0.11, 0.1])"},
       {"loss",
        "without [data]: { kind = \"quadratic\", singular_values = [1.0] } (diagonal M, all entries observed)"}},
      {{"sigma1 ...", "largest singular values of W, descending"},
       {"ratio1 ... ratior", "|P_j|/|Q_j|"},
       {"log_volume", "log v"},
       {"half_log_det", "that of all GL(r): 1/2 sum_ij log(lambda_i + mu_j), eigenvalues of P^T P and Q Q^T"},
       {"nuclear", "sum of all singular values"},
       {"error", "mean squared error of the entries not observed (of all, where all are)"},
       {"unseen_square", "in place of error where the entries not observed are unknown: the mean of their W^2"},
       {"loss", "L"}}};
}

ModelDescription describe_completion(const Section& model, const DataSource& source) {
  ModelDescription result;
  CompletionParameters<Stored> parameters;
  if (source.given() && model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
  if (const auto instance = source.instance()) {
    read_instance(*instance, {"low_rank"}, result);
    read_drawn(model, *instance, parameters);
  } else if (source.given()) {
    read_files(model, source.section(), parameters);
  } else {
    read_masked_loss(model, parameters);
  }
  const int n = parameters.rows, m = parameters.columns, smaller = std::min(n, m);
  const int r = static_cast<int>(model.integer("rank", smaller, between(1, 64)));
  const double keep = model.number("keep", 0.5, Bounds(0, Bounds::Edge::open, 1, Bounds::Edge::closed));
  if (keep * 4294967296.0 < 1) model.fail("keep", "expected at least 2^-32");
  parameters.rank = r;
  parameters.keep = keep;
  parameters.values = static_cast<int>(model.integer("values", std::min({smaller, r, 5}), between(1, smaller)));
  result.parameters = store(parameters);
  result.samples = std::uint64_t(parameters.samples);
  result.streamed = result.samples > 0;
  result.batched = false;
  const auto deviation = model.numbers("initial_deviation", std::vector<double>{0.11, 0.1}, non_negative());
  if (deviation.size() != 2) model.fail("initial_deviation", "expected two numbers, of P and of Q");
  result.initial.mean.assign(std::size_t(r) * (n + m), 0.0);
  result.initial.scale.assign(std::size_t(r) * n, deviation[0]);
  result.initial.scale.resize(result.initial.mean.size(), deviation[1]);
  result.dimension = r * (n + m);
  result.generators = r;
  result.closed_projection = true;
  result.observables = numbered("sigma", parameters.values);
  for (const auto& name : numbered("ratio", r)) result.observables.push_back(name);
  const bool truth_is_whole = !parameters.hidden_unknown;  // else M counts as 0 where it is not observed
  for (const char* name : {"log_volume", "half_log_det", "nuclear", truth_is_whole ? "error" : "unseen_square", "loss"})
    result.observables.push_back(name);
  if (!truth_is_whole) {
    result.absent.push_back({"error",
                             "is measured on the entries that are not observed, and their values are not known; give "
                             "the whole matrix in [data] truth, or observe "
                             "unseen_square, loss, nuclear or sigma1 instead"});
  }
  result.predictor = [=](const std::vector<double>& theta) {
    std::vector<double> w(std::size_t(n) * m, 0.0);
    for (int j = 0; j < r; ++j) {
      for (int i = 0; i < n; ++i) {
        for (int k = 0; k < m; ++k) w[i * m + k] += theta[j * n + i] * theta[r * n + j * m + k];
      }
    }
    return w;
  };
  result.log_orbit_volume = [=](const std::vector<double>& theta) {
    return VectorPairs<double>{n, r, m}.log_orbit_volume(theta.data());
  };
  return result;
}

}  // namespace orbitwalk::catalog
