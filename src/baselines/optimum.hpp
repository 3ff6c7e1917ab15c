// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

/// The solution of a convex minimisation with its certificate: every feasible point has an objective of at least
/// `bound`, so that `x` is optimal to within gap(), whatever the solver did.
template <class X>
struct BasicOptimum {
  X x;                       ///< feasible
  double value = 0;          ///< the objective at x
  double bound = 0;          ///< the dual objective at a dual feasible point: at most the optimum, up to rounding
  double infeasibility = 0;  ///< largest |deviation| of x from an equality constraint; 0 where there is none
  int iterations = 0;        ///< of the solver: pivots, sweeps or Newton steps

  /// What x can at most be worse than the optimum; negative by rounding only.
  double gap() const { return value - bound; }
};

using Optimum = BasicOptimum<Eigen::VectorXd>;
using MatrixOptimum = BasicOptimum<Eigen::MatrixXd>;

/// No point satisfies the constraints: a property of the data, not a failure of the solver.
struct InfeasibleError : NumericalError {
  using NumericalError::NumericalError;
};

}  // namespace orbitwalk
