// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace orbitwalk {

/// Direct sampler of the β-ensemble with a quadratic potential, an oracle for the laws and the simulations:
///   ∏_{i<j} |λ_i - λ_j|^index · exp(-Σ_i stiffness (λ_i - center)² / (2 temperature)),   any index > 0.
///
/// Eigenvalues of a symmetric tridiagonal matrix with independent entries: diagonal N(0, 1), off-diagonal i = 1..n-1
/// chi with index·i degrees of freedom over sqrt(2), scaled by sqrt(temperature / stiffness), shifted by `center`.
/// Source: Dumitriu and Edelman, J. Math. Phys. 43 (2002), table II (our index is their β, scaled to weight
/// exp(-λ²/2)).
class BetaEnsemble {
 public:
  /// Throws SpecError when size < 1, index <= 0, temperature <= 0 or stiffness <= 0.
  BetaEnsemble(int size, double index, double temperature, double stiffness, double center, std::uint64_t seed);

  /// The next spectrum, ascending; valid until the next call. Sequential generator: host-side oracle only.
  const std::vector<double>& next();

 private:
  int size_;
  double scale_, center_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
  std::vector<std::gamma_distribution<double>> half_chi_squared_;
  std::vector<double> eigenvalues_;
};

}  // namespace orbitwalk
