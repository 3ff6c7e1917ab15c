// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The one file that knows the linear programming library.
#include "baselines/linear_program.hpp"

#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <limits>
#include <string>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

WeightedL1Basis solve_weighted_l1(const Eigen::MatrixXd& b, const Eigen::VectorXd& y, const Eigen::VectorXd& cost,
                                  const char* name) {
  constexpr double infinity = std::numeric_limits<double>::max();  // Clp's own COIN_DBL_MAX
  const int rows = static_cast<int>(b.rows());
  // |z_j| as p_j + q_j, z_j = p_j - q_j with p, q >= 0; where it costs nothing, one free variable.
  std::vector<int> column_of, index;
  std::vector<CoinBigIndex> start{0};
  std::vector<double> value, lower, objective;
  const auto add = [&](int j, double sign) {
    for (int i = 0; i < rows; ++i) {
      if (b(i, j) != 0) index.push_back(i), value.push_back(sign * b(i, j));
    }
    start.push_back(static_cast<CoinBigIndex>(index.size()));
    column_of.push_back(j);
    lower.push_back(cost[j] > 0 ? 0 : -infinity);
    objective.push_back(cost[j]);
  };
  for (int j = 0; j < b.cols(); ++j) {
    add(j, 1);
    if (cost[j] > 0) add(j, -1);
  }
  const std::vector<double> upper(column_of.size(), infinity);

  ClpSimplex simplex;
  simplex.setLogLevel(0);
  simplex.loadProblem(static_cast<int>(column_of.size()), rows, start.data(), index.data(), value.data(), lower.data(),
                      upper.data(), objective.data(), y.data(), y.data());
  simplex.setPrimalTolerance(1e-9);
  simplex.setDualTolerance(1e-9);
  simplex.setMaximumIterations(1000 + 100 * (rows + static_cast<int>(column_of.size())));
  // Costs are not negative, so that the empty basis is dual feasible: the dual method needs no first phase.
  simplex.dual();
  if (simplex.status() != 0) {
    throw NumericalError(std::string(name) + ": the linear programming solver stopped with status " +
                         std::to_string(simplex.status()) + " after " + std::to_string(simplex.numberIterations()) +
                         " pivots");
  }
  WeightedL1Basis basis;
  basis.dual = Eigen::Map<const Eigen::VectorXd>(simplex.dualRowSolution(), rows);
  basis.pivots = simplex.numberIterations();
  for (int k = 0; k < static_cast<int>(column_of.size()); ++k) {
    if (simplex.getColumnStatus(k) != ClpSimplex::basic) continue;
    // p_j and q_j are dependent: both are basic only if the basis is singular to rounding, and one of them is enough.
    if (basis.columns.empty() || basis.columns.back() != column_of[k]) basis.columns.push_back(column_of[k]);
  }
  return basis;
}

}  // namespace orbitwalk
