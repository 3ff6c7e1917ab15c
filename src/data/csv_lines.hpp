// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/table.hpp"

namespace orbitwalk::detail {

struct Field {
  std::string text;
  std::size_t column = 1;  ///< where it starts in its line, from 1, in bytes
};

struct Line {
  std::size_t number = 1;  ///< in the file, from 1; of its first where quotes span several
  std::vector<Field> fields;
  bool cut = false;  ///< by a # that begins a comment
};

enum class Parsed { number, text, too_large };

/// Independent of the locale. "nan" and "inf" are numbers here, to be refused for what they are; 1.5D-3 is Fortran's
/// way to write 1.5e-3, and U+2212 a minus sign that a word processor made.
Parsed parse_number(std::string_view text, char decimal, double& value);
/// "", NA, NaN and the like: there is no value.
bool is_missing(std::string_view text);

/// Cuts text into lines of fields. Comments and lines without anything are passed over.
class Lines {
 public:
  /// `name` stands for the file in messages; text, name and format must outlive this.
  Lines(std::string_view text, const std::string& name, const TableFormat& format);

  /// The next line that holds anything; false at the end.
  bool next(Line& line);
  /// The line that next() gave, where # is a character like any other.
  Line whole() const;
  /// The text of the last comment line before the line that next() gave, without its marks; empty where there is none.
  const std::string& comment() const { return comment_; }
  std::size_t comment_line() const { return comment_line_; }
  std::vector<Field> split(std::string_view text) const;

  [[noreturn]] void fail(std::size_t line, std::size_t column, const std::string& message) const;

 private:
  std::size_t end_of_line(std::size_t at) const;
  std::size_t after_end(std::size_t end) const;
  bool skipped(std::size_t line) const;
  void read_separator_line();
  char find_separator() const;
  std::size_t split(std::string_view text, std::size_t begin, bool comments, Line& line) const;

  std::string_view text_;
  const std::string& name_;
  const TableFormat& format_;
  std::size_t begin_ = 0, position_ = 0, number_ = 0, comment_line_ = 0, last_skipped_ = 0;
  std::string comment_;
  char decimal_, separator_ = 0;  ///< 0: a line is one field
};

}  // namespace orbitwalk::detail
