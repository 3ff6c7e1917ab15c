// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "run/ensemble.hpp"
#include "run/read/experiment.hpp"

// What the commands that simulate share: signals, and one run with its progress and its checkpoint (phases.hpp: several
// of them).
namespace orbitwalk::cli {

/// Set by signals once catch_signals() was called; read with atomic loads. A second signal ends the program at once,
/// unless it comes within a second of the first.
extern bool stop_requested;

/// SIGINT, SIGTERM and SIGXCPU (a batch system's limits) stop the program in an orderly way, and so does SIGHUP, unless
/// it is ignored (nohup). SIGINT does so even where it was inherited as ignored: a shell script does that to its
/// background jobs, and a script that sends it means it. SIGXFSZ is ignored, so that a file beyond a limit is a write
/// error like a full disk.
void catch_signals();

/// The run of one problem: its checkpoint's file, none where `path` is empty.
struct Checkpoint {
  std::string path, identity;
  bool resume = false;  ///< begin with what the file holds
  double seconds = 60;  ///< between two of them
};

struct Simulation {
  Tally tally;
  std::string backend, device;
  int workers = 1;
  double seconds = 0;  ///< of all sessions whose work is in the tally
  bool complete = false;
  Kept on_disk = {};  ///< what the checkpoint holds
  /// why the last checkpoint could not be written; empty: it could, or there was none to write
  std::string failure = {};
};

/// Runs the problem to its end or until a signal, with a progress bar on a terminal unless `quiet`. A checkpoint is
/// written now and then, when the run is complete, and when it is stopped, where there is anything new to keep. One
/// that cannot be written is a warning, and is tried again; the previous one stays.
Simulation simulate(const Problem& problem, const BackendChoice& choice, bool quiet, const std::string& label,
                    const Checkpoint& checkpoint);

/// The spec with the histogram ranges of the problem, so that it repeats a run without a pilot.
nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem);

}  // namespace orbitwalk::cli
