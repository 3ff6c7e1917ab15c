// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/run/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace orbitwalk {

using Json = nlohmann::ordered_json;

std::string number(const Json& json, const char* format) {
  if (json.is_null()) return "-";
  char text[48];
  std::snprintf(text, sizeof text, format, json.get<double>());
  const std::string result = text;
  if (result[0] == '-' && result.find_first_of("123456789") == std::string::npos) return result.substr(1);  // no "-0.000"
  return result;
}

std::string optional_number(const Json& table, const char* key, const char* format) {
  return table.contains(key) ? number(table.at(key), format) : "-";
}

std::string with_error(const Json& mean, const Json& error) {
  if (mean.is_null()) return "-";
  if (error.is_null() || error.get<double>() <= 0) return number(mean);
  const int digits = std::max(0, 1 - int(std::floor(std::log10(error.get<double>()))));
  const std::string format = "%." + std::to_string(std::min(digits, 12)) + "f";
  return number(mean, format.c_str()) + " ± " + number(error, "%.1e");
}

std::string yes_or_no(const Json& table, const char* key) {
  if (!table.contains(key) || table.at(key).is_null()) return "-";
  return table.at(key).get<bool>() ? "yes" : "no";
}

}  // namespace orbitwalk
