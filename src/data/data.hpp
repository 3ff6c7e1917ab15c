// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spec/section.hpp"

namespace orbitwalk {

/// A table of numbers, all finite except where values may be missing: those are NaN.
struct Matrix {
  std::size_t rows = 0, cols = 0;
  std::vector<double> values;      ///< rows × cols, row-major
  std::vector<std::string> names;  ///< of the columns: cols of them, or none when the file has no header

  double operator()(std::size_t row, std::size_t col) const { return values[row * cols + col]; }
};

/// Text and .npy as docs/spec.md describes them under [data], with nothing said about them. IoError names the file and,
/// for text, line and column.
Matrix parse_csv(const std::string& text, const std::string& name);   ///< `name` stands in for the file in messages
Matrix parse_npy(const std::string& bytes, const std::string& name);  ///< likewise

/// The columns wanted, by name or, where no column has that name, by index from 0. SpecError names the file (`name`),
/// the column and the nearest that exists.
Matrix select_columns(const Matrix& table, const std::vector<std::string>& wanted, const std::string& name);

/// A regression problem.
struct Dataset {
  std::size_t samples = 0, features = 0, outputs = 0;
  std::vector<double> x;  ///< samples × features, row-major
  std::vector<double> y;  ///< samples × outputs, row-major; empty (outputs = 0) where no target is given
  std::vector<std::string> feature_names;             ///< features; "x0", "x1", ... where the file has no header
  std::vector<std::string> output_names;              ///< outputs; "y0", ... likewise
  std::vector<double> feature_means, feature_scales;  ///< what `standardize` took off and divided by, else 0 and 1
  std::vector<double> output_means;                   ///< what `center_target` took off, else 0
};

/// Whether a `[data]` table names files, as opposed to a `teacher` table, which the models read themselves. SpecError
/// when it has both.
bool data_from_files(const Section& data);

/// Reads `[data]`: either `x` (file) and optionally `y` (file), or `file`, `target` (column or list of columns, by name
/// or index) and optionally `features` (list; default all the others). `standardize = true` centres the columns of X
/// and scales them to unit standard deviation (divisor: samples); `center_target = true` centres those of y. SpecError:
/// row counts that differ, a constant column to standardize, a missing column, a column both feature and target.
Dataset read_dataset(const Section& data);

}  // namespace orbitwalk
