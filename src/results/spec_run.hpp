// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/summary.hpp"
#include "run/session.hpp"

namespace orbitwalk {

/// The run of a spec from reading it to the judgement, for those that run one spec (results/run.cpp) or several
/// (studies/reproduce). The steps are called in the order in which they stand here.
class SpecRun {
 public:
  /// Reads the spec and predicts its laws: all that can be refused is refused before anything is simulated.
  explicit SpecRun(Spec spec);
  SpecRun(const SpecRun&) = delete;
  SpecRun& operator=(const SpecRun&) = delete;

  /// A pilot run where a range is missing.
  void find_ranges(Session& session, const std::string& name = "pilot");
  /// The ladder of `accuracy`: chooses scheme, step and particles, and takes them over into spec and experiment.
  void choose_step(Session& session, double accuracy, bool extrapolation, bool given_scheme, bool given_variates);
  /// The run itself, with what speaks against it as evidence.
  void simulate(Session& session, const Phase& phase = {});
  /// What is asked for beside it: at a second width of the shell, ...
  void second_shell(Session& session);
  /// (then the laws are held against it)
  void compare();
  /// ... at a second step, and where means are extrapolated at a third one.
  void second_steps(Session& session);

  Spec spec;
  Experiment experiment;
  std::vector<Law> laws;
  nlohmann::ordered_json filled;  ///< the complete spec, with all ranges
  std::optional<Simulation> simulation;
  std::optional<RunRecord> record;  ///< from simulate() on
  std::optional<AccuracyChoice> accuracy;
  double lost_beside = 0;  ///< the largest share of particles that were lost in one of the runs beside the main one

 private:
  std::vector<ObservableResult> run_beside(Session& session, Problem other, const Phase& phase);
};

/// The spec with the histogram ranges of the problem, so that it repeats a run without a pilot.
nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem);

}  // namespace orbitwalk
