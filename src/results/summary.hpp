// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "compare/compare.hpp"
#include "compare/step_bias.hpp"
#include "orbitwalk/result.hpp"
#include "run/accuracy/accuracy.hpp"
#include "run/accuracy/extrapolation.hpp"
#include "run/evidence.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

/// Everything that a finished run knows, for summary.json and result.h5 (docs/design.md, contract).
struct RunRecord {
  const Experiment& experiment;
  Tally& tally;
  std::string spec_directory;  ///< that relative data paths of the spec start at
  std::string backend, device;
  int threads = 1;
  double wall_seconds = 0;  ///< over all sessions of an interrupted run
  std::vector<ObservableResult> observables;
  std::vector<ObservableResult> at_second_shell;  ///< the same at the second width of the shell, or none
  std::vector<Law> laws;
  std::vector<LawComparison> comparisons;      ///< one a law
  std::vector<StepBias> step_biases;           ///< one an observable, or none
  std::vector<std::string> attributions;       ///< one a law, or none
  std::optional<AccuracyChoice> accuracy;      ///< how the step was chosen, when an accuracy was asked for
  std::vector<ExtrapolatedMean> extrapolated;  ///< one an observable, where extrapolation was chosen
  Evidence evidence = {};
};

/// What --accuracy asks of observable `i`: of its mean, or of its extrapolated mean.
AccuracyReached accuracy_reached(const RunRecord& record, std::size_t i);

/// `accuracy` of the summary: how scheme and step were chosen, and whether each mean is as accurate as asked.
nlohmann::ordered_json accuracy_to_json(const RunRecord& record);

/// `spec` is the complete spec, defaults filled in.
nlohmann::ordered_json make_summary(const RunRecord& record, const nlohmann::ordered_json& spec);

/// Groups /observables/NAME (edges, counts, last; moments as attributes), /laws/NAME/OBSERVABLE (edges, density, cdf),
/// /diverged; attributes carry spec, version, seed, units.
void write_result_h5(const std::string& path, const RunRecord& record, const nlohmann::ordered_json& spec);

/// The observables of a summary, for comparing again.
std::vector<ObservableResult> results_from_summary(const nlohmann::ordered_json& summary);

/// Those at the second width of the shell; none where it had no second run.
std::vector<ObservableResult> second_shell_from_summary(const nlohmann::ordered_json& summary);

/// The laws part of a summary.
nlohmann::ordered_json laws_to_json(const std::vector<Law>& laws, const std::vector<LawComparison>& comparisons,
                                    const std::vector<ObservableResult>& observables,
                                    const std::vector<std::string>& attributions);

/// Tables and bar plots of a summary.
void present(const nlohmann::ordered_json& summary, std::ostream& out, bool with_plots = true);

/// What the laws are held against: the results, extrapolated to a shell of no width where there are results at a second
/// one. A result without a value (all particles diverged) gives a sample without cells.
std::vector<Sample> samples_of(const std::vector<ObservableResult>& results,
                               const std::vector<ObservableResult>& at_second_shell, const CompareSettings& settings);

/// Each law held against the observable it is a law of, p-values adjusted over all that are expected. A sample without
/// cells gives "inconclusive".
std::vector<LawComparison> compare_all(const std::vector<Law>& laws, const std::vector<Sample>& samples,
                                       const CompareSettings& settings);

/// Laws named under `expect` that were rejected somewhere.
std::vector<std::string> rejected_expectations(const CompareSettings& settings,
                                               const std::vector<LawComparison>& comparisons);

}  // namespace orbitwalk
