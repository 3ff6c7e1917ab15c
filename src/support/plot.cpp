// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

constexpr std::array<const char*, 6> unicode_marks{"●", "◆", "▲", "■", "○", "◇"};
constexpr std::array<const char*, 6> ascii_marks{"o", "x", "+", "@", "%", "&"};
constexpr std::array<const char*, 6> colours{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[36m", "\x1b[34m"};
constexpr std::array<const char*, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr const char* bar_colour = "\x1b[2m";
constexpr const char* reset = "\x1b[0m";

std::string short_value(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

/// Mean of a density over the bins [first, last), weighted by their widths; NaN where any of them is not finite.
double merged(const std::vector<double>& edges, const std::vector<double>& density, std::size_t first,
              std::size_t last) {
  double mass = 0;
  for (std::size_t i = first; i < last; ++i) mass += density[i] * (edges[i + 1] - edges[i]);
  return mass / (edges[last] - edges[first]);
}

}  // namespace

PlotStyle PlotStyle::of(const std::ostream& out) {
  PlotStyle style;
  style.unicode = utf8_locale();
  style.colour = use_colour(out);
  style.width = std::min<std::size_t>(terminal_width(out), 120);
  return style;
}

std::string density_bars(const std::vector<double>& edges, const std::vector<double>& density,
                         const std::vector<LawCurve>& laws, const PlotStyle& style) {
  const std::size_t bins = density.size();
  if (bins == 0 || edges.size() != bins + 1)
    throw std::invalid_argument("density_bars: expected one edge more than bins");
  for (const LawCurve& law : laws)
    if (law.density.size() != bins) throw std::invalid_argument("density_bars: a law has another number of bins");

  const std::size_t rows = std::min(bins, std::max<std::size_t>(style.rows, 1));
  std::vector<std::string> labels;
  std::vector<double> bars;
  std::vector<std::vector<double>> curves(laws.size());
  double top = 0;
  const auto raise = [&](double value) {
    if (std::isfinite(value)) top = std::max(top, value);
  };
  std::size_t label_width = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t first = row * bins / rows, last = (row + 1) * bins / rows;
    labels.push_back(short_value(edges[first]));
    label_width = std::max(label_width, labels.back().size());
    bars.push_back(merged(edges, density, first, last));
    raise(bars.back());
    for (std::size_t k = 0; k < laws.size(); ++k) {
      curves[k].push_back(merged(edges, laws[k].density, first, last));
      raise(curves[k].back());
    }
  }

  const std::size_t total = std::max<std::size_t>(style.width, 40);
  const std::size_t columns = total - std::min(label_width, total / 2) - 3;  // label, space, rule, one spare
  const auto& marks = style.unicode ? unicode_marks : ascii_marks;
  const auto paint = [&](const char* colour, const std::string& text) {
    return style.colour && !text.empty() ? colour + text + reset : text;
  };
  // Position of a density in eighths of a column; the largest fills the line.
  const auto eighth = [&](double value) {
    return std::isfinite(value) && value > 0 && top > 0
               ? static_cast<std::size_t>(std::lround(value / top * static_cast<double>(8 * columns)))
               : std::size_t{0};
  };

  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<std::string> cells(columns + 1, " ");
    const std::size_t length = eighth(bars[row]);
    for (std::size_t c = 0; c < length / 8; ++c) cells[c] = paint(bar_colour, style.unicode ? "█" : "#");
    if (style.unicode && length % 8) cells[length / 8] = paint(bar_colour, eighths[length % 8]);
    if (!style.unicode && length % 8 >= 4) cells[length / 8] = paint(bar_colour, "#");
    std::vector<int> owner(columns + 1, -1);
    for (std::size_t k = 0; k < laws.size(); ++k) {
      if (!std::isfinite(curves[k][row])) continue;
      const std::size_t at = std::min(eighth(curves[k][row]) / 8, columns);
      const bool shared = owner[at] >= 0;
      owner[at] = static_cast<int>(k);
      cells[at] = shared ? "*" : paint(colours[k % colours.size()], marks[k % marks.size()]);
    }
    std::string line = std::string(label_width - labels[row].size(), ' ') + labels[row] + (style.unicode ? " │" : " |");
    std::size_t used = cells.size();
    while (used > 0 && cells[used - 1] == " ") --used;
    for (std::size_t c = 0; c < used; ++c) line += cells[c];
    text += line + "\n";
  }
  text += std::string(label_width, ' ') + (style.unicode ? " └ " : " ` ") + "up to " + short_value(edges.back()) +
          "; density up to " + short_value(top) + "; " + paint(bar_colour, style.unicode ? "█" : "#") + " simulated";
  for (std::size_t k = 0; k < laws.size(); ++k)
    text += ", " + paint(colours[k % colours.size()], marks[k % marks.size()]) + " " + laws[k].name;
  return text + (laws.size() > 1 ? ", * several laws\n" : "\n");
}

}  // namespace orbitwalk
