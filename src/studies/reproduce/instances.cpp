// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/instances.hpp"

#include <cmath>
#include "support/decompositions.hpp"

#include "models/host_model.hpp"

namespace orbitwalk::reproduce {

SeedRegression regression_of(const FinishedRun& run, std::uint64_t particle) {
  const ModelDescription& model = run.experiment.problem.model;
  const ModelParameters& parameters = model.parameters;
  const int c = model.dimension, n = int(model.samples);
  SeedRegression instance{Eigen::MatrixXd(n, c), Eigen::VectorXd(n), Eigen::VectorXd(c)};
  if (model.instance == 0) {
    instance.a = Eigen::Map<const Eigen::MatrixXd>(parameters.array("x").data(), n, c);
    instance.y = Eigen::Map<const Eigen::VectorXd>(parameters.array("y").data(), n);
    instance.truth = Eigen::Map<const Eigen::VectorXd>(parameters.array("known").data(), c);
    return instance;
  }
  const std::vector<double> own =
      draw_instance(model, particle, run.experiment.problem.plan.precision != Precision::float64);
  for (int b = 0; b < n; ++b) {
    for (int i = 0; i < c; ++i) instance.a(b, i) = own[std::size_t(b) * c + i];
    instance.y[b] = own[std::size_t(n) * c + b];
  }
  if (!parameters.array("known").empty()) {
    instance.truth = Eigen::Map<const Eigen::VectorXd>(parameters.array("known").data(), c);
  } else if (own.size() == std::size_t(n) * (c + 1)) {  // files without a truth
    instance.truth.resize(0);
  } else {
    for (int i = 0; i < c; ++i) instance.truth[i] = own[std::size_t(n) * (c + 1) + i];
  }
  return instance;
}

double total_variation(const Eigen::VectorXd& w) {
  double sum = 0;
  for (Eigen::Index i = 1; i < w.size(); ++i) sum += std::abs(w[i] - w[i - 1]);
  return sum;
}

double training_error(const SeedRegression& instance, const Eigen::VectorXd& w) {
  return (instance.a * w - instance.y).squaredNorm() / double(instance.y.size());
}

Eigen::VectorXd descent_from_zero(const SeedRegression& instance, double step, double steps) {
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(instance.a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd& values = svd.singularValues();
  Eigen::VectorXd along = svd.matrixU().transpose() * instance.y;
  for (Eigen::Index i = 0; i < along.size(); ++i) {
    const double rate = step * values[i] * values[i] / double(instance.y.size());
    // beyond 1 it overshoots
    const double open = rate < 1 ? -std::expm1(steps * std::log1p(-rate)) : 1 - std::pow(1 - rate, steps);
    along[i] = values[i] > 0 ? along[i] * open / values[i] : 0;
  }
  return svd.matrixV() * along;
}

Eigen::VectorXd least_l1_at(const SeedRegression& instance, double target) {
  const double largest =
      2 * (instance.a.transpose() * instance.y).lpNorm<Eigen::Infinity>() / double(instance.y.size());
  double low = std::log(1e-4 * largest), high = std::log(largest);
  Eigen::VectorXd w = lasso(instance.a, instance.y, std::exp(low)).x;
  if (training_error(instance, w) >= target) return w;
  for (int i = 0; i < 20; ++i) {
    const double middle = 0.5 * (low + high);
    const Eigen::VectorXd tried = lasso(instance.a, instance.y, std::exp(middle)).x;
    if (training_error(instance, tried) <= target) low = middle, w = tried;
    else high = middle;
  }
  return w;
}

Eigen::VectorXd least_variation_at(const SeedRegression& instance, double target) {
  const Eigen::Index c = instance.a.cols();
  const Eigen::MatrixXd columns = by_increments(instance.a);
  const Eigen::VectorXd level = columns.col(0).normalized();
  SeedRegression rest{columns.rightCols(c - 1), instance.y, {}};
  rest.a -= level * (level.transpose() * rest.a);
  rest.y -= level * level.dot(rest.y);
  const Eigen::VectorXd increments = least_l1_at(rest, target);
  Eigen::VectorXd w(c);
  w[0] = level.dot(instance.y - columns.rightCols(c - 1) * increments) / columns.col(0).norm();
  for (Eigen::Index i = 1; i < c; ++i) w[i] = w[i - 1] + increments[i - 1];
  return w;
}

// kernels/models/completion.hpp: M and the mask, row by row.
MaskedMatrix masked_matrix_of(const FinishedRun& run, std::uint64_t particle) {
  const ModelDescription& model = run.experiment.problem.model;
  const ModelParameters& parameters = model.parameters;
  const int n = parameters.size("rows"), m = parameters.size("columns");
  std::vector<double> own;
  if (model.instance > 0) {
    own = draw_instance(model, particle, run.experiment.problem.plan.precision != Precision::float64);
  } else {
    own = parameters.array("truth");
    const std::vector<double>& mask = parameters.array("mask");
    own.insert(own.end(), mask.begin(), mask.end());
  }
  MaskedMatrix instance{Eigen::MatrixXd(n, m), Mask(n, m)};
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < m; ++j) {
      instance.truth(i, j) = own[std::size_t(i) * m + j];
      instance.mask(i, j) = own[std::size_t(n) * m + std::size_t(i) * m + j] != 0;
    }
  }
  return instance;
}

}  // namespace orbitwalk::reproduce
