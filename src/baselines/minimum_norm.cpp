// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <Eigen/QR>

#include "baselines/baselines.hpp"
#include "baselines/checks.hpp"

namespace orbitwalk {

Eigen::VectorXd minimum_norm(const Eigen::MatrixXd& a, const Eigen::VectorXd& y) {
  check_regression(a, y, "minimum norm");
  return a.completeOrthogonalDecomposition().solve(y);
}

}  // namespace orbitwalk
