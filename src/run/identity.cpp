// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/identity.hpp"
#include "dynamics/registry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* a_file = "(a file)";  // in a spec's [data], in place of its path

bool is_path_of(const IdentifiedFile& file, const std::string& value) {
  if (value.empty() || file.path == value) return !value.empty();
  const std::string end = "/" + value;
  return file.path.size() > end.size() && file.path.compare(file.path.size() - end.size(), end.size(), end) == 0;
}

void hide_paths(Json& json, const std::vector<IdentifiedFile>& files) {
  if (json.is_string()) {
    const std::string value = json.get<std::string>();
    if (std::any_of(files.begin(), files.end(), [&](const auto& file) { return is_path_of(file, value); }))
      json = a_file;
  }
  if (!json.is_structured()) return;
  for (Json& part : json) hide_paths(part, files);
}

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

void compare(const Json& before, const Json& now, const std::string& key, std::vector<std::string>& list) {
  if (before == now) return;
  const auto below = [&](const std::string& name) { return key.empty() ? name : key + "." + name; };
  if (before.is_object() && now.is_object()) {
    for (const auto& [name, value] : before.items()) {
      if (now.contains(name)) compare(value, now.at(name), below(name), list);
      else list.push_back(below(name) + " was " + shown(value) + " and is gone");
    }
    for (const auto& [name, value] : now.items()) {
      if (!before.contains(name)) list.push_back(below(name) + " = " + shown(value) + " is new");
    }
    return;
  }
  if (before.is_array() && now.is_array() && before.size() == now.size() && before.size() > 0 &&
      before[0].is_object()) {
    for (std::size_t i = 0; i < now.size(); ++i) compare(before[i], now[i], key + "[" + std::to_string(i) + "]", list);
    return;
  }
  list.push_back(key + " was " + shown(before) + " and is now " + shown(now));
}

std::string text_at(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) && json.at(key).is_string() ? json.at(key).get<std::string>()
                                                                            : std::string();
}

const Json& part(const Json& json, const char* key) {
  static const Json nothing;
  return json.is_object() && json.contains(key) ? json.at(key) : nothing;
}

void compare_files(const Json& before, const Json& now, std::vector<std::string>& list) {
  for (const Json& file : now) {
    const auto same = std::find_if(before.begin(), before.end(),
                                   [&](const Json& other) { return text_at(other, "role") == text_at(file, "role"); });
    if (same == before.end()) list.push_back("the file " + text_at(file, "path") + " is new");
    else if (text_at(*same, "hash") != text_at(file, "hash"))
      list.push_back("the content of " + text_at(file, "path") + " has changed");
  }
  for (const Json& file : before) {
    const bool gone = std::none_of(now.begin(), now.end(),
                                   [&](const Json& other) { return text_at(other, "role") == text_at(file, "role"); });
    if (gone) list.push_back("the file " + text_at(file, "path") + " is no longer read");
  }
}

}  // namespace

Json files_to_json(const std::vector<IdentifiedFile>& files) {
  Json list = Json::array();
  for (const IdentifiedFile& file : files)
    list.push_back({{"role", file.role}, {"path", file.path}, {"hash", file.hash}});
  return list;
}

Json with_hidden_paths(Json spec, const std::vector<IdentifiedFile>& files) {
  if (spec.is_object() && spec.contains("data")) hide_paths(spec["data"], files);
  return spec;
}

Json run_identity(const Json& spec, const std::vector<IdentifiedFile>& files, const Json& options,
                  const std::string& phase, const Problem& problem) {
  const Plan& plan = problem.plan;
  return {{"build", build_id()},
          {"phase", phase},
          {"plan",
           {{"integrator", integrator_of(plan).name},
            {"noise", noise_of(plan).name},
            {"variates", int(plan.variates)},
            {"step", plan.step},
            {"seed", plan.seed},
            {"particles", plan.particles},
            {"burn_in", plan.burn_in},
            {"steps", plan.steps},
            {"every", plan.every},
            {"shell_width", plan.shell_width}}},
          {"files", files_to_json(files)},
          {"spec", with_hidden_paths(spec, files)},
          {"options", options}};
}

std::vector<std::string> differences(const Json& before, const Json& now) {
  std::vector<std::string> list;
  if (text_at(before, "build") != text_at(now, "build"))
    list.push_back("it is from another build of the program, " + text_at(before, "build") + ", and this is " +
                   text_at(now, "build"));
  compare_files(part(before, "files"), part(now, "files"), list);
  compare(part(before, "spec"), part(now, "spec"), "", list);
  compare(part(before, "options"), part(now, "options"), "", list);
  if (!list.empty()) return list;
  // The same spec: another place in a command, such as another rung of a ladder.
  compare(part(before, "phase"), part(now, "phase"), "phase", list);
  compare(part(before, "plan"), part(now, "plan"), "plan", list);
  return list;
}

std::string differences_text(const std::vector<std::string>& differences) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, differences.size()); ++i) text += (i > 0 ? "; " : "") + differences[i];
  if (differences.size() > most) text += "; and " + std::to_string(differences.size() - most) + " more";
  return text;
}

}  // namespace orbitwalk
