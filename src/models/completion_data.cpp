// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/completion_data.hpp"

#include <algorithm>
#include <cmath>

#include "data/data_file.hpp"

namespace orbitwalk {
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

Shape read_drawn(const Section& model, const Section& instance, ModelDescription& result) {
  read_instance(instance, {"low_rank"}, result);
  const Shape shape = read_shape(model, 20, 20);
  const int entries = shape.rows * shape.columns;
  std::vector<double> fallback = {15, 5};
  fallback.resize(std::min<std::size_t>(2, std::min(shape.rows, shape.columns)));
  const auto values = read_singular_values(instance, fallback, shape);
  const double observed = instance.number("observed", 0.2, between(0, 1));
  const int count = static_cast<int>(std::lround(observed * entries));
  if (count == 0) instance.fail("observed", "no entry of a " + shape.text() + " matrix would be observed");
  result.parameters.sizes = {shape.rows, shape.columns, 0, 0, 1, int(values.size()), count, 0};
  result.parameters.arrays = {{}, {}, values};
  return shape;
}

Shape read_files(const Section& model, const Section& data, ModelDescription& result) {
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
  result.parameters.sizes = {shape.rows, shape.columns, 0, 0, 0, 0, count, hidden_unknown};
  result.parameters.arrays = {truth.values, mask.values, {}};
  return shape;
}

Shape read_loss(const Section& model, ModelDescription& result) {
  const Shape shape = read_shape(model, 3, 3);
  const Section loss = model.section("loss");
  loss.choice("kind", {"quadratic"}, "quadratic");
  const auto values = read_singular_values(loss, {1.0}, shape);
  std::vector<double> truth(std::size_t(shape.rows) * shape.columns, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) truth[i * shape.columns + i] = values[i];
  result.parameters.sizes = {shape.rows, shape.columns, 0, 0, 0, 0, 0, 0};
  result.parameters.arrays = {truth, std::vector<double>(truth.size(), 1.0), {}};
  return shape;
}

}  // namespace

ModelDescription describe_completion(const Section& model, const DataSource& source) {
  ModelDescription result;
  if (source.given() && model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
  const auto instance = source.instance();
  const Shape shape = instance         ? read_drawn(model, *instance, result)
                      : source.given() ? read_files(model, source.section(), result)
                                       : read_loss(model, result);
  const int smaller = std::min(shape.rows, shape.columns);
  const int rank = static_cast<int>(model.integer("rank", smaller, between(1, 64)));
  const double keep = model.number("keep", 0.5, Bounds(0, Bounds::Edge::open, 1, Bounds::Edge::closed));
  if (keep * 4294967296.0 < 1) model.fail("keep", "expected at least 2^-32");
  auto& sizes = result.parameters.sizes;
  sizes[2] = rank;
  sizes[3] = static_cast<int>(model.integer("values", std::min({smaller, rank, 5}), between(1, smaller)));
  result.parameters.numbers = {keep};
  result.samples = std::uint64_t(sizes[6]);
  result.streamed = result.samples > 0;
  result.batched = false;
  const auto deviation = model.numbers("initial_deviation", std::vector<double>{0.11, 0.1}, non_negative());
  if (deviation.size() != 2) model.fail("initial_deviation", "expected two numbers, of P and of Q");
  result.initial.mean.assign(std::size_t(rank) * (shape.rows + shape.columns), 0.0);
  result.initial.scale.assign(std::size_t(rank) * shape.rows, deviation[0]);
  result.initial.scale.resize(result.initial.mean.size(), deviation[1]);
  return result;
}

}  // namespace orbitwalk
