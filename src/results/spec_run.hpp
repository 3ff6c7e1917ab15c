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

/// The run of a spec, from reading it to the verdicts, for code that runs one spec (results/run.cpp) or several
/// (studies/reproduce). The member functions are called in the order of their declaration.
class SpecRun {
 public:
  /// Reads the spec and predicts its laws. Everything that can be refused is refused before anything is simulated.
  explicit SpecRun(Spec spec);
  SpecRun(const SpecRun&) = delete;
  SpecRun& operator=(const SpecRun&) = delete;

  /// Makes a pilot run if a range is missing.
  void find_ranges(Session& session, const std::string& name = "pilot");
  /// For `accuracy`: chooses scheme, step and number of particles, and writes them into spec and experiment.
  void choose_step(Session& session, double accuracy, bool extrapolation, bool given_scheme, bool given_variates);
  /// The main run, and the evidence against its numbers.
  void simulate(Session& session, const Phase& phase = {});
  /// If asked for: the additional run at a second shell width.
  void second_shell(Session& session);
  /// Compares the sample with the laws; called after second_shell, which may replace the sample.
  void compare();
  /// If asked for: the additional runs at a second step and, if means are extrapolated, at a third step.
  void second_steps(Session& session);

  Spec spec;
  Experiment experiment;
  std::vector<Law> laws;
  nlohmann::ordered_json filled;  ///< the complete spec, with all ranges
  std::optional<Simulation> simulation;
  std::optional<RunRecord> record;  ///< set by simulate()
  std::optional<AccuracyChoice> accuracy;
  double lost_beside = 0;  ///< largest share of particles lost in any of the additional runs

 private:
  std::vector<ObservableResult> run_beside(Session& session, Problem other, const Phase& phase);
};

/// The spec with the histogram ranges of the problem filled in, so that the run can be repeated without a pilot.
nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem);

}  // namespace orbitwalk
