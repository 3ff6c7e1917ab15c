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

/// Text broken between words into lines of at most `width` columns (a longer word has a line of its own), each ended by
/// a newline.
std::string wrapped(std::string_view text, std::size_t width);

/// How progress is shown: not at all, as a line that redraws itself (on a terminal), or as a new line every minute (in
/// a log).
enum class ProgressStyle { none, redrawn, log };
/// The style that suits the stream.
ProgressStyle progress_style(const std::ostream& out, bool quiet);

/// Progress in one line: percent, rate, elapsed and remaining time. Safe to update from several threads; redrawn at
/// most 5 times a second, or written to a log every `log_interval`. Write nothing else to a terminal in the meantime.
class ProgressBar {
 public:
  using Clock = std::chrono::steady_clock;
  /// `total` units of work, `start` of which were done before (a resumed run; they do not count for the rate).
  ProgressBar(std::uint64_t total, std::ostream& out, ProgressStyle style, std::string unit = "steps",
              std::uint64_t start = 0, Clock::duration log_interval = std::chrono::minutes(1));
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `done` units are done; a smaller value than before is ignored (threads report out of order).
  void update(std::uint64_t done);
  /// Clears the line of a terminal; later updates do nothing.
  void finish();
  /// The text of the line after `seconds` of work.
  std::string line(std::uint64_t done, double seconds) const;

 private:
  std::mutex mutex_;
  std::ostream& out_;
  const std::string unit_;
  const std::uint64_t total_, start_;
  std::uint64_t done_;
  const ProgressStyle style_;
  const Clock::duration interval_;  // between two lines
  std::atomic<bool> enabled_;       // read without the lock, so that a disabled bar costs nothing
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
