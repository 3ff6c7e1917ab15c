// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/terminal.hpp"
#include "support/formatted.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace orbitwalk {
namespace {

int descriptor_of(const std::ostream& out) {
  if (out.rdbuf() == std::cout.rdbuf()) return STDOUT_FILENO;
  if (out.rdbuf() == std::cerr.rdbuf() || out.rdbuf() == std::clog.rdbuf()) return STDERR_FILENO;
  return -1;
}

/// The next code point of UTF-8 text, or 0xFFFD for a byte that is none. Advances `i` by at least one.
char32_t next_code_point(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned first = byte(i++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 && first < 0xF8 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
  if (more == 0 || first >= 0xF8 || i + more > text.size()) return 0xFFFD;
  char32_t point = first & (0x3Fu >> more);
  for (std::size_t k = 0; k < more; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return 0xFFFD;
    point = point << 6 | (byte(i + k) & 0x3Fu);
  }
  i += more;
  return point;
}

bool within(char32_t c, std::initializer_list<std::pair<char32_t, char32_t>> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const auto& r) { return c >= r.first && c <= r.second; });
}

bool looks_numeric(std::string_view cell) {
  if (cell.empty() || cell == "-" || cell == "nan" || cell == "inf" || cell == "-inf") return true;
  if (cell[0] == '+') cell.remove_prefix(1);
  double ignored;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), ignored);
  if (error == std::errc::invalid_argument) return false;
  // A unit or an error may follow the digits: "12%", "1.5M", "3.1 ± 0.2".
  return std::none_of(end, cell.data() + cell.size(), [](char c) { return c == '_'; }) &&
         display_width(std::string_view(end, static_cast<std::size_t>(cell.data() + cell.size() - end))) <= 10;
}

}  // namespace

bool is_terminal(const std::ostream& out) {
  const int fd = descriptor_of(out);
  return fd >= 0 && ::isatty(fd) == 1;
}

bool utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || !*value) continue;
    std::string text(value);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

bool use_colour(const std::ostream& out) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return is_terminal(out) && !(no_colour && *no_colour) && !(term && std::string_view(term) == "dumb");
}

std::size_t terminal_width(const std::ostream& out) {
  winsize size{};
  const int fd = descriptor_of(out);
  return fd >= 0 && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (c < 0x20 || c == 0x7F || within(c, {{0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}))
      continue;
    const bool wide = within(c, {{0x1100, 0x115F},
                                 {0x2E80, 0xA4CF},
                                 {0xAC00, 0xD7A3},
                                 {0xF900, 0xFAFF},
                                 {0xFE30, 0xFE6F},
                                 {0xFF00, 0xFF60},
                                 {0xFFE0, 0xFFE6},
                                 {0x1F300, 0x1F64F},
                                 {0x1F900, 0x1F9FF},
                                 {0x20000, 0x3FFFD}});
    width += wide ? 2 : 1;
  }
  return width;
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "-";
  static constexpr std::array<const char*, 7> suffixes{"", "k", "M", "G", "T", "P", "E"};
  std::size_t power = 0;
  // 999.5 would print as "1000", hence the bound.
  while (std::abs(value) >= 999.5 && power + 1 < suffixes.size()) value /= 1000, ++power;
  return formatted(value, "%.3g") + suffixes[power];
}

std::string short_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "--:--";
  const auto all = static_cast<long>(seconds + 0.5);
  std::array<char, 64> text{};
  const long days = all / 86400, hours = all / 3600 % 24, minutes = all / 60 % 60, rest = all % 60;
  if (days) std::snprintf(text.data(), text.size(), "%ldd %ld:%02ld:%02ld", days, hours, minutes, rest);
  else if (hours) std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld", hours, minutes, rest);
  else std::snprintf(text.data(), text.size(), "%ld:%02ld", minutes, rest);
  return text.data();
}

std::string wrapped(std::string_view text, std::size_t width) {
  std::string lines;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t columns = display_width(word);
    if (used > 0 && used + 1 + columns > width) {
      lines += '\n';
      used = 0;
    }
    if (used > 0) lines += ' ', ++used;
    lines += word;
    used += columns;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines + '\n';
}

ProgressStyle progress_style(const std::ostream& out, bool quiet) {
  return quiet ? ProgressStyle::none : is_terminal(out) ? ProgressStyle::redrawn : ProgressStyle::log;
}

ProgressBar::ProgressBar(std::uint64_t total, std::ostream& out, ProgressStyle style, std::string unit,
                         std::uint64_t start, Clock::duration log_interval)
    : out_(out), unit_(std::move(unit)), total_(total), start_(start), done_(start), style_(style),
      interval_(style == ProgressStyle::log ? log_interval : std::chrono::milliseconds(200)),
      enabled_(style != ProgressStyle::none), begin_(Clock::now()), last_(begin_) {}

ProgressBar::~ProgressBar() { finish(); }

std::string ProgressBar::line(std::uint64_t done, double seconds) const {
  done = std::min(done, total_);
  const double share = total_ ? static_cast<double>(done) / static_cast<double>(total_) : 1.0;
  const double worked = done > start_ ? static_cast<double>(done - start_) : 0;
  const double rate = seconds > 0 ? worked / seconds : 0;
  const double left = rate > 0 ? static_cast<double>(total_ - done) / rate : done == total_ ? 0.0 : NAN;
  // Rounded down: 100% is shown only when everything is done.
  return formatted(std::floor(share * 1000) / 10, "%5.1f%%") + "  " + short_number(rate) + " " + unit_ + "/s  " +
         short_duration(seconds) + " elapsed  " + short_duration(left) + " left";
}

void ProgressBar::update(std::uint64_t done) {
  if (!enabled_) return;
  const std::lock_guard lock(mutex_);
  if (!enabled_) return;
  done_ = std::max(done_, done);
  const auto now = Clock::now();
  // On a terminal a line is drawn at once; a log gets one only for what takes longer than its interval.
  if ((drawn_ || style_ == ProgressStyle::log) && now - last_ < interval_) return;
  std::string text = line(done_, std::chrono::duration<double>(now - begin_).count());
  last_ = now;
  if (style_ == ProgressStyle::log) {
    out_ << text << "\n" << std::flush;
    return;
  }
  // A line that wraps could not be redrawn. The text is ASCII up to the unit, which the program chooses.
  text.resize(std::min(text.size(), std::max<std::size_t>(terminal_width(out_), 2) - 1));
  out_ << "\r" << text << "\x1b[K" << std::flush;
  drawn_ = true;
}

void ProgressBar::finish() {
  const std::lock_guard lock(mutex_);
  if (enabled_ && drawn_) out_ << "\r\x1b[K" << std::flush;
  enabled_ = false;
}

std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                         bool unicode) {
  std::size_t columns = header.size();
  for (const auto& row : rows) columns = std::max(columns, row.size());
  const auto cell = [](const std::vector<std::string>& row, std::size_t j) -> std::string_view {
    return j < row.size() ? std::string_view(row[j]) : std::string_view();
  };
  std::vector<std::size_t> widths(columns);
  std::vector<bool> right(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    widths[j] = display_width(cell(header, j));
    right[j] = !rows.empty();
    for (const auto& row : rows) {
      widths[j] = std::max(widths[j], display_width(cell(row, j)));
      right[j] = right[j] && looks_numeric(cell(row, j));
    }
  }
  std::string text;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t j = 0; j < columns; ++j) {
      const std::string pad(widths[j] - display_width(cell(row, j)), ' ');
      line += (j ? "  " : "") + (right[j] ? pad : std::string()) + std::string(cell(row, j)) + (right[j] ? "" : pad);
    }
    line.erase(line.find_last_not_of(' ') + 1);  // npos + 1 is 0: a line of blanks becomes empty
    text += line + "\n";
  };
  add(header);
  for (std::size_t j = 0; j < columns; ++j) {
    text += j ? "  " : "";
    for (std::size_t k = 0; k < widths[j]; ++k) text += unicode ? "─" : "-";
  }
  text += "\n";
  for (const auto& row : rows) add(row);
  return text;
}

}  // namespace orbitwalk
