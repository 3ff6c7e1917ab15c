// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

// Spectra for closed forms and predictors (host, double), by the Jacobi methods of kernels/core/lane_algebra.hpp:
// nothing is shared with the numerical volumes of geometry/orbit.hpp that they are tested against.
namespace orbitwalk {

/// Squared singular values of a rows × columns matrix (row-major), ascending; min(rows, columns) numbers: the
/// eigenvalues of XᵀX that are not 0 for every X.
std::vector<double> squared_singular_values(const double* x, int rows, int columns);

/// Eigenvalues, ascending, of the symmetric n × n matrix with isometric coordinates θ: the upper triangle row by row,
/// A_ii as it is and A_ij = θ/√2.
std::vector<double> symmetric_spectrum(const double* theta, int n);

/// 1/2 log det of A -> P A + A Q on r × r matrices, P and Q positive with eigenvalues λ, μ: 1/2 Σ_ij log(λ_i + μ_j).
/// Lists shorter than r are filled up with zeros; pairs of two such zeros, the kernel for every P and Q of that rank,
/// are left out (pseudo-determinant). -∞ where another sum is 0.
double half_log_det_sylvester(const std::vector<double>& lambda, const std::vector<double>& mu, int r);

}  // namespace orbitwalk
