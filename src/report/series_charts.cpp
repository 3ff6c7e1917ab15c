// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "report/run_charts.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_fans = 8;    // of a group
constexpr std::size_t most_styles = 7;  // lines that dashes and markers tell apart; beyond, a colour scale
constexpr double log_span = 300;        // positive values that span more are drawn on a logarithmic axis

double number_of(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

std::vector<double> numbers_of(const Json& json) {
  std::vector<double> values;
  for (const Json& entry : json) values.push_back(number_of(entry));
  return values;
}

bool has_series(const Json& summary, const std::string& name) {
  return summary.contains("series") && summary.at("series").at("observables").contains(name);
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

Layer mean_line(const Json& summary, const std::string& name) {
  const Json& series = summary.at("series");
  const auto steps = numbers_of(series.at("steps")), mean = numbers_of(series.at("observables").at(name).at("mean"));
  const auto error = numbers_of(series.at("observables").at(name).at("standard_error"));
  if (mean.size() != steps.size() || error.size() != steps.size())
    throw IoError("the series of " + name + " needs one mean and error a step");
  std::vector<double> lower(mean), upper(mean);
  for (std::size_t i = 0; i < mean.size(); ++i) {
    lower[i] -= 2 * error[i];
    upper[i] += 2 * error[i];
  }
  return Layer::line("mean, ±2 standard errors", 2, steps, mean).between(lower, upper);
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

Panel series_panel(const Json& summary, const std::string& y_label) {
  Panel panel;
  panel.x_label = "step";
  panel.y_label = y_label;
  const Json& series = summary.at("series");
  const auto steps = numbers_of(series.at("steps"));
  const bool positive = std::count_if(steps.begin(), steps.end(), [](double s) { return s > 0; }) > 1;
  if (series.value("spacing", "linear") == "logarithmic" && positive) panel.x_scale = "log";
  return panel;
}

Layer series_fan(const Json& summary, const std::string& name, const std::string& label, int style) {
  if (!has_series(summary, name)) return {};
  const Json& series = summary.at("series");
  const auto steps = numbers_of(series.at("steps")), levels = numbers_of(series.at("levels"));
  const Json& rows = series.at("observables").at(name).at("quantiles");
  if (rows.size() != steps.size() || levels.size() % 2 == 0)
    throw IoError("the series of " + name + " needs quantiles at an odd number of levels for each step");
  std::vector<std::vector<double>> quantiles(levels.size());
  for (const Json& row : rows) {
    if (row.size() != levels.size()) throw IoError("the series of " + name + " needs one quantile a level");
    for (std::size_t i = 0; i < levels.size(); ++i) quantiles[i].push_back(number_of(row.at(i)));
  }
  Layer fan = Layer::fan(label, style, steps, levels, quantiles);
  if (label.empty()) fan.label = fan_label(fan);
  return fan;
}

std::vector<Chart> series_charts(const Json& summary, const NameGroup& group) {
  std::vector<Layer> fans;
  std::vector<std::size_t> members;  // of the group, with a series
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    Layer fan = series_fan(summary, group.names[i], "", 1);
    if (fan.quantiles.empty()) continue;
    fans.push_back(std::move(fan));
    members.push_back(i);
  }
  if (fans.empty()) return {};
  Chart chart;
  if (!group.numbered()) {
    chart.name = "series-" + group.stem;
    chart.title = group.stem + " over the steps";
    Panel panel = series_panel(summary, group.stem);
    panel.layers = {fans[0], mean_line(summary, group.stem)};
    panel.y_scale = y_scale(panel.layers);
    chart.panels = {panel};
    return {chart};
  }
  const bool many = fans.size() > most_styles;
  Panel medians = series_panel(summary, group.stem);
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
    Panel panel = series_panel(summary, "");
    panel.title = group.names[members[i]];
    panel.layers = {fans[i]};
    panel.y_scale = y_scale(panel.layers);
    small.panels.push_back(panel);
  }
  return {chart, small};
}

Layer last_values(const Json& summary, const NameGroup& group, const std::string& label, int style) {
  std::vector<double> x, y, lower, upper;
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    const Json& o =
        summary.at("observables").contains(group.names[i]) ? summary.at("observables").at(group.names[i]) : Json();
    std::vector<double> values;
    if (o.contains("last_quantiles") && o.at("last_quantiles").at("levels").size() % 2 == 1) {
      values = numbers_of(o.at("last_quantiles").at("values"));
      if (values.size() != o.at("last_quantiles").at("levels").size())
        throw IoError("the last quantiles of " + group.names[i] + " need one value a level");
    } else if (const Layer fan = series_fan(summary, group.names[i], "", style);
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

std::vector<Chart> last_value_charts(const Json& summary, const NameGroup& group) {
  if (!group.numbered()) return {};
  Chart chart;
  chart.name = "last-" + group.stem;
  chart.title = "Last values of " + group.names.front() + " to " + group.names.back();
  Panel panel;
  panel.x_label = "index";
  panel.y_label = group.stem;
  panel.layers = {last_values(summary, group, "median, 5–95 %", 1)};
  if (panel.layers[0].x.empty()) return {};
  panel.y_scale = y_scale(panel.layers);
  chart.panels = {panel};
  return {chart};
}

}  // namespace orbitwalk
