// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/printable.hpp"

#include <algorithm>
#include <ostream>

#include "support/terminal.hpp"
#include "support/utf8.hpp"

namespace orbitwalk {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool obeyed(char32_t point) {
  const bool control = (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0);
  const bool line = point == 0x2028 || point == 0x2029;
  const bool direction = point == 0x200E || point == 0x200F || point == 0x061C ||
                         (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return control || line || direction;
}

/// The length of one of the program's own sequences at the beginning; 0: none, npos: it may become one.
std::size_t own_sequence(std::string_view text) {
  if (text[0] == '\r') return 1;
  if (text[0] != '\x1b') return 0;
  if (text.size() == 1) return std::string_view::npos;
  if (text[1] != '[') return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  if (end == std::string_view::npos) return text.size() < 20 ? end : 0;
  return text[end] == 'm' || (text[end] == 'K' && end == 2) ? end + 1 : 0;
}

/// Whether the text ends within a character of several bytes.
bool unfinished(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest[0]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  return first <= 0xF4 && rest.size() < length && std::all_of(rest.begin() + 1, rest.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
         });
}

/// Appends what can be decided of the text, and returns how much that is.
std::size_t append_printable(std::string& result, std::string_view text, bool own_sequences) {
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (own_sequences && (rest[0] == '\r' || rest[0] == '\x1b')) {
      const std::size_t length = own_sequence(rest);
      if (length == std::string_view::npos) return i;
      if (length > 0) {
        result += rest.substr(0, length);
        i += length;
        continue;
      }
    }
    if (unfinished(rest)) return i;
    const std::size_t begin = i;
    const char32_t point = detail::next_utf8(text, i);
    if (point == 0xFFFFFFFF || obeyed(point)) result += replacement;
    else result += text.substr(begin, i - begin);
  }
  return text.size();
}

}  // namespace

std::string printable(std::string_view text, bool own_sequences) {
  std::string result;
  for (std::size_t done = append_printable(result, text, own_sequences); done < text.size();) {
    result += replacement;
    done += 1;
    done += append_printable(result, text.substr(done), own_sequences);
  }
  return result;
}

PrintableStream::PrintableStream(std::ostream& out) : out_(out), target_(out.rdbuf()), terminal_(is_terminal(out)) {
  out.rdbuf(this);
}

PrintableStream::~PrintableStream() {
  pass(true);
  out_.rdbuf(target_);
}

bool PrintableStream::pass(bool all) {
  std::string text;
  if (all) {
    text = printable(pending_, terminal_);
    pending_.clear();
  } else {
    pending_.erase(0, append_printable(text, pending_, terminal_));
  }
  return target_->sputn(text.data(), static_cast<std::streamsize>(text.size())) ==
         static_cast<std::streamsize>(text.size());
}

PrintableStream::int_type PrintableStream::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char byte = traits_type::to_char_type(c);
  return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

std::streamsize PrintableStream::xsputn(const char* text, std::streamsize count) {
  const std::lock_guard lock(mutex_);
  pending_.append(text, static_cast<std::size_t>(count));
  return pass(false) ? count : 0;
}

int PrintableStream::sync() {
  const std::lock_guard lock(mutex_);
  return target_->pubsync();
}

}  // namespace orbitwalk
