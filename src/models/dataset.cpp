// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/dataset.hpp"

#include <Eigen/Cholesky>

#include "kernels/random/noise_address.hpp"
#include "models/description.hpp"

namespace orbitwalk {
namespace {
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
}

std::optional<Section> DataSource::instance() const {
  if (!data_) return {};
  const auto instance = data_->optional_section("instance");
  if (!instance) return {};
  for (const char* key : {"file", "x", "teacher"}) {
    if (data_->has(key)) data_->fail(key, "cannot go together with instance, which draws the data");
  }
  return instance;
}

std::string read_instance(const Section& instance, const std::vector<std::string>& kinds,
                          ModelDescription& description) {
  const std::string kind = instance.choice("kind", kinds, kinds[0]);
  description.instance_seed = std::uint64_t(instance.integer("seed", 1, non_negative()));
  description.shared_instance = instance.boolean("shared", false);
  return kind;
}

std::vector<double> standard_normals(std::uint64_t seed, std::uint32_t stream, std::size_t count) {
  const int per_block = variates_per_block<double>(Variates::gaussian);
  std::vector<double> result(count);
  double block[4];
  for (std::size_t i = 0; i < count; ++i) {
    if (i % per_block == 0) {
      fill_block<double>(Variates::gaussian, seed, same_id<double>(stream), i / per_block, Purpose::teacher, 0, block);
    }
    result[i] = block[i % per_block];
  }
  return result;
}

std::vector<double> by_columns(const std::vector<double>& values, std::size_t rows, std::size_t columns) {
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result[j * rows + i] = values[i * columns + j];
  }
  return result;
}

LeastSquares::LeastSquares(const Dataset& data) {
  const Eigen::Map<const RowMajor> x(data.x.data(), data.samples, data.features),
      y(data.y.data(), data.samples, data.outputs);
  const double share = 1.0 / double(data.samples);
  const RowMajor h = x.transpose() * x * share, b = y.transpose() * x * share;
  hessian.assign(h.data(), h.data() + h.size());
  cross.assign(b.data(), b.data() + b.size());
  constant = y.squaredNorm() * share;
}

std::vector<double> ridge_solution(const LeastSquares& problem, int features, double ridge) {
  const Eigen::Map<const RowMajor> h(problem.hessian.data(), features, features);
  const Eigen::Map<const Eigen::VectorXd> b(problem.cross.data(), features);
  const Eigen::VectorXd w = (h + ridge * RowMajor::Identity(features, features)).ldlt().solve(b);
  return {w.data(), w.data() + w.size()};
}

SampledSlope sampled_slope(const std::vector<double>& x, const std::vector<double>& y,
                           std::function<double(double)> speed) {
  double xx = 0, xy = 0;
  const double share = 1.0 / double(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) xx += x[i] * x[i] * share, xy += x[i] * y[i] * share;
  // Var(x² w - x y) = spread (w - at)² + floor, by the regression of x y on x²: floor is its residual variance, exactly
  // 0 where all samples agree on a noiseless weight up to a constant slope.
  double spread = 0, joint = 0, alone = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i] * x[i] - xx, b = x[i] * y[i] - xy;
    spread += a * a * share, joint += a * b * share, alone += b * b * share;
  }
  if (!(spread > 1e-26 * xx * xx)) spread = joint = 0;
  const double at = spread > 0 ? joint / spread : 0;
  double floor = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double residual = x[i] * y[i] - xy - at * (x[i] * x[i] - xx);
    floor += residual * residual * share;
  }
  if (!(floor > 1e-26 * (alone + xy * xy))) floor = 0;
  return {[=](double w) { return spread * (w - at) * (w - at) + floor; }, xx, std::move(speed)};
}

Dataset linear_teacher(const Section& teacher, int features, int outputs) {
  Dataset data;
  data.samples = std::size_t(teacher.integer("samples", between(1, 1e7)));
  data.features = features;
  data.outputs = outputs;
  const double noise = teacher.number("noise", 0.1, non_negative());
  const auto seed = std::uint64_t(teacher.integer("seed", 1, non_negative()));
  std::vector<double> weights;
  if (teacher.has("weights")) {
    weights = teacher.numbers("weights");
    if (weights.size() != std::size_t(features) * outputs) {
      teacher.fail("weights",
                   "expected " + std::to_string(features * outputs) + " numbers, outputs × features row by row");
    }
  } else {
    weights = standard_normals(seed, 0, std::size_t(features) * outputs);
  }
  data.x = standard_normals(seed, 1, data.samples * features);
  data.y = standard_normals(seed, 2, data.samples * outputs);
  const Eigen::Map<const RowMajor> x(data.x.data(), data.samples, features), w(weights.data(), outputs, features);
  Eigen::Map<RowMajor> y(data.y.data(), data.samples, outputs);
  y = (x * w.transpose() + noise * y).eval();
  for (int j = 0; j < features; ++j) data.feature_names.push_back("x" + std::to_string(j));
  for (int j = 0; j < outputs; ++j) data.output_names.push_back("y" + std::to_string(j));
  return data;
}

}  // namespace orbitwalk
