// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace orbitwalk {

/// Nodes and weights on (0, 1) with  ∫_0^1 r^exponent h(r) dr = Σ weights · h(nodes)  exact for polynomials h of degree
/// below 2·count. `exponent` > -1; exponent 0 is Gauss-Legendre.
struct GaussRule {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Golub and Welsch, Math. Comp. 23 (1969): nodes are eigenvalues of the Jacobi matrix.
GaussRule gauss_jacobi(int count, double exponent);

}  // namespace orbitwalk
