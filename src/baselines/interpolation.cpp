// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Minimum L1 norm and total variation on {w: A w = y}: both are min Σ c_j |z_j| subject to B z = y, with costs 1 or 0.
#include <Eigen/QR>
#include <cmath>
#include <cstdio>
#include <string>

#include "baselines/baselines.hpp"
#include "baselines/checks.hpp"
#include "baselines/linear_program.hpp"

namespace orbitwalk {
namespace {

/// A w = y with free w has a solution exactly when its least-squares solution is one.
void check_consistent(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, const Eigen::VectorXd& least_squares,
                      const char* name) {
  const double residual = (a * least_squares - y).norm(), size = y.norm();
  if (residual <= 1e-9 * size) return;
  char text[240];
  std::snprintf(text, sizeof text,
                "%s: infeasible: no w satisfies the %d equations in %d unknowns; the least-squares residual is %.3g of "
                "the targets' norm",
                name, static_cast<int>(a.rows()), static_cast<int>(a.cols()), residual / size);
  throw InfeasibleError(text);
}

/// y·ν after ν is made feasible: orthogonal to columns that cost nothing (at most one), then shrunk until |B_j·ν| <=
/// c_j.
double dual_bound(const Eigen::MatrixXd& b, const Eigen::VectorXd& y, const Eigen::VectorXd& cost,
                  Eigen::VectorXd dual) {
  for (int j = 0; j < b.cols(); ++j) {
    const double square = b.col(j).squaredNorm();
    if (cost[j] == 0 && square > 0) dual -= b.col(j) * (b.col(j).dot(dual) / square);
  }
  double excess = 1;
  for (int j = 0; j < b.cols(); ++j) {
    if (cost[j] > 0) excess = std::max(excess, std::abs(b.col(j).dot(dual)) / cost[j]);
  }
  return y.dot(dual) / excess;
}

/// z and bound; value and infeasibility are left to the caller, who knows what z stands for.
Optimum weighted_l1(const Eigen::MatrixXd& b, const Eigen::VectorXd& y, const Eigen::VectorXd& cost, double size,
                    const char* name) {
  Optimum optimum;
  optimum.x = Eigen::VectorXd::Zero(b.cols());
  if (y.isZero(0)) return optimum;
  // Of order 1, since the solver's tolerances are absolute: B/s, z/size and so y/(s size).
  const double scale = b.cwiseAbs().maxCoeff();
  const WeightedL1Basis basis = solve_weighted_l1(b / scale, y / (scale * size), cost, name);
  optimum.iterations = basis.pivots;
  // The simplex method says which columns; their coefficients are solved for again, free of its tolerances.
  Eigen::MatrixXd columns(b.rows(), basis.columns.size());
  for (std::size_t k = 0; k < basis.columns.size(); ++k) columns.col(k) = b.col(basis.columns[k]);
  if (columns.cols() > 0) {
    const Eigen::VectorXd coefficients = columns.colPivHouseholderQr().solve(y);
    const double negligible = 1e-13 * coefficients.cwiseAbs().maxCoeff();
    for (std::size_t k = 0; k < basis.columns.size(); ++k) {
      if (std::abs(coefficients[k]) > negligible) optimum.x[basis.columns[k]] = coefficients[k];
    }
  }
  optimum.bound = dual_bound(b, y, cost, basis.dual / scale);
  return optimum;
}

void check_solution(Optimum& optimum, const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double tolerance,
                    const char* name) {
  optimum.infeasibility = (a * optimum.x - y).cwiseAbs().maxCoeff();
  if (!(optimum.infeasibility <= 1e-9 * y.cwiseAbs().maxCoeff())) {
    throw NumericalError(std::string(name) + ": the solver's basis does not solve the equations");
  }
  check_certificate(optimum, tolerance, name);
}

}  // namespace

Eigen::MatrixXd by_increments(Eigen::MatrixXd a) {
  for (Eigen::Index j = a.cols() - 2; j >= 0; --j) a.col(j) += a.col(j + 1);
  return a;
}

Optimum minimum_l1(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double tolerance) {
  const char* name = "minimum L1 norm";
  check_regression(a, y, name);
  check_tolerance(tolerance, name);
  const Eigen::VectorXd start = minimum_norm(a, y);
  check_consistent(a, y, start, name);
  Optimum optimum = weighted_l1(a, y, Eigen::VectorXd::Ones(a.cols()), start.cwiseAbs().maxCoeff(), name);
  optimum.value = optimum.x.lpNorm<1>();
  check_solution(optimum, a, y, tolerance, name);
  return optimum;
}

Optimum minimum_total_variation(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double tolerance) {
  const char* name = "minimum total variation";
  check_regression(a, y, name);
  check_tolerance(tolerance, name);
  const Eigen::VectorXd start = minimum_norm(a, y);
  check_consistent(a, y, start, name);
  const Eigen::Index d = a.cols();
  const Eigen::MatrixXd b = by_increments(a);
  Eigen::VectorXd cost = Eigen::VectorXd::Ones(d);
  cost[0] = 0;
  Optimum optimum = weighted_l1(b, y, cost, start.cwiseAbs().maxCoeff(), name);
  optimum.value = optimum.x.tail(d - 1).lpNorm<1>();
  for (Eigen::Index i = 1; i < d; ++i) optimum.x[i] += optimum.x[i - 1];
  check_solution(optimum, a, y, tolerance, name);
  return optimum;
}

}  // namespace orbitwalk
