// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "data/table.hpp"
#include "orbitwalk/error.hpp"
#include "support/utf8.hpp"

namespace orbitwalk {
namespace {

// What Windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters; 0: nothing (unicode.org, CP1252.TXT).
constexpr std::array<char16_t, 32> windows_1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::size_t line_of(std::string_view bytes, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string from_utf16(std::string_view bytes, bool little, const std::string& name) {
  if (bytes.size() % 2 != 0)
    detail::refuse(name, "UTF-16 has two bytes for each character, but the file has an odd number of bytes");
  const auto unit = [&](std::size_t i) {
    const auto low = static_cast<unsigned char>(bytes[i + (little ? 0 : 1)]),
               high = static_cast<unsigned char>(bytes[i + (little ? 1 : 0)]);
    return static_cast<char32_t>(high << 8 | low);
  };
  std::string text;
  text.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    char32_t point = unit(i);
    if (point >= 0xD800 && point < 0xE000) {
      const char32_t second = i + 2 < bytes.size() ? unit(i + 2) : 0;
      if (point >= 0xDC00 || second < 0xDC00 || second >= 0xE000)
        detail::refuse(name, "not valid UTF-16 at byte " + std::to_string(i));
      point = 0x10000 + ((point & 0x3FF) << 10 | (second & 0x3FF));
      i += 2;
    }
    detail::append_utf8(text, point);
  }
  return text;
}

std::string from_one_byte(std::string_view bytes, bool windows) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool changed = windows && byte >= 0x80 && byte < 0xA0 && windows_1252[byte - 0x80] != 0;
    detail::append_utf8(text, changed ? windows_1252[byte - 0x80] : char32_t(byte));
  }
  return text;
}

}  // namespace

const std::vector<std::string>& encoding_names() {
  static const std::vector<std::string> names = {"utf-8", "utf-16", "utf-16le", "utf-16be", "latin1", "windows-1252"};
  return names;
}

std::string decoded(const std::string& bytes, const std::string& encoding, const std::string& name,
                    const std::string& keys) {
  std::string_view rest = bytes;
  const auto starts = [&](std::string_view mark) { return rest.substr(0, mark.size()) == mark; };
  const bool utf8_mark = starts("\xEF\xBB\xBF"), little_mark = starts("\xFF\xFE"), big_mark = starts("\xFE\xFF");
  if (encoding == "latin1" || encoding == "windows-1252") return from_one_byte(rest, encoding == "windows-1252");
  if (encoding == "utf-16" || encoding == "utf-16le" || encoding == "utf-16be" ||
      (encoding.empty() && (little_mark || big_mark))) {
    if (encoding == "utf-16" && !little_mark && !big_mark)
      detail::refuse(name, "UTF-16 without a byte order mark; say " + keys + "encoding = \"utf-16le\" or \"utf-16be\"");
    const bool little = encoding == "utf-16le" || (encoding != "utf-16be" && little_mark);
    if (little ? little_mark : big_mark) rest.remove_prefix(2);
    return from_utf16(rest, little, name);
  }
  if (utf8_mark) rest.remove_prefix(3);
  if (const auto zero = rest.find('\0'); zero != std::string_view::npos) {
    detail::refuse(name, "line " + std::to_string(line_of(rest, zero)) +
                             " holds zero bytes, so it is not text; if it is UTF-16 without a byte order mark, say " +
                             keys + "encoding = \"utf-16le\"");
  }
  for (std::size_t i = 0; i < rest.size();) {
    const std::size_t at = i;
    if (detail::next_utf8(rest, i) == 0xFFFFFFFF) {
      detail::refuse(name,
                     "line " + std::to_string(line_of(rest, at)) + " is not UTF-8; say " + keys +
                         "encoding = \"latin1\" or \"windows-1252\" (Windows, Western Europe) if that is what it is");
    }
  }
  return std::string(rest);
}

}  // namespace orbitwalk
