// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orbitwalk::detail {

/// The code point at `i` of well-formed UTF-8 (shortest form, no surrogates), or 0xFFFFFFFF where there is none.
/// Advances `i` by its bytes, by one where there is none.
inline char32_t next_utf8(std::string_view text, std::size_t& i) {
  constexpr char32_t none = 0xFFFFFFFF;
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const char32_t first = byte(i++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || i + more > text.size()) return none;
  char32_t point = first & (0x3Fu >> more);
  for (std::size_t k = 0; k < more; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return none;
    point = point << 6 | (byte(i + k) & 0x3Fu);
  }
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  if (surrogate || point > 0x10FFFF || (more == 2 && point < 0x800) || (more == 3 && point < 0x10000)) return none;
  i += more;
  return point;
}

inline void append_utf8(std::string& text, char32_t point) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

}  // namespace orbitwalk::detail
