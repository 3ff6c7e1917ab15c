// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace orbitwalk {

/// Whether the stream is std::cout, std::cerr or std::clog and that is a terminal.
bool is_terminal(const std::ostream& out);
/// Whether the locale of the environment (LC_ALL, LC_CTYPE, LANG, the first that is set) is UTF-8.
bool utf8_locale();
/// Whether to colour: a terminal, NO_COLOR unset or empty, TERM not "dumb".
bool use_colour(const std::ostream& out);
/// Columns of the terminal behind the stream, 80 when there is none.
std::size_t terminal_width(const std::ostream& out);
/// Columns that UTF-8 text takes: combining marks 0, East Asian wide characters 2, a stray byte 1.
std::size_t display_width(std::string_view text);

/// A line of progress that redraws itself: percent, rate, elapsed and remaining time. Safe to update from several
/// threads; drawn at most 5 times a second; a disabled one does nothing. Write nothing else to the stream meanwhile.
class ProgressBar {
 public:
  /// `total` units of work, `start` of which were done before (a resumed run; they do not count for the rate). Use
  /// enabled = is_terminal(out) && !quiet.
  ProgressBar(std::uint64_t total, std::ostream& out, bool enabled, std::string unit = "steps",
              std::uint64_t start = 0);
  /// Clears the line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `done` units are done; a smaller value than before is ignored (threads report out of order).
  void update(std::uint64_t done);
  /// Clears the line; later updates do nothing.
  void finish();
  /// The text of the line after `seconds` of work.
  std::string line(std::uint64_t done, double seconds) const;

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  std::ostream& out_;
  const std::string unit_;
  const std::uint64_t total_, start_;
  std::uint64_t done_;
  std::atomic<bool> enabled_;  // read without the lock, so that a disabled bar costs nothing
  bool drawn_ = false;
  const Clock::time_point begin_;
  Clock::time_point last_;
};

/// "950", "1.23k", "4.5M", ...: three digits and a power of 1000.
std::string short_number(double value);
/// "0:07", "12:34", "1:02:03", "3d 4:05:06", "--:--" when it is not known. Argument in seconds.
std::string short_duration(double seconds);

/// A table with a header, a rule, and columns aligned by display width: to the right where every cell of the column is
/// a number (or "-" or empty), else to the left. Short rows are filled with empty cells.
std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                         bool unicode);

/// How to draw, taken from a stream or fixed by a test.
struct PlotStyle {
  bool unicode = false;
  bool colour = false;
  std::size_t width = 80;  ///< columns, at least 40 are used
  std::size_t rows = 24;   ///< at most; neighbouring bins are merged to fit
  static PlotStyle of(const std::ostream& out);
};

/// A law to compare with: its density averaged over every bin; values that are not finite are not drawn.
struct LawCurve {
  std::string name;
  std::vector<double> density;  ///< bins
};

/// A bar for every bin (or group of bins), with the densities of the laws as marks on the same scale, and a legend.
/// edges: bins + 1 increasing values; density: bins values, per unit of the observable. Marks that fall on one place
/// are shown as "*". std::invalid_argument when sizes do not match.
std::string density_bars(const std::vector<double>& edges, const std::vector<double>& density,
                         const std::vector<LawCurve>& laws, const PlotStyle& style);

}  // namespace orbitwalk
