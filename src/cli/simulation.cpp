// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>

#include "backends/backend.hpp"
#include "orbitwalk/error.hpp"
#include "run/memory.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {

bool stop_requested = false;

extern "C" void request_stop(int signal) {
  // timeout(1) and batch systems send a signal to the process and to its group: the copy within a second of the first
  // asks for nothing more.
  static long long first = 0;  // milliseconds
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const long long milliseconds = 1000LL * now.tv_sec + now.tv_nsec / 1000000;
  if (__atomic_exchange_n(&stop_requested, true, __ATOMIC_RELAXED)) {
    const long long begin = __atomic_load_n(&first, __ATOMIC_RELAXED);
    if (begin == 0 || milliseconds - begin < 1000) return;  // 0: the first is still being handled, in another thread
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else {
    __atomic_store_n(&first, milliseconds, __ATOMIC_RELAXED);
  }
}

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGXCPU}) std::signal(number, request_stop);
  if (std::signal(SIGHUP, request_stop) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

namespace {

/// Writes checkpoints of one run, and knows what is on the disk.
class Keeper {
 public:
  using Clock = std::chrono::steady_clock;
  Keeper(const Problem& problem, const Checkpoint& checkpoint, Simulation& result)
      : problem_(problem), checkpoint_(checkpoint), result_(result) {
    if (checkpoint.resume) before_ = read_checkpoint(checkpoint.path, problem, checkpoint.identity, result.tally);
    result.on_disk = kept(problem, result.tally);
    begin_ = Clock::now();
  }
  double seconds_before() const { return before_; }
  double seconds() const { return before_ + std::chrono::duration<double>(Clock::now() - begin_).count(); }
  /// Where there is anything new. `again`: it will be tried again.
  void write(const Tally& tally, bool again) {
    const Kept now = kept(problem_, tally);
    if (checkpoint_.path.empty() || now.steps == result_.on_disk.steps) return;
    try {
      write_checkpoint(checkpoint_.path, problem_, checkpoint_.identity, tally, seconds());
      result_.on_disk = now;
      result_.failure.clear();
    } catch (const IoError& error) {
      result_.failure = error.what();
      if (!again) return;
      std::cerr << (is_terminal(std::cerr) ? "\r\x1b[K" : "") << "orbitwalk: warning: no checkpoint: " << error.what()
                << "; "
                << (result_.on_disk.steps > 0 ? "an earlier one is kept (" + kept_text(result_.on_disk) + ")"
                                              : "nothing is kept so far")
                << ", and the next attempt is in " << checkpoint_.seconds << " s" << std::endl;
    }
  }

 private:
  const Problem& problem_;
  const Checkpoint& checkpoint_;
  Simulation& result_;
  double before_ = 0;  // seconds of earlier sessions
  Clock::time_point begin_;
};

}  // namespace

Simulation simulate(const Problem& problem, const BackendChoice& choice, bool quiet, const std::string& label,
                    const Checkpoint& checkpoint) {
  const auto backend = make_backend(choice.name, problem, {choice.threads, choice.instruction_set});
  EnsembleOptions options;
  options.chunk_blocks = (std::uint64_t(choice.chunk) + block_size - 1) / block_size;
  const std::uint64_t at_once = options.chunk_blocks > 0 ? options.chunk_blocks : backend->preferred_blocks();
  check_memory(
      problem, backend->workers(),
      at_once > problem.blocks() ? problem.blocks() : at_once * std::uint64_t(std::max(1, backend->workers())));
  Simulation result{Tally(problem), backend->name(), backend->device(), backend->workers()};
  Keeper keeper(problem, checkpoint, result);
  const Kept before = kept(problem, result.tally, backend->continues_blocks());
  ProgressBar progress(before.all, std::cerr, progress_style(std::cerr, quiet), label + "particle-steps", before.steps);
  options.stop = &stop_requested;
  options.progress = [&](std::uint64_t, std::uint64_t steps) { progress.update(steps); };
  options.checkpoint_seconds = checkpoint.seconds;
  if (!checkpoint.path.empty()) options.checkpoint = [&](const Tally& tally) { keeper.write(tally, true); };
  result.complete = run_ensemble(problem, *backend, options, result.tally);
  result.seconds = before.steps < before.all ? keeper.seconds() : keeper.seconds_before();
  progress.finish();
  keeper.write(result.tally, false);
  return result;
}

nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem) {
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < problem.names.size(); ++i) {
    list.push_back({{"of", problem.names[i]},
                    {"bins", problem.observed[i].bins},
                    {"range", {problem.edges[i].front(), problem.edges[i].back()}}});
  }
  spec["observe"]["histogram"] = list;
  return spec;
}

}  // namespace orbitwalk::cli
