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
  result.blocks_run = problem.blocks() - result.tally.blocks_done();
  const double steps_a_block = double(problem.plan.end()) * block_size;
  ProgressBar progress(std::uint64_t(problem.blocks() * steps_a_block), std::cerr, progress_style(std::cerr, quiet),
                       label + "particle-steps", std::uint64_t(result.tally.blocks_done() * steps_a_block));
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
