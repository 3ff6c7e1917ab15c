// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/beta_ensemble.hpp"

#include <cmath>

#include "orbitwalk/error.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk {

BetaEnsemble::BetaEnsemble(int size, double index, double temperature, double stiffness, double center,
                           std::uint64_t seed)
    : size_(size), scale_(std::sqrt(temperature / stiffness)), center_(center), generator_(seed) {
  if (size < 1 || !(index > 0) || !(temperature > 0) || !(stiffness > 0))
    throw SpecError("the β-ensemble needs size >= 1, index > 0, temperature > 0 and stiffness > 0");
  // chi² with k degrees of freedom is Gamma(k/2, 2); the off-diagonal is chi/√2 = sqrt(Gamma(k/2, 1)).
  for (int i = 1; i < size; ++i) half_chi_squared_.emplace_back(index * i / 2, 1.0);
  eigenvalues_.resize(static_cast<std::size_t>(size));
}

const std::vector<double>& BetaEnsemble::next() {
  Eigen::VectorXd diagonal(size_), off(size_ - 1);
  for (int i = 0; i < size_; ++i) diagonal[i] = normal_(generator_);
  for (int i = 0; i < size_ - 1; ++i) off[i] = std::sqrt(half_chi_squared_[static_cast<std::size_t>(i)](generator_));
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, off, Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) throw NumericalError("β-ensemble: the eigenvalue solver failed");
  for (int i = 0; i < size_; ++i)
    eigenvalues_[static_cast<std::size_t>(i)] = center_ + scale_ * solver.eigenvalues()[i];
  return eigenvalues_;
}

}  // namespace orbitwalk
