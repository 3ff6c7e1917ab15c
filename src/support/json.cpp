// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "support/files.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

std::string json_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

namespace {

void append(std::string& text, const Json& value, std::size_t level) {
  const bool object = value.is_object();
  const bool on_one_line =
      !value.is_structured() || value.empty() ||
      (!object && std::none_of(value.begin(), value.end(), [](const Json& entry) { return entry.is_structured(); }));
  if (!value.is_structured() || value.empty()) {
    text += json_text(value);
    return;
  }
  const std::string indent(2 * (level + 1), ' ');
  text += object ? "{" : "[";
  bool first = true;
  for (const auto& [key, entry] : value.items()) {
    if (!first) text += on_one_line ? ", " : ",";
    first = false;
    if (!on_one_line) text += "\n" + indent;
    if (object) text += json_text(Json(key)) + ": ";
    append(text, entry, level + 1);
  }
  if (!on_one_line) text += "\n" + std::string(2 * level, ' ');
  text += object ? "}" : "]";
}

// Of brackets outside strings. Text that is not JSON may give any number.
std::size_t depth_of(const std::string& text) {
  std::size_t depth = 0, most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      else quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      most = std::max(most, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return most;
}

}  // namespace

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

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

void write_json(const std::string& path, const Json& json) { write_file_atomically(path, pretty(json)); }

Json read_json(const std::string& path) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 30;
  // The library's parser goes as deep as its input; what handles the tree afterwards would end the stack.
  constexpr std::size_t deepest = 256;
  const std::string text = read_file(path, largest);
  if (depth_of(text) > deepest)
    throw IoError(path + ": nested deeper than " + std::to_string(deepest) +
                  " levels, so it is not a result of orbitwalk");
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw IoError(path + ": not valid JSON: " + error.what());
  }
}

}  // namespace orbitwalk
