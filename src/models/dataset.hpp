// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/data.hpp"
#include "geometry/quotient.hpp"
#include "spec/section.hpp"

// Host side of models with data: where the data comes from, and the sufficient statistics of linear least squares.
namespace orbitwalk {

/// The [data] section of a spec, if there is one, and how a model gets a data set from it.
class DataSource {
 public:
  explicit DataSource(std::optional<Section> data = {}) : data_(std::move(data)) {}
  bool given() const { return data_.has_value(); }

  /// Samples from files, or from a teacher. `draw` makes a data set from the table `teacher` (samples, noise, seed and
  /// what the model adds).
  template <class Draw>
  Dataset read(Draw draw) const {
    if (const auto teacher = data_->optional_section("teacher"); teacher && !data_from_files(*data_))
      return draw(*teacher);
    return read_dataset(*data_);
  }
  const Section& section() const { return *data_; }

  /// The table `instance`, where every particle draws the problem for itself. SpecError when data is given besides.
  std::optional<Section> instance() const;

 private:
  std::optional<Section> data_;
};

struct ModelDescription;

/// Reads what all instances have in common into the description, kind (one of `kinds`), seed and shared, and returns
/// the kind.
std::string read_instance(const Section& instance, const std::vector<std::string>& kinds,
                          ModelDescription& description);

/// Standard normal numbers for teachers and generated data: stream `purpose` of `seed`, double precision, in order.
std::vector<double> standard_normals(std::uint64_t seed, std::uint32_t stream, std::size_t count);

/// A row-major rows × columns table by columns: gathers of one feature for many samples then lie close together.
std::vector<double> by_columns(const std::vector<double>& values, std::size_t rows, std::size_t columns);

/// What least squares needs of a data set: with N samples, features n and outputs m,
///   H = XᵀX/N (n×n), B = YᵀX/N (m×n), c = |Y|²/N; then 1/(2N) Σ |W x - y|² = 1/2 tr(W H Wᵀ) - tr(B Wᵀ) + c/2.
struct LeastSquares {
  std::vector<double> hessian, cross;
  double constant = 0;
  explicit LeastSquares(const Dataset& data);
};

/// argmin of 1/(2N)|Xw - y|² + ridge/2 |w|² (one output, LDLT; Eigen).
std::vector<double> ridge_solution(const LeastSquares& problem, int features, double ridge);

/// What the law of SGD's diffusion limit needs of one feature x and one target y: Var_i of x_i (x_i w - y_i) and <x²>;
/// `speed` as in geometry/quotient.hpp.
SampledSlope sampled_slope(const std::vector<double>& x, const std::vector<double>& y,
                           std::function<double(double)> speed);

/// A linear teacher y = W x + noise ξ with x ~ N(0, I): `weights` (outputs × features) or a draw of them.
/// Keys of the table: samples, noise, seed, weights (optional; default N(0, 1)).
Dataset linear_teacher(const Section& teacher, int features, int outputs);

}  // namespace orbitwalk
