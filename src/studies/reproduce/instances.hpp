// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "baselines/baselines.hpp"
#include "studies/reproduce/published.hpp"

// The problem of one seed on the host, to the numbers that its particle had, and what can be said of it exactly.
namespace orbitwalk::reproduce {

/// How well optima are known, relative: far below the 2 % that are asked about. The solvers' defaults are not reached
/// for every seed: not where the design is nearly square and ill-conditioned, nor where observed entries leave no doubt
/// about a matrix.
inline constexpr double certified = 1e-5;

/// Of a run of model `linear`.
struct SeedRegression {
  Eigen::MatrixXd a;         ///< N × c
  Eigen::VectorXd y, truth;  ///< truth: empty where files have none
};
SeedRegression regression_of(const FinishedRun& run, std::uint64_t particle);

double total_variation(const Eigen::VectorXd& w);
/// 1/N |Aw - y|², twice the loss.
double training_error(const SeedRegression& instance, const Eigen::VectorXd& w);

/// Where full-batch gradient descent on 1/(2N) |Aw - y|² from w = 0 is after `steps` steps, exactly: along the i-th
/// singular pair of A it has closed the share 1 - (1 - η s_i²/N)^steps of the gap. Directions with s_i² far below N/(η
/// steps) have not moved: descent that is stopped is not the minimum-norm solution where A is ill-conditioned.
Eigen::VectorXd descent_from_zero(const SeedRegression& instance, double step, double steps);

/// The least |w|_1 among all w whose training error is that of a given solution or less: the lasso at the weight that
/// has it. Beyond 1e-4 of the largest weight (where w = 0) it is taken as interpolating.
Eigen::VectorXd least_l1_at(const SeedRegression& instance, double target);

/// The same for the total variation: in the increments z, of which the first is not penalised, so that its column is
/// projected out.
Eigen::VectorXd least_variation_at(const SeedRegression& instance, double target);

/// Of a run of model `completion`.
struct MaskedMatrix {
  Eigen::MatrixXd truth;
  Mask mask;
};
MaskedMatrix masked_matrix_of(const FinishedRun& run, std::uint64_t particle);

}  // namespace orbitwalk::reproduce
