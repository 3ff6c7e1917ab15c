// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

// What a chart shows, as data. How it looks is the drawer's business (src/report/draw.py), which takes charts as JSON.
namespace orbitwalk {

/// Lines of one chart that dashes and markers tell apart; beyond, a colour scale.
inline constexpr std::size_t most_styles = 7;

/// One thing drawn in a panel. Numbers that are not finite leave a gap (null in JSON).
struct Layer {
  enum class Kind {
    steps,  ///< y over the intervals between `edges` (one more than y), shaded from lower to upper
    line,   ///< y over x, shaded from lower to upper
    /// bands between the outer and the next `quantiles` (one list a level, in the order of `levels`) over x, the middle
    /// one as a line
    fan,
    points,     ///< markers at x, y, with bars from lower to upper
    bars,       ///< bars at x of height y, with errors from lower to upper
    reference,  ///< straight lines across the panel at `at`
  };
  Kind kind = Kind::line;
  std::string label;  ///< in the legend; empty: not listed
  /// colour, dashes and marker together: 0 the ink of text and axes, 1... one a series, repeating after 7
  int style = 0;
  std::optional<double> value;  ///< colour by the panel's colour scale instead of by style
  std::vector<double> x, y, edges;
  std::vector<double> lower, upper;  ///< ends of errors or bands; both of y's length, or empty
  std::vector<double> levels;        ///< of a fan: an odd number, increasing, in (0, 1)
  std::vector<std::vector<double>> quantiles;
  std::vector<double> at;
  bool vertical = false;  ///< of a reference: at x instead of at y

  static Layer steps(std::string label, int style, std::vector<double> edges, std::vector<double> y);
  static Layer line(std::string label, int style, std::vector<double> x, std::vector<double> y);
  static Layer fan(std::string label, int style, std::vector<double> x, std::vector<double> levels,
                   std::vector<std::vector<double>> quantiles);
  static Layer points(std::string label, int style, std::vector<double> x, std::vector<double> y);
  static Layer bars(std::string label, int style, std::vector<double> x, std::vector<double> y);
  static Layer horizontal(std::string label, int style, std::vector<double> at);
  static Layer vertical_line(std::string label, int style, std::vector<double> at);
  /// The same with errors.
  Layer between(std::vector<double> lower_ends, std::vector<double> upper_ends) const;
};

/// A colour bar beside a panel, for the layers that have a `value`.
struct ColourScale {
  std::string label;
  double from = 0, to = 1;
};

struct Panel {
  std::string title, x_label, y_label;
  /// linear, log, or symlog: linear within ±3, logarithmic beyond
  std::string x_scale = "linear", y_scale = "linear";
  std::optional<std::pair<double, double>> x_limits, y_limits;
  double height = 1;                                    ///< relative to the other rows of the chart
  std::vector<std::pair<double, std::string>> x_ticks;  ///< named places instead of numbers
  std::optional<ColourScale> colour_scale;
  std::vector<Layer> layers;
};

/// Panels one below the other, or in rows of `columns`.
struct Chart {
  std::string name;  ///< of its files; any text: the report makes a file name of it that no other chart has
  std::string title, caption;
  int columns = 1;
  bool share_x = true;  ///< panels of a column have one x axis, with numbers below the last
  std::vector<Panel> panels;
};

}  // namespace orbitwalk
