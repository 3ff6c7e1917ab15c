// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

#include "baselines/optimum.hpp"

// The known optima that implicitly regularised solutions are measured against (host, double). Shapes: A is N × d, y has
// N numbers, w has d. All but minimum_norm give a certificate and throw
//   SpecError        shapes disagree, a number is not finite, or there is nothing to solve for (no rows or no columns);
//   InfeasibleError  A w = y has no solution (noisy data with more rows than columns, as a rule);
//   NumericalError   the solver failed, or value - bound > tolerance × max(value, |x|_∞): nothing uncertified is ever returned.
// Optima need not be unique: `value` is, `x` is one of them. Safe to call from several threads. The last bits of x
// depend on the libraries, so that nothing here may enter a digest.
namespace orbitwalk {

/// The least-squares solution of A w = y of smallest |w|_2, for any shape and rank: where gradient descent from 0 ends.
/// Complete orthogonal decomposition (Eigen), O(N d min(N, d)). Throws SpecError as above, nothing else.
Eigen::VectorXd minimum_norm(const Eigen::MatrixXd& a, const Eigen::VectorXd& y);

/// Basis pursuit: min |w|_1 subject to A w = y, as a linear program (Clp).
/// Bound: y·ν for ν with |Aᵀν|_∞ <= 1.
/// Source: Chen, Donoho, Saunders: Atomic decomposition by basis pursuit, SIAM J. Sci. Comput. 20 (1998).
Optimum minimum_l1(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double tolerance = 1e-8);

/// The design in the increments of w, z_1 = w_1 and z_j = w_j - w_{j-1}: w_i = Σ_{j<=i} z_j, so that A w = B z with
/// column j of B the sum of the columns of A from j on.
Eigen::MatrixXd by_increments(Eigen::MatrixXd a);

/// min Σ_{i>=2} |w_i - w_{i-1}| subject to A w = y, as a linear program (Clp) in w_1 and the differences. Bound: y·ν
/// for ν with |Σ_{i>=j} (Aᵀν)_i| <= 1 for j >= 2 and = 0 for j = 1. Source: Rudin, Osher, Fatemi: Nonlinear total
/// variation based noise removal algorithms, Physica D 60 (1992), in one dimension.
Optimum minimum_total_variation(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double tolerance = 1e-8);

/// min 1/N |A w - y|² + weight |w|_1, weight > 0 (SpecError else): mean squared error, without a 1/2. Coordinate
/// descent from large weights to the asked one, with the linear system on the support solved after every few sweeps;
/// coordinates outside of the support are exactly 0. Always feasible. Bound: u·y - N |u|²/4 for u with |Aᵀu|_∞ <=
/// weight, u proportional to the residual. Source: Tibshirani: Regression shrinkage and selection via the lasso, J. R.
/// Stat. Soc. B 58 (1996).
Optimum lasso(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double weight, double tolerance = 1e-8);

using Mask = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;

/// Matrix completion: min |W|_* (sum of singular values) over m × n matrices subject to W_ij = values_ij where mask_ij;
/// mask and values are m × n, values outside of the mask are not looked at. Always feasible; W_ij = values_ij holds
/// exactly. Bound: Σ_mask values_ij Y_ij for a matrix Y that is 0 outside of the mask, with largest singular value 1. A
/// barrier method on Y finds both: a Newton step costs k³ for k observed entries. A tolerance of 1e-8 is reached
/// mostly, below that rarely. Source: Candès, Recht: Exact matrix completion via convex optimization, Found. Comput.
/// Math. 9 (2009).
MatrixOptimum minimum_nuclear_norm(const Mask& mask, const Eigen::MatrixXd& values, double tolerance = 1e-7);

}  // namespace orbitwalk
