// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

namespace orbitwalk {

using Json = nlohmann::ordered_json;

namespace {
constexpr double kLargest = 1e12;   // that is written out
constexpr int kLargestDigits = 12;  // behind the point
}  // namespace

std::string number(const Json& json, const char* format) {
  if (json.is_null()) return "-";
  char text[48];
  const double value = json.get<double>();
  // Digits that a double does not have are not shown.
  if (std::abs(value) >= kLargest && std::strchr(format, 'f')) format = "%.6g";
  std::snprintf(text, sizeof text, format, value);
  const std::string result = text;
  if (result[0] == '-' && result.find_first_of("123456789") == std::string::npos)
    return result.substr(1);  // no "-0.000"
  return result;
}

std::string optional_number(const Json& table, const char* key, const char* format) {
  return table.contains(key) ? number(table.at(key), format) : "-";
}

std::string with_error(const Json& mean, const Json& error) {
  if (mean.is_null()) return "-";
  if (error.is_null() || error.get<double>() <= 0) return number(mean);
  const int magnitude = int(std::floor(std::log10(error.get<double>()))), digits = std::max(0, 1 - magnitude);
  std::string format = "%." + std::to_string(digits) + "f";
  if (const double value = std::abs(mean.get<double>());
      value >= kLargest || magnitude >= kLargestDigits || digits > kLargestDigits) {
    const int before = value > 0 ? int(std::floor(std::log10(value))) : magnitude;
    format = "%." + std::to_string(std::clamp(before - magnitude + 1, 1, kLargestDigits)) + "e";
  }
  return number(mean, format.c_str()) + " ± " + number(error, "%.1e");
}

std::string yes_or_no(const Json& table, const char* key) {
  if (!table.contains(key) || table.at(key).is_null()) return "-";
  return table.at(key).get<bool>() ? "yes" : "no";
}

}  // namespace orbitwalk
