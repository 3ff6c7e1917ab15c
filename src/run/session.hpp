// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "orbitwalk/run.hpp"
#include "run/checkpoint_store.hpp"
#include "run/ensemble.hpp"
#include "run/identity.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

/// One of the runs of a session.
struct Phase {
  std::string name;   ///< of its checkpoint, `checkpoint-<name>`; empty: `checkpoint`
  std::string label;  ///< Progress::phase
  std::string words;  ///< for messages, such as "the run at the second step size"; empty: the run itself
};

/// A complete run of one problem.
struct Simulation {
  Tally tally;
  std::string backend, device;
  int workers = 1;
  double seconds = 0;  ///< over all sessions whose work is in the tally
};

/// Runs problems one after another, with the progress, log and stop callbacks of `options`. Each run has its own
/// checkpoint in the store, even after it is complete. So a later session can reuse all previous work, whichever run
/// was interrupted.
class Session {
 public:
  /// If `store` is null, nothing is kept. Both arguments must outlive the session.
  explicit Session(const RunOptions& options, const CheckpointStore* store = nullptr)
      : options_(options), store_(store) {}

  /// The options that the numbers depend on besides the spec, under the names used in messages ("--accuracy").
  void set_identity(nlohmann::ordered_json options) { identity_ = std::move(options); }

  /// Runs a problem to its end. The complete `spec` and the files of `experiment` identify the checkpoint. A checkpoint
  /// is written at intervals, when the run is complete, and when it is stopped, if there is anything new to keep. If it
  /// cannot be written, there is a warning and another attempt later; the previous checkpoint stays. Throws Interrupted
  /// if the run was stopped.
  Simulation run(const Phase& phase, const Problem& problem, const nlohmann::ordered_json& spec,
                 const Experiment& experiment);
  /// The same, in a session that keeps nothing.
  Simulation run(const Phase& phase, const Problem& problem);

  /// Finds the missing ranges by a pilot run.
  void find_ranges(Experiment& experiment, const nlohmann::ordered_json& spec, const std::string& name = "pilot");

  /// Throws if the options name a backend that is not available.
  void check_backend(const Problem& problem) const;

  /// After an interruption: whether there is anything to continue from.
  bool keeps_anything() const { return complete_ > 0 || kept_steps_ > 0; }

  /// Asks the stop callback, and remembers the answer.
  bool stopped();
  void log(LogLevel level, const std::string& text) const;

 private:
  class Keeper;
  struct Checkpoint {
    std::string path, identity;  ///< an empty path: there is no checkpoint
    bool resume = false;
  };

  std::unique_ptr<Backend> backend_for(const Problem& problem) const;
  Simulation run(const Phase& phase, const Problem& problem, const Checkpoint& checkpoint);
  [[noreturn]] void interrupt(const Phase& phase, const Kept& on_disk, const std::string& failure);

  const RunOptions& options_;
  const CheckpointStore* store_;
  nlohmann::ordered_json identity_ = nlohmann::ordered_json::object();
  bool stop_ = false;             // read by the backends with atomic loads
  int complete_ = 0;              // number of runs whose complete checkpoint is on disk
  std::uint64_t kept_steps_ = 0;  // particle-steps in the checkpoint of the interrupted run
  std::string warning_;           // logged when the next run begins
};

/// The files of an experiment, as they enter the identity of a checkpoint.
std::vector<IdentifiedFile> identified_files(const Experiment& experiment);

}  // namespace orbitwalk
