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

/// One of the runs that a session consists of.
struct Phase {
  std::string name;   ///< of its checkpoint, `checkpoint-<name>`; empty: `checkpoint`
  std::string label;  ///< Progress::phase
  std::string words;  ///< in messages, "the run at the second step size"; empty: the run itself
};

/// A complete run of one problem.
struct Simulation {
  Tally tally;
  std::string backend, device;
  int workers = 1;
  double seconds = 0;  ///< of all sessions whose work is in the tally
};

/// Runs of problems, one after the other, with the progress, log and stop of `options`. Each has a checkpoint of its own
/// in the store, complete ones as well, so that a later session takes up everything that was there, whichever run was
/// interrupted.
class Session {
 public:
  /// `store` null: nothing is kept. Both must outlive the session.
  explicit Session(const RunOptions& options, const CheckpointStore* store = nullptr)
      : options_(options), store_(store) {}

  /// What the numbers depend on besides the spec: options, for messages under their names ("--accuracy").
  void set_identity(nlohmann::ordered_json options) { identity_ = std::move(options); }

  /// Runs a problem to its end. `spec` is complete, and with `experiment`'s files says what the checkpoint belongs to. A
  /// checkpoint is written now and then, when the run is complete, and when it is stopped, where there is anything new to
  /// keep. One that cannot be written is a warning, and is tried again; the previous one stays. Interrupted: it was
  /// stopped.
  Simulation run(const Phase& phase, const Problem& problem, const nlohmann::ordered_json& spec,
                 const Experiment& experiment);
  /// The same in a session that keeps nothing.
  Simulation run(const Phase& phase, const Problem& problem);

  /// Finds the ranges that are missing by a pilot run.
  void find_ranges(Experiment& experiment, const nlohmann::ordered_json& spec, const std::string& name = "pilot");

  /// Throws where the options name a backend that is not there.
  void check_backend(const Problem& problem) const;

  /// After an interruption, whether there is anything to continue.
  bool keeps_anything() const { return complete_ > 0 || kept_steps_ > 0; }

  /// Asks whether to stop, and remembers the answer.
  bool stopped();
  void log(LogLevel level, const std::string& text) const;

 private:
  class Keeper;
  struct Checkpoint {
    std::string path, identity;  ///< no path: there is none
    bool resume = false;
  };

  std::unique_ptr<Backend> backend_for(const Problem& problem) const;
  Simulation run(const Phase& phase, const Problem& problem, const Checkpoint& checkpoint);
  [[noreturn]] void interrupt(const Phase& phase, const Kept& on_disk, const std::string& failure);

  const RunOptions& options_;
  const CheckpointStore* store_;
  nlohmann::ordered_json identity_ = nlohmann::ordered_json::object();
  bool stop_ = false;             // read by the backends with atomic loads
  int complete_ = 0;              // runs whose complete checkpoint is on the disk
  std::uint64_t kept_steps_ = 0;  // in the checkpoint of the interrupted run
  std::string warning_;           // logged when another run begins
};

/// The files of an experiment as they enter an identity.
std::vector<IdentifiedFile> identified_files(const Experiment& experiment);

}  // namespace orbitwalk
