// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "data/csv_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>

#include "orbitwalk/error.hpp"

namespace orbitwalk::detail {
namespace {

constexpr std::string_view unicode_minus = "\xE2\x88\x92";

bool blank(char c, char separator) { return c == ' ' || (c == '\t' && separator != '\t'); }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The fields of a line as far as it takes to choose a separator: quotes are seen, mistakes in them are not.
std::vector<std::string_view> cut(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  std::size_t begin = 0;
  bool quoted = false;
  const auto add = [&](std::size_t end) {
    std::string_view field = trimmed(line.substr(begin, end - begin));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    if (separator != ' ' || !field.empty()) fields.push_back(field);
  };
  std::size_t i = 0;
  for (; i < line.size() && (quoted || line[i] != '#'); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (quoted || !(line[i] == separator || (separator == ' ' && line[i] == '\t'))) continue;
    add(i);
    begin = i + 1;
  }
  add(i);
  return fields;
}

/// What stands outside quotes in one line: a semicolon, else a comma, else a tab, else spaces. Aligned columns are
/// often padded with tabs, so a comma or semicolon beside a tab wins.
char separator_of(std::string_view line) {
  bool quoted = false, tab = false, semicolon = false, comma = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '#') break;
    tab = tab || c == '\t';
    semicolon = semicolon || c == ';';
    comma = comma || c == ',';
  }
  return semicolon ? ';' : comma ? ',' : tab ? '\t' : ' ';
}

}  // namespace

Parsed parse_number(std::string_view text, char decimal, double& value) {
  std::string changed;
  if (text.find_first_of("dD,") != std::string_view::npos || text.find(unicode_minus) != std::string_view::npos) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool digit_before = i > 0 && ((text[i - 1] >= '0' && text[i - 1] <= '9') || text[i - 1] == '.');
      if (text.substr(i, unicode_minus.size()) == unicode_minus) {
        changed += '-';
        i += unicode_minus.size() - 1;
      } else if ((text[i] == 'd' || text[i] == 'D') && digit_before) {
        changed += 'e';
        // from_chars takes no sign of plus in front of a number, but one in its exponent.
      } else if (decimal == ',' && (text[i] == ',' || text[i] == '.')) {
        if (text[i] == '.') return Parsed::text;  // thousands, or the other way to write decimals
        changed += '.';
      } else {
        changed += text[i];
      }
    }
    text = changed;
  } else if (decimal == ',' && text.find('.') != std::string_view::npos) {
    return Parsed::text;
  }
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

bool is_missing(std::string_view text) {
  for (const std::string_view word : {"", "NA", "N/A", "#N/A", "nan", "NaN", "NAN", "-nan", "null", "NULL"}) {
    if (text == word) return true;
  }
  return false;
}

Lines::Lines(std::string_view text, const std::string& name, const TableFormat& format)
    : text_(text), name_(name), format_(format), decimal_(format.decimal.value_or('.')) {
  for (const std::size_t line : format.skip.value_or(std::vector<std::size_t>()))
    last_skipped_ = std::max(last_skipped_, line);
  if (!format.separator) read_separator_line();
  if (format.separator) separator_ = *format.separator;
  else if (separator_ == 0) separator_ = find_separator();
}

void Lines::fail(std::size_t line, std::size_t column, const std::string& message) const {
  throw IoError(name_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message);
}

std::size_t Lines::end_of_line(std::size_t at) const { return std::min(text_.find_first_of("\r\n", at), text_.size()); }

std::size_t Lines::after_end(std::size_t end) const {
  if (end >= text_.size()) return end;
  const bool both = text_[end] == '\r' && end + 1 < text_.size() && text_[end + 1] == '\n';
  return end + (both ? 2 : 1);
}

bool Lines::skipped(std::size_t line) const {
  return line <= last_skipped_ && std::find(format_.skip->begin(), format_.skip->end(), line) != format_.skip->end();
}

/// "sep=;" as Excel writes and reads it.
void Lines::read_separator_line() {
  const std::size_t end = end_of_line(0);
  std::string_view line = text_.substr(0, end);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  if (line.size() != 5 || (line.substr(0, 4) != "sep=" && line.substr(0, 4) != "SEP=") || skipped(1)) return;
  separator_ = line[4];
  position_ = after_end(end);
  number_ = 1;
}

char Lines::find_separator() const {
  constexpr std::size_t enough = 40;
  std::vector<std::string_view> sample;
  std::size_t number = number_;
  for (std::size_t at = position_; at < text_.size() && sample.size() < enough;) {
    const std::size_t end = end_of_line(at);
    const std::string_view line = trimmed(text_.substr(at, end - at));
    at = after_end(end);
    if (!skipped(++number) && !line.empty() && line[0] != '#' && line[0] != '%') sample.push_back(line);
  }
  if (sample.empty()) return ' ';
  // The one under which most lines are rows of numbers, as many in each; of equals the first.
  const auto most_common = [](const std::map<std::size_t, std::size_t>& lines_by_count) {
    std::size_t most = 0;
    for (const auto& [count, lines] : lines_by_count) most = std::max(most, lines);
    return most;
  };
  double ignored;
  const auto numeric = [&](std::string_view field) {
    return is_missing(field) || parse_number(field, decimal_, ignored) != Parsed::text;
  };
  constexpr std::array<char, 4> candidates = {';', '\t', ',', ' '};
  char best = 0;
  std::size_t best_score = 0, whole = 0;
  for (const auto line : sample) {
    const auto field = cut(line, '\n');
    whole += field.size() == 1 && numeric(field[0]);
  }
  for (const char candidate : candidates) {
    std::map<std::size_t, std::size_t> lines_by_count;
    for (const auto line : sample) {
      if (candidate == ',' && decimal_ == ',' && line.find('"') == std::string_view::npos) continue;
      const auto fields = cut(line, candidate);
      // The first may be the name of its row.
      if (fields.size() > 1 && std::all_of(fields.begin() + 1, fields.end(), numeric)) ++lines_by_count[fields.size()];
    }
    const std::size_t score = most_common(lines_by_count);
    if (score > best_score) best = candidate, best_score = score;
  }
  if (whole > best_score) return 0;
  if (best_score > 0) return best;
  // No rows of numbers under any (a decimal comma, a column of dates): the one under which most lines have as many
  // fields.
  for (const char candidate : {';', '\t', ','}) {
    std::map<std::size_t, std::size_t> lines_by_count;
    for (const auto line : sample) {
      if (const auto count = cut(line, candidate).size(); count > 1) ++lines_by_count[count];
    }
    const std::size_t score = most_common(lines_by_count);
    if (score > best_score) best = candidate, best_score = score;
  }
  return best_score > 1 ? best : separator_of(sample[0]);
}

bool Lines::next(Line& line) {
  while (position_ < text_.size()) {
    const std::size_t end = end_of_line(position_);
    const std::string_view raw = text_.substr(position_, end - position_);
    const auto first = raw.find_first_not_of(" \t");
    const bool empty = first == std::string_view::npos;
    ++number_;
    if (skipped(number_) || empty || raw[first] == '#' || raw[first] == '%') {
      if (!empty && !skipped(number_)) {
        const auto text = raw.find_first_not_of("#% \t", first);
        comment_ = text == std::string_view::npos ? std::string_view() : trimmed(raw.substr(text));
        comment_line_ = number_;
      }
      position_ = after_end(end);
      continue;
    }
    begin_ = position_;
    line = {};
    line.number = number_;
    const std::size_t stop = split(text_, begin_, true, line);
    // A quoted field may hold line ends.
    for (std::size_t at = end; at < stop; at = end_of_line(after_end(at))) ++number_;
    position_ = after_end(end_of_line(stop));
    return true;
  }
  return false;
}

Line Lines::whole() const {
  Line line;
  split(text_, begin_, false, line);
  return line;
}

std::vector<Field> Lines::split(std::string_view text) const {
  Line line;
  split(text, 0, false, line);
  return line.fields;
}

/// Splits the line that begins there; returns where it ends.
std::size_t Lines::split(std::string_view text, std::size_t begin, bool comments, Line& line) const {
  const auto ends = [&](std::size_t i) { return i >= text.size() || text[i] == '\n' || text[i] == '\r'; };
  const auto comment = [&](std::size_t i) { return comments && text[i] == '#'; };
  std::size_t i = begin;
  for (;;) {
    while (!ends(i) && blank(text[i], separator_)) ++i;
    if (separator_ == ' ' && (ends(i) || comment(i))) break;
    Field field;
    field.column = i - begin + 1;
    if (!ends(i) && text[i] == '"') {
      for (++i;; ++i) {
        if (i >= text.size()) fail(line.number, field.column, "the quote is not closed");
        if (text[i] != '"') field.text += text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
        else if (i + 1 < text.size() && text[i + 1] == '"') field.text += text[i++];
        else break;
      }
      ++i;
      while (!ends(i) && blank(text[i], separator_)) ++i;
      if (!ends(i) && text[i] != separator_ && !comment(i) && separator_ != ' ')
        fail(line.number, i - begin + 1, "expected a separator after the closing quote");
    } else {
      const std::size_t from = i;
      while (!ends(i) && text[i] != separator_ && !comment(i) && !(separator_ == ' ' && blank(text[i], separator_)))
        ++i;
      field.text = text.substr(from, i - from);
      while (!field.text.empty() && (field.text.back() == ' ' || field.text.back() == '\t')) field.text.pop_back();
    }
    line.fields.push_back(std::move(field));
    if (separator_ == ' ') continue;
    if (ends(i) || comment(i)) break;
    ++i;  // the separator
  }
  line.cut = !ends(i) && comment(i);
  return i;
}

}  // namespace orbitwalk::detail
