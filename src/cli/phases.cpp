// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "phases.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include "orbitwalk/error.hpp"
#include "run/identity.hpp"
#include "run/problem.hpp"
#include "support/json.hpp"

namespace orbitwalk::cli {
namespace {

using Json = nlohmann::ordered_json;

std::vector<IdentifiedFile> files_of(const Experiment& experiment) {
  std::vector<IdentifiedFile> files;
  for (const DataFile& file : experiment.data) files.push_back({file.role, file.path, file.hash});
  return files;
}

bool misses_range(const Experiment& experiment) {
  return std::find(experiment.needs_range.begin(), experiment.needs_range.end(), true) != experiment.needs_range.end();
}

/// A spec in the form in which a result holds it, with all ranges, unless a pilot is still to find one.
Json requested_spec(const Json& spec, const Experiment& experiment) {
  return misses_range(experiment) ? spec : with_ranges(spec, experiment.problem);
}

/// As an identity, without build and phase.
Json comparable(const Json& request) {
  std::vector<IdentifiedFile> files;
  if (request.contains("files")) {
    for (const Json& file : request.at("files"))
      files.push_back({file.value("role", ""), file.value("path", ""), file.value("hash", "")});
  }
  return {{"files", files_to_json(files)},
          {"spec", with_hidden_paths(request.value("spec", Json()), files)},
          {"options", request.value("options", Json())}};
}

}  // namespace

std::optional<Simulation> Phases::run(const Phase& phase, const Problem& problem, const Json& spec,
                                      const Experiment& experiment) {
  if (!warning_.empty()) std::cerr << "orbitwalk: warning: " << std::exchange(warning_, {}) << std::endl;
  Checkpoint checkpoint;
  if (directory_) {
    const Json identity = run_identity(spec, files_of(experiment), options_, phase.name, problem);
    checkpoint.path = directory_->checkpoint_file(phase.name);
    checkpoint.identity = identity.dump();
    checkpoint.resume = directory_->resumed() && directory_->has_checkpoint(phase.name);
    checkpoint.seconds = seconds_;
  }
  Simulation simulation = simulate(problem, choice_, quiet_, phase.label.empty() ? "" : phase.label + ": ", checkpoint);
  if (!simulation.complete) {
    interruption_ = {phase.words, simulation.failure, simulation.on_disk};
    return {};
  }
  // Where nothing follows, the result is written now, and reports by itself what fails.
  if (simulation.failure.empty()) ++complete_;
  else
    warning_ = (phase.words.empty() ? "the run" : phase.words) +
               " is complete, but could not be kept for --resume: " + simulation.failure;
  return simulation;
}

bool Phases::find_ranges(Experiment& experiment, const Json& spec, const std::string& name) {
  const Phase phase{name, "pilot run for the missing range", "the pilot run for the missing range"};
  return orbitwalk::find_ranges(experiment.problem, experiment.needs_range,
                                [&](const Problem& pilot) -> std::optional<Tally> {
                                  auto simulation = run(phase, pilot, spec, experiment);
                                  if (!simulation) return {};
                                  return std::move(simulation->tally);
                                });
}

int Phases::interrupted() const {
  const Interruption& at = interruption_;
  std::string text = "interrupted" + (at.words.empty() ? "" : " in " + at.words), kept;
  if (complete_ > 0) kept = std::to_string(complete_) + " complete run" + (complete_ > 1 ? "s" : "") + " before it";
  if (at.on_disk.steps > 0) kept = kept_text(at.on_disk) + (kept.empty() ? "" : ", and ") + kept;
  const std::string go_on = "continue with the same command and --resume";
  if (!directory_) {
    text += "; nothing is kept without --out";
  } else if (!at.failure.empty()) {
    text += ", and the checkpoint could not be written: " + at.failure + "; " +
            (kept.empty() ? "nothing is kept"
                          : "once that is fixed, " + go_on + " (an earlier checkpoint in " +
                                directory_->partial_path() + ": " + kept + ")");
  } else if (kept.empty()) {
    text += "; nothing is kept: there was no step yet for a checkpoint to hold";
  } else {
    text += "; " + go_on + " (checkpoint in " + directory_->partial_path() + ": " + kept + ")";
  }
  std::cerr << "orbitwalk: " << text << "\n";
  return static_cast<int>(at.failure.empty() || !directory_ ? ExitCode::interrupted : ExitCode::io_failure);
}

Json request_of(const Json& spec, const Experiment& experiment, const Json& options) {
  Json files = Json::array();
  for (const DataFile& file : experiment.data)
    files.push_back({{"role", file.role}, {"path", file.path}, {"hash", file.hash}});
  return {{"spec", requested_spec(spec, experiment)}, {"options", options}, {"files", files}};
}

bool says_more(const Json& request, const Json& spec) {
  return request.at("spec") != spec || !request.at("options").empty() || !request.at("files").empty();
}

std::vector<std::string> differs_from_finished(const std::string& folder, const Json& request) {
  const std::string path = folder + "/summary.json";
  const Json summary = read_json(path);
  if (!summary.is_object() || !summary.contains("spec")) throw IoError(path + ": not a summary of orbitwalk");
  const Json before = summary.contains("requested")
                          ? summary.at("requested")
                          : Json{{"spec", summary.at("spec")}, {"options", Json::object()}, {"files", Json::array()}};
  return differences(comparable(before), comparable(request));
}

}  // namespace orbitwalk::cli
