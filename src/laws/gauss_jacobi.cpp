// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gauss_jacobi.hpp"

#include <cmath>

#include "orbitwalk/error.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk {

GaussRule gauss_jacobi(int count, double exponent) {
  if (count < 1 || !(exponent > -1)) throw NumericalError("Gauss-Jacobi rule needs count >= 1 and exponent > -1");
  // Jacobi weight (1+x)^b on (-1, 1), a = 0, then r = (1+x)/2.
  const double b = exponent;
  Eigen::VectorXd diagonal(count), off(count > 1 ? count - 1 : 0);
  for (int k = 0; k < count; ++k) {
    const double c = 2 * k + b;
    diagonal[k] = k == 0 ? b / (b + 2) : b * b / (c * (c + 2));
    if (k > 0) off[k - 1] = std::sqrt(4.0 * k * k * (k + b) * (k + b) / (c * c * (c + 1) * (c - 1)));
  }
  if (count > 1) off[0] = std::sqrt(4 * (1 + b) / ((2 + b) * (2 + b) * (3 + b)));  // k = 1: (1+b)/(c-1) cancelled
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, off);
  if (solver.info() != Eigen::Success) throw NumericalError("Gauss-Jacobi rule: the eigenvalue solver failed");
  GaussRule rule;
  for (int k = 0; k < count; ++k) {
    rule.nodes.push_back((1 + solver.eigenvalues()[k]) / 2);
    rule.weights.push_back(std::pow(solver.eigenvectors()(0, k), 2) / (b + 1));
  }
  return rule;
}

}  // namespace orbitwalk
