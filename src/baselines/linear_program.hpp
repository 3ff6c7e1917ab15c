// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

namespace orbitwalk {

/// What a simplex method ends with.
struct WeightedL1Basis {
  Eigen::VectorXd dual;      ///< of the equations, near feasible only: as good as the method's tolerances
  std::vector<int> columns;  ///< of B that are in the basis: linearly independent
  int pivots = 0;
};

/// min Σ_j c_j |z_j| subject to B z = y, c_j >= 0, where B z = y has a solution. B and y should be of order 1:
/// tolerances are absolute (1e-9). Throws NumericalError, beginning with `name`, when the solver does not say
/// "optimal".
WeightedL1Basis solve_weighted_l1(const Eigen::MatrixXd& b, const Eigen::VectorXd& y, const Eigen::VectorXd& cost,
                                  const char* name);

}  // namespace orbitwalk
