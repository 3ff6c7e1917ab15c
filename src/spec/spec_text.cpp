// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "spec/spec_text.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-');
  });
  return bare ? key : json_text(Json(key));
}

std::string value_text(const Json& value) {
  if (!value.is_structured()) return json_text(value);
  std::string text;
  for (const auto& [key, entry] : value.items())
    text += (text.empty() ? "" : ", ") + (value.is_object() ? key_text(key) + " = " : "") + value_text(entry);
  if (value.is_array()) return "[" + text + "]";
  return text.empty() ? "{}" : "{ " + text + " }";
}

}  // namespace

std::string spec_as_toml(const std::string& json) {
  const Json spec = Json::parse(json);
  if (!spec.is_object()) return value_text(spec) + "\n";
  std::string top, sections;
  for (const auto& [key, value] : spec.items()) {
    if (!value.is_object()) {
      top += key_text(key) + " = " + value_text(value) + "\n";
      continue;
    }
    sections += (sections.empty() && top.empty() ? "[" : "\n[") + key_text(key) + "]\n";
    for (const auto& [name, entry] : value.items()) sections += key_text(name) + " = " + value_text(entry) + "\n";
  }
  return top + sections;
}

SpecHeadline headline_of(const std::string& json) try {
  const Json spec = Json::parse(json);
  SpecHeadline headline;
  headline.model = spec.at("model").at("name").get<std::string>();
  const Json dynamics = spec.value("dynamics", Json::object());
  headline.dynamics = dynamics.value("name", "-");
  if (dynamics.contains("step")) headline.step = dynamics.at("step").dump();
  return headline;
} catch (const Json::exception& e) {
  throw IoError(std::string("not a summary of orbitwalk: ") + e.what());
}

}  // namespace orbitwalk
