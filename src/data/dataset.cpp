// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>

#include "data/data_file.hpp"
#include "data/table_columns.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec_document.hpp"  // shown()
#include "support/suggest.hpp"

namespace orbitwalk {
namespace detail {

std::size_t find_column(const Matrix& table, const std::string& wanted, const std::string& name) {
  const auto found = std::find(table.names.begin(), table.names.end(), wanted);
  if (found != table.names.end()) return static_cast<std::size_t>(found - table.names.begin());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  if (error == std::errc() && end == wanted.data() + wanted.size() && index < table.cols) return index;
  const std::string last = std::to_string(table.cols - 1);
  throw SpecError(name + ": no column " + detail::shown(wanted) +
                  (table.names.empty() ? "; the file has no header, so columns are numbered 0 to " + last
                                       : suggestion(wanted, table.names, "columns")));
}

Matrix pick(const Matrix& table, const std::vector<std::size_t>& columns) {
  Matrix result;
  result.rows = table.rows;
  result.cols = columns.size();
  result.values.reserve(result.rows * result.cols);
  for (std::size_t i = 0; i < table.rows; ++i)
    for (const std::size_t j : columns) result.values.push_back(table(i, j));
  if (!table.names.empty())
    for (const std::size_t j : columns) result.names.push_back(table.names[j]);
  return result;
}

std::vector<std::size_t> find_columns(const Matrix& table, const std::vector<std::string>& wanted,
                                      const std::string& name) {
  std::vector<std::size_t> columns;
  for (const std::string& column : wanted) {
    columns.push_back(find_column(table, column, name));
    if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
      throw SpecError(name + ": column " + detail::shown(column) + " is named twice");
  }
  return columns;
}

}  // namespace detail

namespace {

using detail::find_columns;
using detail::pick;

double mean_of(const std::vector<double>& values, std::size_t column, std::size_t cols) {
  // The mean of differences from the first value does not lose digits, nor overflow, where the values share an offset.
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t k = column; k < values.size(); k += cols, ++count) sum += values[k] - values[column];
  return values[column] + sum / static_cast<double>(count);
}

}  // namespace

Matrix select_columns(const Matrix& table, const std::vector<std::string>& wanted, const std::string& name) {
  return pick(table, find_columns(table, wanted, name));
}

bool data_from_files(const Section& data) {
  const bool files = data.has("x") || data.has("file");
  if (files && data.has("teacher"))
    data.fail("teacher", "cannot go together with data files; give either the files or a teacher");
  return files;
}

Dataset read_dataset(const Section& data) {
  data_from_files(data);
  if (data.has("instance"))
    data.fail("instance", "this model takes files or a teacher, not data that every particle draws for itself");
  if (data.has("x") && data.has("file"))
    data.fail("file", "cannot go together with x; give either x (and y) or file and target");
  Matrix x, y;
  std::string x_path;
  if (data.has("file")) {
    x_path = data_path(data, "file");
    const Table whole = read_whole_table(data, "file", Missing::refused, data.has("features"));
    const Matrix& table = whole.matrix;
    const std::vector<std::string> wanted = data.labels("target");
    if (wanted.empty()) data.fail("target", "expected at least one column");
    const std::vector<std::size_t> targets = find_columns(table, wanted, x_path);
    const auto refuse_ignored = [&](const char* key, const std::vector<std::size_t>& columns,
                                    const std::vector<std::string>& names) {
      for (std::size_t k = 0; k < columns.size(); ++k)
        if (whole.ignored[columns[k]])
          data.fail(key, "column " + detail::shown(names[k]) + " of " + x_path + " is left out");
    };
    refuse_ignored("target", targets, wanted);
    std::vector<std::size_t> features;
    if (data.has("features")) {
      const std::vector<std::string> names = data.labels("features");
      features = find_columns(table, names, x_path);
      refuse_ignored("features", features, names);
      for (std::size_t k = 0; k < features.size(); ++k)
        if (std::count(targets.begin(), targets.end(), features[k]))
          data.fail("features", "column " + detail::shown(names[k]) + " is the target already");
    } else {
      for (std::size_t j = 0; j < table.cols; ++j)
        if (!whole.ignored[j] && !std::count(targets.begin(), targets.end(), j)) features.push_back(j);
    }
    if (features.empty()) data.fail(data.has("features") ? "features" : "target", "no column is left as a feature");
    x = pick(table, features);
    y = pick(table, targets);
  } else {
    x_path = data_path(data, "x");
    x = read_data_file(data, "x");
    if (data.has("y")) {
      const std::string y_path = data_path(data, "y");
      y = read_data_file(data, "y");
      if (y.rows != x.rows)
        data.fail("y", "expected as many rows as x, but " + y_path + " has " + std::to_string(y.rows) + " and " +
                           x_path + " has " + std::to_string(x.rows));
    }
  }

  Dataset set;
  set.samples = x.rows;
  set.features = x.cols;
  set.outputs = y.cols;
  set.x = std::move(x.values);
  set.y = std::move(y.values);
  set.feature_names = std::move(x.names);
  set.output_names = std::move(y.names);
  if (set.feature_names.empty())
    for (std::size_t j = 0; j < set.features; ++j) set.feature_names.push_back("x" + std::to_string(j));
  if (set.output_names.empty())
    for (std::size_t j = 0; j < set.outputs; ++j) set.output_names.push_back("y" + std::to_string(j));
  set.feature_means.assign(set.features, 0);
  set.feature_scales.assign(set.features, 1);
  set.output_means.assign(set.outputs, 0);

  if (data.boolean("standardize", false)) {
    for (std::size_t j = 0; j < set.features; ++j) {
      const double mean = mean_of(set.x, j, set.features);
      double largest = 0, squares = 0;
      for (std::size_t k = j; k < set.x.size(); k += set.features)
        largest = std::max(largest, std::abs(set.x[k] - mean));
      bool constant = true;
      for (std::size_t k = j; k < set.x.size(); k += set.features) {
        constant = constant && set.x[k] == set.x[j];
        const double scaled = largest > 0 ? (set.x[k] - mean) / largest : 0;  // squares neither over- nor underflow
        squares += scaled * scaled;
      }
      const double scale = largest * std::sqrt(squares / static_cast<double>(set.samples));
      if (constant || !(scale > 0) || !std::isfinite(scale))
        data.fail("standardize", "column " + detail::shown(set.feature_names[j]) + " of " + x_path +
                                     (constant ? " is constant" : " has a spread beyond the range of numbers"));
      for (std::size_t k = j; k < set.x.size(); k += set.features) set.x[k] = (set.x[k] - mean) / scale;
      set.feature_means[j] = mean;
      set.feature_scales[j] = scale;
    }
  }
  if (data.boolean("center_target", false)) {
    if (set.outputs == 0) data.fail("center_target", "there is no target to centre");
    for (std::size_t j = 0; j < set.outputs; ++j) {
      const double mean = mean_of(set.y, j, set.outputs);
      if (!std::isfinite(mean)) data.fail("center_target", "the target is beyond the range of numbers");
      for (std::size_t k = j; k < set.y.size(); k += set.outputs) set.y[k] -= mean;
      set.output_means[j] = mean;
    }
  }
  return set;
}

}  // namespace orbitwalk
