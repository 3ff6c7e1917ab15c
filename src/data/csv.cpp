// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>

#include "data/csv_lines.hpp"
#include "data/table_columns.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec_document.hpp"  // shown()

namespace orbitwalk {
namespace {

using detail::Field;
using detail::is_missing;
using detail::Line;
using detail::Lines;
using detail::Parsed;
using detail::shown;

bool plain_integer(const std::string& text) {
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+');
  return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos;
}

bool unnamed(const std::string& title) {
  // pandas and readr name so what had no name in a file that they read.
  return title.empty() || title.rfind("Unnamed: ", 0) == 0 ||
         (title.rfind("...", 0) == 0 && plain_integer(title.substr(3)));
}

std::string listed(const std::vector<Field>& fields) {
  std::string text;
  for (std::size_t j = 0; j < fields.size() && j < 6; ++j)
    text += (j ? ", " : "") + (fields[j].text.empty() ? "\"\"" : fields[j].text);
  return text.substr(0, 80) + (fields.size() > 6 ? ", ..." : "");
}

/// Lines become a table: which of them are names, and which columns are numbers.
class TableReader {
 public:
  TableReader(const std::string& text, const std::string& name, const TableFormat& format)
      : lines_(text, name, format), name_(name), format_(format), decimal_(format.decimal.value_or('.')) {}

  Table read() {
    Line line;
    while (lines_.next(line)) {
      if (!seen_first_) first(line);
      else if (!resolved_) resolve(line);
      else row(line);
    }
    return finish();
  }

 private:
  Parsed parse(const std::string& text, double& value) const { return detail::parse_number(text, decimal_, value); }
  std::string say(const std::string& key) const { return format_.keys + key; }

  bool ignored_by_index(std::size_t column) const {
    return format_.ignore && std::count(format_.ignore->begin(), format_.ignore->end(), std::to_string(column)) > 0;
  }

  /// Whether all fields that are not numbers would be numbers with a decimal comma.
  bool decimal_comma(const std::vector<Field>& fields) const {
    bool any = false;
    double ignored;
    for (const Field& field : fields) {
      if (detail::parse_number(field.text, ',', ignored) == Parsed::number)
        any = any || field.text.find(',') != std::string::npos;
      else if (!field.text.empty()) return false;
    }
    return any && !format_.decimal;
  }
  std::string decimal_hint() const { return "; numbers with a decimal comma? say " + say("decimal = \",\""); }

  void first(Line& line) {
    seen_first_ = true;
    std::size_t numbers = 0, texts = 0;
    const Field *number = nullptr, *text = nullptr;
    double ignored;
    for (std::size_t j = 0; j < line.fields.size(); ++j) {
      const Field& field = line.fields[j];
      if (ignored_by_index(j) || (format_.missing && is_missing(field.text))) continue;
      if (parse(field.text, ignored) != Parsed::text) ++numbers, number = number ? number : &field;
      else if (!field.text.empty()) ++texts, text = text ? text : &field;
    }
    if (!format_.header) {
      if (texts > 0 && decimal_comma(line.fields)) {
        lines_.fail(line.number, text->column, "got " + shown(text->text) + decimal_hint());
      }
      if (texts > 0 && numbers > 0) {
        lines_.fail(line.number, text->column,
                    "expected names or numbers, got both, " + shown(text->text) + " and " + shown(number->text) +
                        "; if this line names the columns, say " + say("header = true") +
                        "; if a column holds no numbers, leave it out: " + say("ignore = [...]") +
                        "; missing values cannot be read");
      }
    }
    const bool header = format_.header.value_or(texts > 0 || (numbers == 0 && !format_.missing));
    if (!header) {
      resolve(line);
      return;
    }
    if (line.cut) {
      // "id #,b,c": where the comment would take columns away, # is part of a name.
      Lines ahead = lines_;
      Line second;
      const Line whole = lines_.whole();
      if (ahead.next(second) && whole.fields.size() == second.fields.size()) line.fields = whole.fields;
    }
    if (format_.header && texts == 0 && number && !plain_integer(number->text) &&
        names_in_comment(line.fields.size())) {
      lines_.fail(line.number, 1,
                  "header = true, but the names are in the comment in line " + std::to_string(lines_.comment_line()) +
                      " and this line holds numbers; leave " + say("header") + " out");
    }
    header_ = line.fields;
    header_line_ = line.number;
    table_.header = "line " + std::to_string(line.number);
  }

  bool names_in_comment(std::size_t count, std::vector<Field>* names = nullptr) const {
    if (lines_.comment().empty() || lines_.comment().find('"') != std::string::npos) return false;
    std::vector<Field> fields = lines_.split(lines_.comment());
    double ignored;
    for (std::size_t j = 0; j < fields.size(); ++j) {
      if (fields[j].text.empty() || parse(fields[j].text, ignored) != Parsed::text) return false;
      for (std::size_t k = 0; k < j; ++k) {
        if (fields[k].text == fields[j].text) return false;
      }
    }
    if (fields.size() != count) return false;
    if (names) *names = std::move(fields);
    return true;
  }

  /// The first row of numbers: how many columns there are, and what they are called.
  void resolve(const Line& line) {
    resolved_ = true;
    first_row_ = line;
    const std::size_t found = line.fields.size();
    Matrix& m = table_.matrix;
    if (header_line_ > 0) {
      if (header_.size() == found + 1 && header_.back().text.empty()) header_.pop_back();
      if (header_.size() + 1 == found) {
        if (line.fields.back().text.empty()) header_.push_back({"", 1});
        else if (!numbers_after_first(line)) mismatch(line, header_.size());
        else row_names_ = true, header_.insert(header_.begin(), {"row names", 1});
      }
      if (header_.size() != found) mismatch(line, header_.size());
      for (const Field& field : header_) m.names.push_back(field.text);
    } else if (std::vector<Field> names; !format_.header && names_in_comment(found, &names)) {
      for (const Field& field : names) m.names.push_back(field.text);
      table_.header = "comment in line " + std::to_string(lines_.comment_line());
    }
    m.cols = found;
    for (std::size_t j = 0; j < m.names.size(); ++j) {
      for (std::size_t k = 0; k < j && !m.names[j].empty(); ++k) {
        if (m.names[k] == m.names[j]) {
          lines_.fail(header_line_, header_[j].column,
                      "two columns are named " + shown(m.names[j]) + "; give them different names, or none: " +
                          say("header = false") + " and " + say("skip = " + std::to_string(header_line_)));
        }
      }
    }
    trailing_ =
        found > 1 && line.fields.back().text.empty() && (m.names.empty() ? !format_.missing : m.names.back().empty());
    table_.ignored.assign(found, false);
    if (row_names_) table_.ignored[0] = true;
    if (format_.ignore) {
      for (const std::string& wanted : *format_.ignore) table_.ignored[detail::find_column(m, wanted, name_)] = true;
    }
    fractional_.assign(found, false);
    row(line);
  }

  bool numbers_after_first(const Line& line) const {
    double ignored;
    return std::all_of(line.fields.begin() + 1, line.fields.end(),
                       [&](const Field& f) { return is_missing(f.text) || parse(f.text, ignored) != Parsed::text; });
  }

  [[noreturn]] void mismatch(const Line& line, std::size_t expected) const {
    std::string hint;
    if (header_line_ > 0 && table_.matrix.rows == 0) {
      hint = "; if line " + std::to_string(header_line_) + " is a title, say " +
             say("skip = " + std::to_string(header_line_));
    }
    if (!format_.decimal && decimal_comma(line.fields)) hint += decimal_hint();
    lines_.fail(line.number, line.fields.empty() ? 1 : line.fields.back().column,
                "expected " + std::to_string(expected) + " fields as in line " +
                    std::to_string(header_line_ > 0 ? header_line_ : first_row_.number) + ", got " +
                    std::to_string(line.fields.size()) + hint);
  }

  void row(const Line& line) {
    Matrix& m = table_.matrix;
    if (line.fields.size() != m.cols) mismatch(line, m.cols);
    const bool nothing = m.cols > 1 && std::all_of(line.fields.begin(), line.fields.end(),
                                                   [](const Field& f) { return f.text.empty(); });
    if (nothing && !format_.missing && m.rows > 0) {
      if (empty_lines_++ == 0) empty_line_ = line.number;  // a spreadsheet's, behind the end
      return;
    }
    if (empty_lines_ > 0)
      lines_.fail(empty_line_, 1,
                  "the line holds separators only, but there are numbers below; leave it out: " +
                      say("skip = [" + std::to_string(empty_line_) + "]"));
    bool plain = true;
    for (std::size_t j = 0; j < m.cols; ++j) {
      const std::string& text = line.fields[j].text;
      if (j == 0) count(text);
      double value = 0;
      if (trailing_ && j + 1 == m.cols) {
        if (!text.empty()) {
          if (m.rows > 0)
            lines_.fail(line.number, line.fields[j].column,
                        "expected an empty last field as in the lines above, got " + shown(text));
          trailing_ = false;
        }
      }
      if (!table_.ignored[j] && !(trailing_ && j + 1 == m.cols)) {
        value = number(line, j);
        plain = plain && plain_integer(text);
        if (m.rows > 0 && !plain_integer(text)) fractional_[j] = true;
      }
      m.values.push_back(value);
    }
    (m.rows == 0 ? first_plain_ : later_plain_) |= plain;
    ++m.rows;
  }

  /// Whether the first column counts 0, 1, 2, ... or 1, 2, 3, ...
  void count(const std::string& text) {
    if (table_.matrix.rows == 0) counts_from_ = text == "0" ? 0 : 1;
    counts_ = counts_ && text == std::to_string(table_.matrix.rows + counts_from_);
    double ignored;
    if (parse(text, ignored) != Parsed::text) first_column_texts_ = false;
  }

  double number(const Line& line, std::size_t j) const {
    const Field& field = line.fields[j];
    const auto where = [&] {
      const auto& names = table_.matrix.names;
      return "column " + (names.empty() || names[j].empty() ? std::to_string(j) : shown(names[j])) + ": ";
    };
    double value = 0;
    if (format_.missing && is_missing(field.text)) return std::nan("");
    if (field.text.empty())
      lines_.fail(line.number, field.column,
                  where() + "the value is empty; leave out rows without a value, in every file of the data");
    const Parsed parsed = parse(field.text, value);
    if (parsed == Parsed::text) {
      std::string hint;
      const bool none = std::none_of(line.fields.begin(), line.fields.end(), [&](const Field& f) {
        double ignored;
        return parse(f.text, ignored) != Parsed::text;
      });
      if (decimal_comma(line.fields)) hint = decimal_hint();
      else if (is_missing(field.text)) hint = "; leave out rows without a value, in every file of the data";
      else if (header_line_ > 0 && table_.matrix.rows == 0 && none)
        hint = "; units, or more of the header? leave the line out: " +
               say("skip = [" + std::to_string(line.number) + "]");
      else if (table_.matrix.rows == 0 || j == 0)
        hint = "; to leave out a column without numbers, say " + say("ignore = [" + std::to_string(j) + "]");
      lines_.fail(line.number, field.column, where() + "expected a number, got " + shown(field.text) + hint);
    }
    if (parsed == Parsed::too_large || !std::isfinite(value)) {
      lines_.fail(line.number, field.column,
                  where() + "expected a finite number, got " + shown(field.text) +
                      (is_missing(field.text) ? "; leave out rows without a value, in every file of the data" : ""));
    }
    return value;
  }

  /// Whether the only column begins 0, d, 2 d: times, not a name above numbers.
  bool evenly_spaced() const {
    const auto& v = table_.matrix.values;
    return table_.matrix.cols == 1 && std::abs(v[2] - 2 * v[1] + v[0]) <= 1e-6 * std::abs(v[1] - v[0]);
  }

  /// A first line of numbers that is more likely to be names: 0, 1, 2, ... of a data frame without names, years,
  /// channels.
  void doubt_first_line() const {
    const Matrix& m = table_.matrix;
    if (format_.header || header_line_ > 0 || !first_plain_ || m.rows < 3) return;
    const std::size_t columns = m.cols - std::count(table_.ignored.begin(), table_.ignored.end(), true);
    bool consecutive = true, fractional = !later_plain_;
    std::size_t begin = 0, index = 0;
    for (std::size_t j = 0; j < m.cols; ++j) {
      if (table_.ignored[j]) continue;
      const std::string& text = first_row_.fields[j].text;
      if (index == 0) begin = text == "0" ? 0 : 1;
      consecutive = consecutive && text == std::to_string(begin + index++);
      fractional = fractional && fractional_[j];
    }
    const bool many = columns >= 3 && consecutive;
    const bool few = fractional && (columns >= 2 || (consecutive && begin == 0 && !evenly_spaced()));
    if (!many && !few) return;
    lines_.fail(first_row_.number, 1,
                "the first line, " + listed(first_row_.fields) +
                    ", may name the columns or be numbers like those below; say " + say("header = true") +
                    " if it names them, else " + say("header = false"));
  }

  void doubt_columns() {
    Matrix& m = table_.matrix;
    const bool counts = counts_ && m.rows >= 3 && m.cols >= 2;
    const auto count_text = std::string("counts the rows (") + (counts_from_ == 0 ? "0, 1, 2, ...)" : "1, 2, 3, ...)");
    const auto leave_or_keep = [&](std::size_t j) {
      const std::string column = std::to_string(j);
      return "; leave it out: " + say("ignore = [" + column + "]") + ", or keep it: " + say("ignore = []");
    };
    if (row_names_ && !(counts || first_column_texts_ || ignored_by_index(0))) {
      lines_.fail(header_line_, 1,
                  "there is one name fewer than there are columns of numbers; if the first column holds the names of "
                  "the rows, say " +
                      say("ignore = [0]") + ", else give every column a name");
    }
    if (format_.ignore) return;
    for (std::size_t j = 0; j < header_.size(); ++j) {
      if (table_.ignored[j] || !unnamed(m.names[j])) continue;
      lines_.fail(header_line_, header_[j].column,
                  "column " + std::to_string(j) + " has no name" +
                      (j == 0 && counts ? " and " + count_text + ", as R and pandas write row names" : "") +
                      leave_or_keep(j));
    }
    if (!counts || table_.ignored[0]) return;
    constexpr std::size_t few = 5;  // rows of a small table may begin with 1, 2, 3 and mean it
    if (m.names.empty() && m.rows < few) return;
    if (m.names.empty()) lines_.fail(first_row_.number, 1, "column 0 " + count_text + leave_or_keep(0));
    table_.remarks.push_back("column " + shown(m.names[0]) + " " + count_text);
  }

  Table finish() {
    Matrix& m = table_.matrix;
    if (!seen_first_)
      throw IoError(name_ + ": the file is empty" +
                    (!format_.skip || format_.skip->empty() ? "" : " after the lines that skip leaves out"));
    if (m.rows == 0) throw IoError(name_ + ": there is a header but no row of numbers");
    if (trailing_) {
      table_.ignored.back() = true;
      table_.skipped.push_back("an empty last column");
    }
    doubt_first_line();
    doubt_columns();
    for (std::size_t j = 0; j < m.names.size(); ++j) {
      if (m.names[j].empty()) m.names[j] = "column " + std::to_string(j);
    }
    if (row_names_) table_.skipped.push_back("column 0 (row names)");
    for (std::size_t j = row_names_; j + trailing_ < m.cols; ++j) {
      if (table_.ignored[j])
        table_.skipped.push_back("column " + std::to_string(j) + (m.names.empty() ? "" : " (" + m.names[j] + ")"));
    }
    if (format_.skip && !format_.skip->empty()) {
      const auto& lines = *format_.skip;
      const std::string first = std::to_string(lines.front()), last = std::to_string(lines.back());
      table_.skipped.push_back(
          lines.size() == 1 ? "line " + first : std::to_string(lines.size()) + " lines from " + first + " to " + last);
    }
    if (empty_lines_ > 0) table_.skipped.push_back(std::to_string(empty_lines_) + " lines of separators at the end");
    if (std::count(table_.ignored.begin(), table_.ignored.end(), false) == 0)
      throw IoError(name_ + ": no column is left; see " + say("ignore"));
    table_.shape = {m.rows, static_cast<std::size_t>(std::count(table_.ignored.begin(), table_.ignored.end(), false))};
    return std::move(table_);
  }

  Lines lines_;
  const std::string& name_;
  const TableFormat& format_;
  const char decimal_;
  Table table_;
  std::vector<Field> header_;
  Line first_row_;                                // of numbers
  std::size_t header_line_ = 0;                   // 0: none
  std::size_t empty_line_ = 0, empty_lines_ = 0;  // of separators only
  bool seen_first_ = false, resolved_ = false;
  bool row_names_ = false;                          // the header has one name fewer: R's write.table
  bool trailing_ = false;                           // every line ends in a separator
  bool first_plain_ = false, later_plain_ = false;  // whole numbers only, as they are written
  std::vector<bool> fractional_;                    // columns with other numbers below the first row
  bool counts_ = true, first_column_texts_ = true;
  std::size_t counts_from_ = 0;
};

}  // namespace

Matrix Table::kept() const {
  if (std::count(ignored.begin(), ignored.end(), true) == 0) return matrix;
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < matrix.cols; ++j) {
    if (!ignored[j]) columns.push_back(j);
  }
  return detail::pick(matrix, columns);
}

Table parse_text(const std::string& bytes, const std::string& name, const TableFormat& format) {
  const std::string text = decoded(bytes, format.encoding, name, format.keys);
  return TableReader(text, name, format).read();
}

Matrix parse_csv(const std::string& text, const std::string& name) { return parse_text(text, name, {}).kept(); }

}  // namespace orbitwalk
