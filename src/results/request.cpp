// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/request.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "results/spec_run.hpp"
#include "run/identity.hpp"
#include "support/json.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

namespace {

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

}  // namespace orbitwalk
