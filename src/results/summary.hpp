// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"
#include "run/accuracy/accuracy.hpp"
#include "run/accuracy/extrapolation.hpp"
#include "run/evidence.hpp"
#include "run/judgement.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

/// What reduction and judgement found in a finished run, and what they found it in: make_result() puts it together.
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

/// How scheme and step were chosen, and whether each mean is as accurate as asked. The record has an accuracy.
AccuracyResult accuracy_result(const RunRecord& record);

/// The record of a finished run, conclusion included. `spec`: complete, defaults filled in, as JSON text.
Result make_result(const RunRecord& record, const std::string& spec);

/// Groups /observables/NAME (edges, counts, last; moments as attributes), /laws/NAME/OBSERVABLE (edges, density, cdf),
/// /diverged; attributes carry spec, version, seed, units. `result` is that of the record.
void write_result_h5(const std::string& path, const Result& result, const RunRecord& record);

/// summary.json. IoError, also for a file that is no summary, with its path.
void write_summary(const std::string& path, const Result& result);
Result read_summary(const std::string& path);

/// Tables and bar plots of a result.
void present(const Result& result, std::ostream& out, bool with_plots = true);

}  // namespace orbitwalk
