// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "geometry/orbit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include "support/decompositions.hpp"

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {
using Eigen::MatrixXd;
using Eigen::VectorXd;

int count_above(const VectorXd& singular_values, double tolerance) {
  int rank = 0;
  while (rank < singular_values.size() && singular_values[rank] > tolerance * singular_values[0]) ++rank;
  return rank;
}

/// D_η F at θ. The step is a fixed share of |θ|: rounding 1e-13 |F|, and nothing else where F is a polynomial up to
/// degree 4.
MatrixXd derivative(const Frame& frame, const VectorXd& theta, const VectorXd& eta) {
  const double length = eta.norm(), size = theta.norm();
  if (!(length > 0)) return MatrixXd::Zero(theta.size(), frame(theta).cols());
  const double h = 1e-3 * (size > 0 ? size : 1) / length;
  const auto difference = [&](double t) -> MatrixXd { return frame(theta + t * eta) - frame(theta - t * eta); };
  return (8 * difference(h) - difference(2 * h)) / (12 * h);
}

}  // namespace

Orbit orbit_at(const Frame& frame, const VectorXd& theta, double tolerance) {
  Orbit orbit;
  orbit.frame = frame(theta);
  const Eigen::Index d = orbit.frame.rows(), k = orbit.frame.cols();
  if (k == 0) {
    orbit.tangent.resize(d, 0);
    orbit.inverse.resize(0, d);
    return orbit;
  }
  const Eigen::JacobiSVD<MatrixXd> svd(orbit.frame, Eigen::ComputeThinU | Eigen::ComputeThinV);
  orbit.singular_values = svd.singularValues();
  const int r = orbit.rank = count_above(orbit.singular_values, tolerance);
  orbit.tangent = svd.matrixU().leftCols(r);
  orbit.inverse =
      svd.matrixV().leftCols(r) * orbit.singular_values.head(r).cwiseInverse().asDiagonal() * orbit.tangent.transpose();
  for (int i = 0; i < r; ++i) orbit.log_volume += std::log(orbit.singular_values[i]);
  return orbit;
}

int generic_rank(const Frame& frame, int d, int points, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  int rank = 0;
  for (int i = 0; i < points; ++i) {
    VectorXd theta(d);
    for (double& value : theta) value = normal(generator);
    rank = std::max(rank, orbit_at(frame, theta).rank);
  }
  return rank;
}

VectorXd log_volume_gradient(const Frame& frame, const VectorXd& theta) {
  const Orbit orbit = orbit_at(frame, theta);
  VectorXd gradient(theta.size());
  for (int i = 0; i < theta.size(); ++i) {
    const MatrixXd change = derivative(frame, theta, VectorXd::Unit(theta.size(), i));
    // What takes the kernel of F out of the vertical space makes the rank grow to first order.
    const MatrixXd leaving = change - change * orbit.inverse * orbit.frame;
    const MatrixXd growing = leaving - orbit.tangent * (orbit.tangent.transpose() * leaving);
    if (growing.norm() > 1e-6 * change.norm()) {
      throw NumericalError("the orbit has rank " + std::to_string(orbit.rank) +
                           " here and a higher one next to it: its volume has no gradient");
    }
    gradient[i] = orbit.inverse.cwiseProduct(change.transpose()).sum();
  }
  return gradient;
}

VectorXd mean_curvature(const Frame& frame, const VectorXd& theta) {
  const Orbit orbit = orbit_at(frame, theta);
  VectorXd sum = VectorXd::Zero(theta.size());
  // Γ⁺ = F⁺F⁺ᵀ: along the orthonormal tangent t_i = F c_i, D_{t_i} of the field F c_i with c_i held fixed.
  const MatrixXd coefficients = orbit.inverse * orbit.tangent;  // k × rank
  for (int i = 0; i < orbit.rank; ++i) sum += derivative(frame, theta, orbit.tangent.col(i)) * coefficients.col(i);
  return orbit.horizontal(sum);
}

double log_gauge_volume(const MatrixXd& jacobian) {
  if (jacobian.rows() == 0) return 0;
  if (jacobian.rows() > jacobian.cols()) return -std::numeric_limits<double>::infinity();
  const VectorXd s = Eigen::JacobiSVD<MatrixXd>(jacobian).singularValues();
  if (count_above(s, rank_tolerance) < s.size()) return -std::numeric_limits<double>::infinity();
  return s.array().log().sum();
}

}  // namespace orbitwalk
