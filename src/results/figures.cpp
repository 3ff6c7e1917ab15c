// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "support/formatted.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {

namespace {
constexpr double kLargest = 1e12;   // that is written out
constexpr int kLargestDigits = 12;  // behind the point
}  // namespace

std::string number(double value, const char* format) {
  if (!std::isfinite(value)) return "-";
  // Digits that a double does not have are not shown.
  if (std::abs(value) >= kLargest && std::strchr(format, 'f')) format = "%.6g";
  const std::string result = formatted(value, format);
  if (result[0] == '-' && result.find_first_of("123456789") == std::string::npos)
    return result.substr(1);  // no "-0.000"
  return result;
}

std::string short_or_dash(double value) { return std::isfinite(value) ? short_number(value) : "-"; }

std::string with_error(double mean, double error) {
  if (!std::isfinite(mean)) return "-";
  if (!std::isfinite(error) || error <= 0) return number(mean);
  const int magnitude = int(std::floor(std::log10(error))), digits = std::max(0, 1 - magnitude);
  std::string format = "%." + std::to_string(digits) + "f";
  if (const double value = std::abs(mean);
      value >= kLargest || magnitude >= kLargestDigits || digits > kLargestDigits) {
    const int before = value > 0 ? int(std::floor(std::log10(value))) : magnitude;
    format = "%." + std::to_string(std::clamp(before - magnitude + 1, 1, kLargestDigits)) + "e";
  }
  return number(mean, format.c_str()) + " ± " + number(error, "%.1e");
}

std::string yes_or_no(std::optional<bool> value) { return !value ? "-" : *value ? "yes" : "no"; }

}  // namespace orbitwalk
