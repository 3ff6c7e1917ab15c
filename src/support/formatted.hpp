// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace orbitwalk {

/// `value` as printf writes it under `format`, which takes one double and fills at most 63 characters.
inline std::string formatted(double value, const char* format = "%.6g") {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace orbitwalk
