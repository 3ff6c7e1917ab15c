// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compare/statistics.hpp"
#include "kernels/models/regression_instance.hpp"
#include "studies/reproduce/instances.hpp"
#include "studies/reproduce/published.hpp"

// Sparse spectra and piecewise-constant signals: what gradient descent recovers under several parameterisations, beside
// the optima that are known exactly for the same data, seed by seed.
namespace orbitwalk::reproduce {

/// What is asked of a solution, one number a seed.
struct Scores {
  std::vector<double> error, l1, variation, support, training;
  std::size_t unsolved = 0;  ///< seeds whose optimum is not certified, or does not exist: NaN
};

/// Error and support as the model's observables have them (kernels/models/regression_instance.hpp): those of files with
/// a truth differ.
struct Kind {
  RegressionTruth truth_kind;
  explicit Kind(const FinishedRun& run);
  double error_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const;
  double support_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const;
};

/// Of the data of a seed, and its number.
using Solver = std::function<Eigen::VectorXd(const SeedRegression&, std::uint64_t)>;

/// Of what a run found.
Scores scores_of(const FinishedRun& run);

/// Of an exact optimum of each seed's data. NaN where no weights interpolate the data (someone's own, with more rows than
/// columns), or where the solver did not prove its optimum: one seed is left out, and not the work of hours.
Scores solve(const FinishedRun& free, const Kind& kind, const Solver& solver);

/// How many seeds have the support, of those that have an answer.
Share support_share(const Scores& scores);

void add_row(FindingsTable& table, const std::string& label, const Scores& scores);

/// Without rows.
FindingsTable score_table(const std::string& error);

/// a_i / b_i, also where b is one number for all seeds.
std::vector<double> relative(const std::vector<double>& a, const std::vector<double>& b);

/// Observables (name, label, scale) over time, with exact optima (observable, [label, value]) as dashes.
Chart over_time(const std::string& title, const std::vector<FinishedRun>& runs,
                const std::vector<std::tuple<std::string, std::string, std::string>>& quantities,
                const std::vector<std::pair<std::string, std::vector<std::pair<std::string, double>>>>& references);

/// The weights of one seed, or of all, beside the truth.
Chart weights_chart(const std::vector<FinishedRun>& runs, bool spectrum);

/// How well the truth of files explains their measurements: order, times or truth that do not belong together show here.
std::string about_noise(const FinishedRun& run);

/// By the 95 % interval of the median; of a single trajectory by its value.
Claim median_claim(const std::string& text, const std::vector<double>& values, double bound, bool below,
                   const std::string& detail, bool single);

Claim support_claim(const std::string& text, const Scores& scores, bool single);

}  // namespace orbitwalk::reproduce
