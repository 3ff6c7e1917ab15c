// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/io/json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/files.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

namespace {

std::string plain(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append(std::string& text, const Json& value, std::size_t level) {
  const bool object = value.is_object();
  const bool on_one_line =
      !value.is_structured() || value.empty() ||
      (!object && std::none_of(value.begin(), value.end(), [](const Json& entry) { return entry.is_structured(); }));
  if (!value.is_structured() || value.empty()) {
    text += plain(value);
    return;
  }
  const std::string indent(2 * (level + 1), ' ');
  text += object ? "{" : "[";
  bool first = true;
  for (const auto& [key, entry] : value.items()) {
    if (!first) text += on_one_line ? ", " : ",";
    first = false;
    if (!on_one_line) text += "\n" + indent;
    if (object) text += plain(Json(key)) + ": ";
    append(text, entry, level + 1);
  }
  if (!on_one_line) text += "\n" + std::string(2 * level, ' ');
  text += object ? "}" : "]";
}

}  // namespace

Json json_number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json json_numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(json_number(value));
  return list;
}

std::string pretty(const Json& json) {
  std::string text;
  append(text, json, 0);
  return text + "\n";
}

void write_json(const std::string& path, const Json& json) {
  write_file_atomically(path, pretty(json));
}

Json read_json(const std::string& path) {
  try {
    return Json::parse(read_file(path));
  } catch (const Json::exception& error) {
    throw IoError(path + ": not valid JSON: " + error.what());
  }
}

}  // namespace orbitwalk
