// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "orbitwalk/backends/backend.hpp"
#include "orbitwalk/io/terminal.hpp"
#include "orbitwalk/run/summary.hpp"

namespace orbitwalk::cli {

bool stop_requested = false;

extern "C" void request_stop(int signal) {
  __atomic_store_n(&stop_requested, true, __ATOMIC_RELAXED);
  std::signal(signal, SIG_DFL);
}

void catch_signals() {
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
}

std::string checkpoint_identity(const nlohmann::ordered_json& spec) { return "orbitwalk " + program_version() + " " + spec.dump(); }

Simulation simulate(const Problem& problem, const BackendChoice& choice, bool quiet, const std::string& label, const Checkpoint& checkpoint) {
  const auto backend = make_backend(choice.name, problem, {choice.threads, choice.instruction_set});
  Simulation result{Tally(problem), backend->name(), backend->device(), backend->workers()};
  if (checkpoint.resume && !checkpoint.path.empty()) read_checkpoint(checkpoint.path, problem, checkpoint.identity, result.tally);
  const Kept before = kept(problem, result.tally, backend->continues_blocks());
  result.steps_run = before.all - before.steps;
  ProgressBar progress(before.all, std::cerr, is_terminal(std::cerr) && !quiet, label + "particle-steps", before.steps);
  EnsembleOptions options;
  options.chunk_blocks = (std::uint64_t(choice.chunk) + block_size - 1) / block_size;
  options.stop = &stop_requested;
  options.progress = [&](std::uint64_t, std::uint64_t steps) { progress.update(steps); };
  if (!checkpoint.path.empty()) {
    options.checkpoint = [&](const Tally& tally) { write_checkpoint(checkpoint.path, problem, checkpoint.identity, tally); };
  }
  const auto begin = std::chrono::steady_clock::now();
  result.complete = run_ensemble(problem, *backend, options, result.tally);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  progress.finish();
  if (!result.complete && !checkpoint.path.empty()) write_checkpoint(checkpoint.path, problem, checkpoint.identity, result.tally);
  return result;
}

nlohmann::ordered_json with_ranges(nlohmann::ordered_json spec, const Problem& problem) {
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < problem.names.size(); ++i) {
    list.push_back({{"of", problem.names[i]}, {"bins", problem.observed[i].bins},
                    {"range", {problem.edges[i].front(), problem.edges[i].back()}}});
  }
  spec["observe"]["histogram"] = list;
  return spec;
}

}  // namespace orbitwalk::cli
