// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "orbitwalk/error.hpp"
#include "report/run_charts.hpp"

namespace orbitwalk {
namespace {

constexpr std::size_t most_fans = 8;  // of a group
constexpr double log_span = 300;      // positive values that span more are drawn on a logarithmic axis

/// The points of an observable; null where the run has no series of it.
const std::vector<SeriesPoint>* points_of(const Result& result, const std::string& name) {
  if (!result.series) return nullptr;
  const auto& names = result.series->names;
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? nullptr : &result.series->points[std::size_t(at - names.begin())];
}

std::vector<double> steps_of(const Result& result) {
  return {result.series->steps.begin(), result.series->steps.end()};
}

// The median's place among the levels; they are symmetric, so the ends of the widest band are the first and the last.
std::size_t middle(const Layer& fan) { return fan.levels.size() / 2; }

// Logarithmic where all values are positive and far apart.
std::string y_scale(const std::vector<Layer>& layers) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  const auto see = [&](const std::vector<double>& values) {
    for (const double v : values) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  };
  for (const Layer& layer : layers) {
    see(layer.y);
    see(layer.lower);
    see(layer.upper);
    for (const auto& level : layer.quantiles) see(level);
  }
  return low > 0 && high > log_span * low ? "log" : "linear";
}

Layer mean_line(const Result& result, const std::string& name) {
  std::vector<double> mean, lower, upper;
  for (const SeriesPoint& point : *points_of(result, name)) {
    mean.push_back(point.mean);
    lower.push_back(point.mean - 2 * point.standard_error);
    upper.push_back(point.mean + 2 * point.standard_error);
  }
  return Layer::line("mean, ±2 standard errors", 2, steps_of(result), mean).between(lower, upper);
}

std::string fan_label(const Layer& fan) {
  std::string text = "median";
  for (std::size_t i = fan.levels.size() / 2; i-- > 0;) {
    char band[48];
    std::snprintf(band, sizeof band, "%s%.3g–%.3g %%", i + 1 == fan.levels.size() / 2 ? "; " : ", ",
                  100 * fan.levels[i], 100 * fan.levels[fan.levels.size() - 1 - i]);
    text += band;
  }
  return text;
}

}  // namespace

Panel series_panel(const Result& result, const std::string& y_label) {
  Panel panel;
  panel.x_label = "step";
  panel.y_label = y_label;
  const auto steps = steps_of(result);
  const bool positive = std::count_if(steps.begin(), steps.end(), [](double s) { return s > 0; }) > 1;
  if (result.series->logarithmic && positive) panel.x_scale = "log";
  return panel;
}

Layer series_fan(const Result& result, const std::string& name, const std::string& label, int style) {
  const auto* points = points_of(result, name);
  if (!points) return {};
  const auto& levels = result.series->levels;
  std::vector<std::vector<double>> quantiles(levels.size());
  for (const SeriesPoint& point : *points) {
    for (std::size_t i = 0; i < levels.size(); ++i)
      quantiles[i].push_back(point.quantiles.empty() ? std::nan("") : point.quantiles[i]);
  }
  Layer fan = Layer::fan(label, style, steps_of(result), levels, quantiles);
  if (label.empty()) fan.label = fan_label(fan);
  return fan;
}

std::vector<Chart> series_charts(const Result& result, const NameGroup& group) {
  std::vector<Layer> fans;
  std::vector<std::size_t> members;  // of the group, with a series
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    Layer fan = series_fan(result, group.names[i], "", 1);
    if (fan.quantiles.empty()) continue;
    fans.push_back(std::move(fan));
    members.push_back(i);
  }
  if (fans.empty()) return {};
  Chart chart;
  if (!group.numbered()) {
    chart.name = "series-" + group.stem;
    chart.title = group.stem + " over the steps";
    Panel panel = series_panel(result, group.stem);
    panel.layers = {fans[0], mean_line(result, group.stem)};
    panel.y_scale = y_scale(panel.layers);
    chart.panels = {panel};
    return {chart};
  }
  const bool many = fans.size() > most_styles;
  Panel medians = series_panel(result, group.stem);
  if (many) medians.colour_scale = ColourScale{"index", group.indices.front(), group.indices.back()};
  for (std::size_t i = 0; i < fans.size(); ++i) {
    Layer line = Layer::line(many ? "" : group.names[members[i]], many ? 0 : int(i) + 1, fans[i].x,
                             fans[i].quantiles[middle(fans[i])]);
    if (many) line.value = group.indices[members[i]];
    medians.layers.push_back(line);
  }
  medians.y_scale = y_scale(medians.layers);
  chart.name = "medians-" + group.stem;
  chart.title = "Medians of " + group.names.front() + " to " + group.names.back() + " over the steps";
  chart.panels = {medians};
  Chart small;
  small.name = "series-" + group.stem;
  const auto chosen = spread(fans.size(), most_fans);
  small.title = chosen.size() < fans.size() ? group.stem + " over the steps, " + std::to_string(chosen.size()) +
                                                  " of " + std::to_string(fans.size()) + " indices"
                                            : group.names.front() + " to " + group.names.back() + " over the steps";
  small.columns = 2;
  for (const std::size_t i : chosen) {
    Panel panel = series_panel(result, "");
    panel.title = group.names[members[i]];
    panel.layers = {fans[i]};
    panel.y_scale = y_scale(panel.layers);
    small.panels.push_back(panel);
  }
  return {chart, small};
}

Layer last_values(const Result& result, const NameGroup& group, const std::string& label, int style) {
  std::vector<double> x, y, lower, upper;
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    const ObservableResult* o = result.observable(group.names[i]);
    std::vector<double> values;
    if (o && o->last && o->last->levels.size() % 2 == 1) {
      values = o->last->values;
      if (values.size() != o->last->levels.size())
        throw IoError("the last quantiles of " + group.names[i] + " need one value a level");
    } else if (const Layer fan = series_fan(result, group.names[i], "", style);
               !fan.quantiles.empty() && !fan.x.empty()) {
      for (const auto& level : fan.quantiles) values.push_back(level.back());
    }
    if (values.empty()) continue;
    x.push_back(group.indices.empty() ? double(i) : group.indices[i]);
    y.push_back(values[values.size() / 2]);
    lower.push_back(values.front());
    upper.push_back(values.back());
  }
  return Layer::points(label, style, x, y).between(lower, upper);
}

std::vector<Chart> last_value_charts(const Result& result, const NameGroup& group) {
  if (!group.numbered()) return {};
  Chart chart;
  chart.name = "last-" + group.stem;
  chart.title = "Last values of " + group.names.front() + " to " + group.names.back();
  Panel panel;
  panel.x_label = "index";
  panel.y_label = group.stem;
  panel.layers = {last_values(result, group, "median, 5–95 %", 1)};
  if (panel.layers[0].x.empty()) return {};
  panel.y_scale = y_scale(panel.layers);
  chart.panels = {panel};
  return {chart};
}

}  // namespace orbitwalk
