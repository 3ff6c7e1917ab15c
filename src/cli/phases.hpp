// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "results/result_dir.hpp"
#include "simulation.hpp"

namespace orbitwalk::cli {

/// One of the runs that a command consists of.
struct Phase {
  std::string name;   ///< of its checkpoint, `checkpoint-<name>`; empty: `checkpoint`
  std::string label;  ///< on the progress line; empty: nothing is said
  std::string words;  ///< in messages, "the run at the second step size"; empty: the run itself
};

/// The runs of a command, one after the other. Each has a checkpoint of its own in the result's folder, complete ones
/// as well, so that --resume takes up everything that was there, whichever run was interrupted.
class Phases {
 public:
  /// `directory` null: nothing is kept. `seconds`: between two checkpoints.
  Phases(const BackendChoice& choice, bool quiet, const ResultDirectory* directory, double seconds)
      : choice_(choice), quiet_(quiet), directory_(directory), seconds_(seconds) {}

  /// What the numbers depend on besides the spec: command line options, for messages under their names ("--accuracy").
  void set_options(nlohmann::ordered_json options) { options_ = std::move(options); }

  /// Nothing where it was interrupted. `spec` is complete, and with `experiment`'s files says what the checkpoint
  /// belongs to.
  std::optional<Simulation> run(const Phase& phase, const Problem& problem, const nlohmann::ordered_json& spec,
                                const Experiment& experiment);

  /// Finds ranges that are missing by a pilot run, with the same backend, progress and checkpoint. False where it was
  /// interrupted.
  bool find_ranges(Experiment& experiment, const nlohmann::ordered_json& spec, const std::string& name = "pilot");

  /// After an interruption, whether there is anything to continue.
  bool keeps_anything() const { return complete_ > 0 || interruption_.on_disk.steps > 0; }

  /// Says what was kept of the runs so far, and returns the exit code: 130, or 5 where the checkpoint could not be
  /// written.
  int interrupted() const;

 private:
  struct Interruption {
    std::string words, failure;
    Kept on_disk;
  };
  const BackendChoice& choice_;
  bool quiet_;
  const ResultDirectory* directory_;
  double seconds_;
  nlohmann::ordered_json options_ = nlohmann::ordered_json::object();
  int complete_ = 0;     // runs whose complete checkpoint is on the disk
  std::string warning_;  // said when another run begins
  Interruption interruption_;
};

/// What is asked for, to tell a finished result of the same: {`spec` (as asked for, before a pilot or --accuracy filled
/// in anything), `options` (of the command line, which numbers depend on), `files` [`role`, `path`, `hash`]}.
nlohmann::ordered_json request_of(const nlohmann::ordered_json& spec, const Experiment& experiment,
                                  const nlohmann::ordered_json& options);

/// Whether that is more than a summary's complete `spec` says.
bool says_more(const nlohmann::ordered_json& request, const nlohmann::ordered_json& spec);

/// How the request of a finished result in `folder` differs from one of now, whatever the build; empty: there is
/// nothing to do.
std::vector<std::string> differs_from_finished(const std::string& folder, const nlohmann::ordered_json& request);

}  // namespace orbitwalk::cli
