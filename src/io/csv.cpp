// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "io/spec_document.hpp"  // shown()
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/data.hpp"

namespace orbitwalk {
namespace {

struct Field {
  std::string text;
  std::size_t column = 1;  ///< where it starts in its line, from 1, in bytes
};

struct Line {
  std::size_t number = 1;  ///< in the file, from 1
  std::vector<Field> fields;
};

/// Cuts the text into lines of fields.
class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  /// The next line that holds anything; false at the end.
  bool next(Line& line) {
    while (position_ < text_.size()) {
      std::size_t end = text_.find_first_of("\r\n", position_);
      if (end == std::string_view::npos) end = text_.size();
      const std::string_view raw = text_.substr(position_, end - position_);
      position_ = end;
      if (position_ < text_.size()) {
        const bool crlf = text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n';
        position_ += crlf ? 2 : 1;
      }
      line.number = ++number_;
      const auto first = raw.find_first_not_of(" \t");
      if (first == std::string_view::npos || raw[first] == '#') continue;
      if (!separator_) separator_ = separator_of(raw);
      line.fields.clear();
      split(raw, line);
      return true;
    }
    return false;
  }

  [[noreturn]] void fail(std::size_t line, std::size_t column, const std::string& message) const {
    throw IoError(name_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message);
  }

 private:
  /// The first line decides, by what stands outside quotes: a tab, else a semicolon, else a comma, else spaces.
  static char separator_of(std::string_view line) {
    bool quoted = false, tab = false, semicolon = false, comma = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      if (c == '#') break;
      tab = tab || c == '\t';
      semicolon = semicolon || c == ';';
      comma = comma || c == ',';
    }
    // Aligned columns are often padded with tabs, so a comma or semicolon beside a tab wins.
    return semicolon ? ';' : comma ? ',' : tab ? '\t' : ' ';
  }

  void split(std::string_view raw, Line& line) const {
    const auto blank = [&](char c) { return c == ' ' || (c == '\t' && separator_ != '\t'); };
    std::size_t i = 0;
    for (;;) {
      while (i < raw.size() && blank(raw[i])) ++i;
      if (separator_ == ' ' && (i == raw.size() || raw[i] == '#')) return;
      Field field;
      field.column = i + 1;
      if (i < raw.size() && raw[i] == '"') {
        for (++i;; ++i) {
          if (i >= raw.size()) fail(line.number, field.column, "the quote is not closed on this line");
          if (raw[i] != '"')
            field.text += raw[i];
          else if (i + 1 < raw.size() && raw[i + 1] == '"')
            field.text += raw[i++];
          else
            break;
        }
        ++i;
        while (i < raw.size() && blank(raw[i])) ++i;
        if (i < raw.size() && raw[i] != separator_ && raw[i] != '#' && separator_ != ' ')
          fail(line.number, i + 1, "expected a separator after the closing quote");
      } else {
        const std::size_t begin = i;
        while (i < raw.size() && raw[i] != separator_ && raw[i] != '#' && !(separator_ == ' ' && blank(raw[i]))) ++i;
        field.text = raw.substr(begin, i - begin);
        while (!field.text.empty() && (field.text.back() == ' ' || field.text.back() == '\t')) field.text.pop_back();
      }
      line.fields.push_back(std::move(field));
      if (separator_ == ' ') continue;
      if (i == raw.size() || raw[i] == '#') return;
      ++i;  // the separator
    }
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t position_ = 0, number_ = 0;
  char separator_ = 0;
};

enum class Parsed { number, text, too_large };

/// Independent of the locale; "nan" and "inf" parse as numbers, so that they are refused for what they are.
Parsed parse_number(std::string_view text, double& value) {
  if (!text.empty() && text[0] == '+' && text.substr(0, 2) != "+-") text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) return Parsed::text;
  if (error == std::errc::result_out_of_range) {
    // Either far too large, or so small that a denormal number or zero is the right answer.
    value = std::strtod(std::string(text).c_str(), nullptr);
    if (!(std::abs(value) < 1)) return Parsed::too_large;
  }
  return Parsed::number;
}

}  // namespace

Matrix parse_csv(const std::string& text, const std::string& name) {
  Reader reader(text, name);
  Matrix table;
  Line line;
  std::size_t first_line = 0;
  while (reader.next(line)) {
    if (first_line == 0) {
      first_line = line.number;
      table.cols = line.fields.size();
      bool header = true;
      double ignored;
      for (const Field& field : line.fields) header = header && parse_number(field.text, ignored) == Parsed::text;
      if (header) {
        for (std::size_t j = 0; j < line.fields.size(); ++j) {
          std::string title = line.fields[j].text;
          if (title.empty()) title = "column " + std::to_string(j);  // an index column written by pandas has no title
          for (const std::string& other : table.names)
            if (other == title)
              reader.fail(line.number, line.fields[j].column, "two columns are named " + detail::shown(title));
          table.names.push_back(std::move(title));
        }
        continue;
      }
    }
    if (line.fields.size() != table.cols)
      reader.fail(line.number, line.fields.empty() ? 1 : line.fields.back().column,
                  "expected " + std::to_string(table.cols) + " fields as in line " + std::to_string(first_line) +
                      ", got " + std::to_string(line.fields.size()));
    for (std::size_t j = 0; j < table.cols; ++j) {
      const Field& field = line.fields[j];
      const auto where = [&] {
        return "column " + (table.names.empty() ? std::to_string(j) : detail::shown(table.names[j])) + ": ";
      };
      double value = 0;
      const Parsed parsed = parse_number(field.text, value);
      if (field.text.empty()) reader.fail(line.number, field.column, where() + "the value is empty");
      if (parsed == Parsed::text)
        reader.fail(line.number, field.column, where() + "expected a number, got " + detail::shown(field.text));
      if (parsed == Parsed::too_large || !std::isfinite(value))
        reader.fail(line.number, field.column, where() + "expected a finite number, got " + detail::shown(field.text));
      table.values.push_back(value);
    }
    ++table.rows;
  }
  if (first_line == 0) throw IoError(name + ": the file is empty");
  if (table.rows == 0) throw IoError(name + ": there is a header but no row of numbers");
  return table;
}

}  // namespace orbitwalk
