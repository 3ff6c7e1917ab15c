// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "backends/backend.hpp"
#include "orbitwalk/error.hpp"
#include "run/checkpoint.hpp"
#include "run/memory.hpp"
#include "run/problem.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto ask_every = std::chrono::milliseconds(10);

// Particle-steps between two looks at progress and stop in each thread: some milliseconds for models of any size.
std::uint64_t report_every(const Problem& problem) {
  return std::max<std::uint64_t>(block_size, (1 << 16) / std::uint64_t(std::max(1, problem.model.dimension)));
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

}  // namespace

/// Writes checkpoints of one run, and knows what is on the disk.
class Session::Keeper {
 public:
  Keeper(const Session& session, const Checkpoint& checkpoint, const Problem& problem, Tally& tally)
      : session_(session), checkpoint_(checkpoint), problem_(problem) {
    if (checkpoint.resume) before_ = read_checkpoint(checkpoint.path, problem, checkpoint.identity, tally);
    on_disk_ = kept(problem, tally);
    begin_ = Clock::now();
  }
  double seconds_before() const { return before_; }
  double seconds() const { return before_ + seconds_since(begin_); }
  const Kept& on_disk() const { return on_disk_; }
  /// Why the last checkpoint could not be written; empty: it could, or there was none to write.
  const std::string& failure() const { return failure_; }

  /// Where there is anything new. `again`: it will be tried again.
  void write(const Tally& tally, bool again) {
    const Kept now = kept(problem_, tally);
    if (checkpoint_.path.empty() || now.steps == on_disk_.steps) return;
    try {
      write_checkpoint(checkpoint_.path, problem_, checkpoint_.identity, tally, seconds());
      on_disk_ = now;
      failure_.clear();
    } catch (const IoError& error) {
      failure_ = error.what();
      if (again) warn();
    }
  }

 private:
  void warn() const {
    char interval[32];
    std::snprintf(interval, sizeof interval, "%g", session_.options_.checkpoint_seconds);
    session_.log(LogLevel::warning, "no checkpoint: " + failure_ + "; " +
                                        (on_disk_.steps > 0 ? "an earlier one is kept (" + kept_text(on_disk_) + ")"
                                                            : "nothing is kept so far") +
                                        ", and the next attempt is in " + interval + " s");
  }

  const Session& session_;
  const Checkpoint& checkpoint_;
  const Problem& problem_;
  Kept on_disk_;
  std::string failure_;
  double before_ = 0;  // seconds of earlier sessions
  Clock::time_point begin_;
};

void Session::log(LogLevel level, const std::string& text) const {
  if (options_.log) options_.log(level, text);
}

bool Session::stopped() {
  if (!stop_ && options_.stop && options_.stop()) __atomic_store_n(&stop_, true, __ATOMIC_RELAXED);
  return stop_;
}

std::unique_ptr<Backend> Session::backend_for(const Problem& problem) const {
  return make_backend(options_.backend, problem,
                      {options_.threads, options_.instruction_set, compile_named(options_.compile)},
                      [this](const std::string& note) { log(LogLevel::info, "note: " + note); });
}

void Session::check_backend(const Problem& problem) const { backend_for(problem); }

Simulation Session::run(const Phase& phase, const Problem& problem, const Json& spec, const Experiment& experiment) {
  Checkpoint checkpoint;
  if (store_) {
    checkpoint.path = store_->checkpoint_file(phase.name);
    checkpoint.identity = run_identity(spec, identified_files(experiment), identity_, phase.name, problem).dump();
    checkpoint.resume = store_->resumed() && store_->has_checkpoint(phase.name);
  }
  return run(phase, problem, checkpoint);
}

Simulation Session::run(const Phase& phase, const Problem& problem) { return run(phase, problem, Checkpoint()); }

Simulation Session::run(const Phase& phase, const Problem& problem, const Checkpoint& checkpoint) {
  if (!warning_.empty()) log(LogLevel::warning, std::exchange(warning_, {}));
  const auto backend = backend_for(problem);
  EnsembleOptions options;
  options.chunk_blocks = (options_.chunk + block_size - 1) / block_size;
  const std::uint64_t at_once = options.chunk_blocks > 0 ? options.chunk_blocks : backend->preferred_blocks();
  check_memory(
      problem, backend->workers(),
      at_once > problem.blocks() ? problem.blocks() : at_once * std::uint64_t(std::max(1, backend->workers())));
  Simulation result{Tally(problem), backend->name(), backend->device(), backend->workers()};
  Keeper keeper(*this, checkpoint, problem, result.tally);
  const Kept before = kept(problem, result.tally, backend->continues_blocks());
  Progress progress{Progress::Moment::begin, phase.label, before.steps, before.steps, before.all};
  const auto tell = [&](Progress::Moment moment) {
    progress.moment = moment;
    if (options_.progress) options_.progress(progress);
  };
  tell(Progress::Moment::begin);
  stopped();
  Clock::time_point asked = Clock::now();
  options.stop = &stop_;
  options.report_every = report_every(problem);
  options.progress = [&](std::uint64_t, std::uint64_t steps) {  // by one thread at a time
    progress.done = steps;
    if (Clock::now() - asked < ask_every && steps < before.all) return;  // the end is always told
    asked = Clock::now();
    stopped();
    tell(Progress::Moment::under_way);
    for (const std::string& note : backend->take_notes()) log(LogLevel::info, "note: " + note);
  };
  options.checkpoint_seconds = options_.checkpoint_seconds;
  if (!checkpoint.path.empty()) options.checkpoint = [&](const Tally& tally) { keeper.write(tally, true); };
  const bool complete = run_ensemble(problem, *backend, options, result.tally);
  result.device = backend->device();  // how it ended: kernels may be compiled beside the run
  result.seconds = before.steps < before.all ? keeper.seconds() : keeper.seconds_before();
  tell(Progress::Moment::end);
  keeper.write(result.tally, false);
  if (!complete) interrupt(phase, keeper.on_disk(), keeper.failure());
  // Where nothing follows, the result is written now, and reports by itself what fails.
  if (keeper.failure().empty()) ++complete_;
  else
    warning_ = (phase.words.empty() ? "the run" : phase.words) +
               " is complete, but could not be kept for --resume: " + keeper.failure();
  return result;
}

void Session::find_ranges(Experiment& experiment, const Json& spec, const std::string& name) {
  const Phase phase{name, "pilot run for the missing range", "the pilot run for the missing range"};
  orbitwalk::find_ranges(experiment.problem, experiment.needs_range, [&](const Problem& pilot) {
    return std::optional<Tally>(run(phase, pilot, spec, experiment).tally);
  });
}

void Session::interrupt(const Phase& phase, const Kept& on_disk, const std::string& failure) {
  kept_steps_ = on_disk.steps;
  std::string text = "interrupted" + (phase.words.empty() ? "" : " in " + phase.words), kept;
  if (complete_ > 0) kept = std::to_string(complete_) + " complete run" + (complete_ > 1 ? "s" : "") + " before it";
  if (on_disk.steps > 0) kept = kept_text(on_disk) + (kept.empty() ? "" : ", and ") + kept;
  const std::string go_on = "continue with the same command and --resume";
  if (!store_) {
    text += "; nothing is kept without --out";
  } else if (!failure.empty()) {
    text += ", and the checkpoint could not be written: " + failure + "; " +
            (kept.empty() ? "nothing is kept"
                          : "once that is fixed, " + go_on + " (an earlier checkpoint in " + store_->partial_path() +
                                ": " + kept + ")");
  } else if (kept.empty()) {
    text += "; nothing is kept: there was no step yet for a checkpoint to hold";
  } else {
    text += "; " + go_on + " (checkpoint in " + store_->partial_path() + ": " + kept + ")";
  }
  throw Interrupted(text, store_ && !failure.empty());
}

std::vector<IdentifiedFile> identified_files(const Experiment& experiment) {
  std::vector<IdentifiedFile> files;
  for (const DataFile& file : experiment.data) files.push_back({file.role, file.path, file.hash});
  return files;
}

}  // namespace orbitwalk
