// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "models/functor.hpp"

// What the observables and the quotient coordinates of the models are, by Eigen and independently of the functors.
namespace orbitwalk::test {

/// Observables by name, apart from the loss. A model that is not here is tested without an oracle, and the test says
/// so.
inline std::optional<std::map<std::string, double>> observables_of(const ModelDescription& model, const Vector& theta) {
  const auto size = [&](const char* name) { return model.parameters.size(name); };
  std::map<std::string, double> values;
  const auto spectrum = [&](const Eigen::MatrixXd& s) {
    const Vector lambda = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(s).eigenvalues();
    values["lambda_min"] = lambda[0], values["lambda_max"] = lambda[lambda.size() - 1], values["trace"] = s.trace();
    for (int i = 0; i < lambda.size(); ++i) values["#" + std::to_string(i)] = lambda[i];
  };
  if (model.name == "radial") {
    values["r"] = values["#0"] = theta.norm();
    for (int i = 0; i < theta.size(); ++i) values["theta" + std::to_string(i + 1)] = theta[i];
  } else if (model.name == "hadamard") {
    for (int i = 0, c = size("coordinates"); i < c; ++i) {
      const double p = theta[i], q = theta[c + i];
      values["w" + std::to_string(i + 1)] = p * q;
      values["balance" + std::to_string(i + 1)] = p * p - q * q;
    }
  } else if (model.name == "relu") {
    const int n = size("inputs"), h = size("hidden"), m = size("outputs");
    for (int j = 0; j < h; ++j) {
      const double in = theta.segment(j * n, n).norm(), out = theta.segment(h * n + j * m, m).norm();
      values["ratio" + std::to_string(j + 1)] = out / in;
      values["strength" + std::to_string(j + 1)] = out * in;
      values["imbalance" + std::to_string(j + 1)] = out * out - in * in;
      values["log_volume"] += 0.5 * std::log(out * out + in * in);
      values["excess_log_volume"] += 0.5 * std::log((out / in + in / out) / 2);
    }
  } else if (model.name == "matrix_product") {
    const int m = size("rows"), n = size("columns"), r = size("rank");
    const Eigen::Map<const Matrix> u(theta.data(), m, r), v(theta.data() + m * r, n, r);
    const Vector sigma = Eigen::JacobiSVD<Eigen::MatrixXd>(u * v.transpose()).singularValues();
    for (int i = 0; i < std::min({m, n, r}); ++i) values["sigma" + std::to_string(i + 1)] = sigma[i];
    values["nuclear"] = sigma.sum();
  } else if (model.name == "gram_product") {
    const Eigen::Map<const Matrix> x(theta.data(), size("rows"), size("rank"));
    spectrum(x.transpose() * x);
  } else if (model.name == "softmax_shift") {
    const Vector weights = (theta.array() - theta.maxCoeff()).exp();
    for (int i = 0; i < theta.size(); ++i) values["p" + std::to_string(i + 1)] = weights[i] / weights.sum();
    values["mean"] = theta.mean();
  } else if (model.name == "scale_invariant") {
    values["r"] = theta.norm(), values["cosine"] = theta.normalized()[0];
  } else if (model.name == "deep_hadamard") {
    for (int i = 0, c = size("coordinates"); i < c; ++i) {
      const auto u = theta(Eigen::seq(i, Eigen::last, c)).array();
      values["w" + std::to_string(i + 1)] = u.prod();
      values["spread" + std::to_string(i + 1)] = u.square().maxCoeff() - u.square().minCoeff();
    }
  } else if (model.name == "groups") {
    const int groups = size("groups"), n = size("size");
    for (int g = 0; g < groups; ++g) {
      const Vector v = theta.segment(groups + g * n, n), w = theta[g] * v;
      values["norm" + std::to_string(g + 1)] = w.norm();
      values["balance" + std::to_string(g + 1)] = v.squaredNorm() - theta[g] * theta[g];
      for (int i = 0; i < n; ++i) values["w" + std::to_string(g * n + i + 1)] = w[i];
    }
  } else if (model.name == "mapped_hadamard") {
    const int c = size("coordinates");
    const Eigen::Map<const Matrix> map(model.parameters.array("map").data(), c, c);
    const Vector p = theta.head(c), q = theta.tail(c), z = p.cwiseProduct(q), w = map * z;
    for (int i = 0; i < c; ++i) {
      values["z" + std::to_string(i + 1)] = z[i], values["w" + std::to_string(i + 1)] = w[i];
      values["balance" + std::to_string(i + 1)] = p[i] * p[i] - q[i] * q[i];
    }
  } else if (model.name == "attention") {
    const int e = size("embedding"), h = size("head");
    const Eigen::Map<const Matrix> q(theta.data(), e, h), k(theta.data() + e * h, e, h);
    for (int j = 0; j < h; ++j) {
      values["ratio" + std::to_string(j + 1)] = q.col(j).norm() / k.col(j).norm();
      values["strength" + std::to_string(j + 1)] = q.col(j).norm() * k.col(j).norm();
      values["imbalance" + std::to_string(j + 1)] = q.col(j).squaredNorm() - k.col(j).squaredNorm();
      values["log_volume"] += 0.5 * std::log(q.col(j).squaredNorm() + k.col(j).squaredNorm());
      values["excess_log_volume"] +=
          0.5 * std::log((q.col(j).norm() / k.col(j).norm() + k.col(j).norm() / q.col(j).norm()) / 2);
    }
    values["frobenius_ratio"] = q.norm() / k.norm();
    values["nuclear_ratio"] = Eigen::JacobiSVD<Eigen::MatrixXd>(q).singularValues().sum() /
                              Eigen::JacobiSVD<Eigen::MatrixXd>(k).singularValues().sum();
  } else if (model.name == "conjugation") {
    const int n = size("size");
    Eigen::MatrixXd a(n, n);
    for (int i = 0, at = 0; i < n; ++i) {
      for (int j = i; j < n; ++j) a(i, j) = a(j, i) = theta[at++] / (i == j ? 1 : std::sqrt(2.0));
    }
    spectrum(a);
  } else {
    return {};
  }
  return values;
}

/// The quotient coordinates z_1 <= z_2 <= ... of a model that has them ("#0", "#1", ... above).
inline std::optional<Vector> quotient_coordinates(const ModelDescription& model, const Vector& theta) {
  const auto values = observables_of(model, theta);
  if (!values || !values->count("#0")) return {};
  Vector z(0);
  for (int i = 0; values->count("#" + std::to_string(i)); ++i) {
    z.conservativeResize(i + 1);
    z[i] = values->at("#" + std::to_string(i));
  }
  return z;
}

/// |θ|² = Σ square(z_i).
inline double square_of_parameters(const ModelDescription& model, double z) {
  return model.name == "gram_product" ? z : z * z;
}

}  // namespace orbitwalk::test
