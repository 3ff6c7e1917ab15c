// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "report/sections.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-');
  });
  return bare ? key : Json(key).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string value_text(const Json& value) {
  if (!value.is_structured()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const auto& [key, entry] : value.items())
    text += (text.empty() ? "" : ", ") + (value.is_object() ? key_text(key) + " = " : "") + value_text(entry);
  if (value.is_array()) return "[" + text + "]";
  return text.empty() ? "{}" : "{ " + text + " }";
}

}  // namespace

std::string spec_text(const Json& spec) {
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

}  // namespace orbitwalk
