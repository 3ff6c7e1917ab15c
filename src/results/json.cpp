// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/json.hpp"

#include <algorithm>

#include "orbitwalk/error.hpp"
#include "results/json_parts.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using namespace detail;

Json diverged_to_json(const Diverged& diverged) {
  return {{"count", diverged.count}, {"first_step", diverged.first_step ? Json(*diverged.first_step) : Json(nullptr)}};
}

Diverged diverged_from_json(const Json& json) {
  Diverged diverged{json.at("count").get<std::uint64_t>(), {}};
  if (const Json& first = json.at("first_step"); !first.is_null()) diverged.first_step = first.get<std::uint64_t>();
  return diverged;
}

/// What the parts of a summary say about the observables besides their own tables.
void mark_losses(Result& result) {
  double lost = double(result.diverged.count);
  if (result.blown_up) lost += double(result.blown_up->particles);
  for (ObservableResult& observable : result.observables) {
    observable.lost_share = result.particles > 0 ? std::min(1.0, lost / double(result.particles)) : 0;
    if (!result.blown_up) continue;
    const auto& names = result.blown_up->observables;
    observable.blown_up = std::find(names.begin(), names.end(), observable.name) != names.end();
  }
}

Result read(const Json& s) {
  Result r;
  r.program = s.value("program", "");
  r.version = s.at("version").get<std::string>();
  r.conclusion = s.value("conclusion", std::vector<std::string>());
  r.spec = json_text(s.at("spec"));
  if (s.contains("spec_directory") && s.at("spec_directory").is_string()) r.spec_directory = s.at("spec_directory");
  r.backend = s.at("backend").get<std::string>();
  r.device = s.at("device").get<std::string>();
  r.threads = s.at("threads").get<int>();
  r.ranks = s.value("ranks", 1);
  r.seed = s.at("seed").get<std::uint64_t>();
  r.precision = s.at("precision").get<std::string>();
  r.particles = s.at("particles").get<std::uint64_t>();
  r.steps = s.at("steps").get<std::uint64_t>();
  r.diverged = diverged_from_json(s.at("diverged"));
  r.degenerate_projections = s.at("degenerate_projections").get<std::uint64_t>();
  if (s.contains("metropolis")) {
    const Json& test = s.at("metropolis");
    r.metropolis = MetropolisResult{test.value("proposals", std::uint64_t{0}), test.at("accept_rate").get<double>(),
                                    test.at("unsolved").get<std::uint64_t>()};
  }
  r.wall_seconds = number_at(s, "wall_seconds");
  r.particle_steps_per_second = number_at(s, "particle_steps_per_second");
  r.digest = s.at("digest").get<std::string>();
  r.observables = observables_from_json(s);
  if (s.contains("step_bias")) r.step_bias = step_bias_from_json(s, r.observables);
  if (s.contains("shell_extrapolation"))
    r.shell_extrapolation = shell_from_json(s.at("shell_extrapolation"), r.observables);
  r.laws = laws_from_json(s.at("laws"), r.observables);
  r.notes = s.at("notes").get<std::vector<std::string>>();
  r.build = s.value("build", "");
  if (s.contains("blown_up")) r.blown_up = blow_up_from_json(s.at("blown_up"));
  if (s.contains("lost_increments")) r.lost_increments = lost_increments_from_json(s.at("lost_increments"));
  if (s.contains("data")) r.data = data_from_json(s.at("data"));
  if (s.contains("accuracy")) r.accuracy = accuracy_from_json(s.at("accuracy"), r.observables);
  if (s.contains("series")) r.series = series_from_json(s.at("series"));
  if (s.contains("requested")) r.requested = json_text(s.at("requested"));
  mark_losses(r);
  return r;
}

}  // namespace

Json to_json(const Result& result) {
  Json s;
  s["program"] = result.program;
  s["version"] = result.version;
  s["conclusion"] = result.conclusion;
  s["spec"] = Json::parse(result.spec);
  s["spec_directory"] = result.spec_directory;
  s["backend"] = result.backend;
  s["device"] = result.device;
  s["threads"] = result.threads;
  s["ranks"] = result.ranks;
  s["seed"] = result.seed;
  s["precision"] = result.precision;
  s["particles"] = result.particles;
  s["steps"] = result.steps;
  s["diverged"] = diverged_to_json(result.diverged);
  s["degenerate_projections"] = result.degenerate_projections;
  if (const auto& test = result.metropolis) {
    s["metropolis"] = {
        {"proposals", test->proposals}, {"accept_rate", test->accept_rate}, {"unsolved", test->unsolved}};
  }
  s["wall_seconds"] = json_number(result.wall_seconds);
  s["particle_steps_per_second"] = json_number(result.particle_steps_per_second);
  s["digest"] = result.digest;
  add_observables(s, result.observables);
  if (!result.step_bias.empty()) s["step_bias"] = step_bias_to_json(result);
  if (result.shell_extrapolation) s["shell_extrapolation"] = shell_to_json(*result.shell_extrapolation);
  s["laws"] = laws_to_json(result.laws);
  s["notes"] = result.notes;
  s["build"] = result.build;
  if (result.blown_up) s["blown_up"] = blow_up_to_json(*result.blown_up);
  if (result.lost_increments) s["lost_increments"] = lost_increments_to_json(*result.lost_increments);
  if (!result.data.empty()) s["data"] = data_to_json(result.data);
  if (result.accuracy) s["accuracy"] = accuracy_to_json(*result.accuracy, result.observables);
  if (result.series) s["series"] = series_to_json(*result.series);
  if (!result.requested.empty()) s["requested"] = Json::parse(result.requested);
  return s;
}

Result result_from_json(const Json& json) {
  try {
    return read(json);
  } catch (const Json::exception& e) {
    throw IoError(std::string("not a summary of orbitwalk: ") + e.what());
  }
}

Json stationary_to_json(Stationarity stationary) {
  return stationary == Stationarity::not_tested ? Json(nullptr) : Json(stationary == Stationarity::yes);
}

}  // namespace orbitwalk
