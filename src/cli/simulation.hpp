// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "commands.hpp"
#include "orbitwalk/run/ensemble.hpp"
#include "orbitwalk/run/experiment.hpp"

// What the commands share that simulate: signals, progress, checkpoints.
namespace orbitwalk::cli {

/// Set by SIGINT and SIGTERM once catch_signals() was called; read with atomic loads. A second signal ends the program at once.
extern bool stop_requested;
void catch_signals();

struct Checkpoint {
  std::string path, identity;  ///< empty path: none
  bool resume = false;         ///< begin with what the file holds
};

/// Names what a checkpoint belongs to: version and complete spec.
std::string checkpoint_identity(const nlohmann::ordered_json& spec);

struct Simulation {
  Tally tally;
  std::string backend, device;
  int workers = 1;
  double seconds = 0;
  bool complete = false;
  std::uint64_t steps_run = 0;  ///< particle-steps to be taken in `seconds`: fewer than all after a resumption
};

/// Runs the problem to its end or until a signal, with a progress bar on a terminal unless `quiet`. A run that was stopped leaves a
/// checkpoint where there is a path.
Simulation simulate(const Problem& problem, const BackendChoice& choice, bool quiet, const std::string& label, const Checkpoint& checkpoint);

/// The spec with the histogram ranges of the problem, so that it repeats a run without a pilot.
nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem);

}  // namespace orbitwalk::cli
