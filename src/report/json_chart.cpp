// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "report/json.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Layer::Kind, const char*>, 6> kinds = {{{Layer::Kind::steps, "steps"},
                                                                       {Layer::Kind::line, "line"},
                                                                       {Layer::Kind::fan, "fan"},
                                                                       {Layer::Kind::points, "points"},
                                                                       {Layer::Kind::bars, "bars"},
                                                                       {Layer::Kind::reference, "reference"}}};

// Far beyond what a page can show; a damaged file is told from a large one before a process is started for it.
constexpr std::size_t most_panels = 64, most_columns = 8;

std::vector<double> numbers(const Json& json) {
  std::vector<double> values;
  for (const Json& entry : json)
    values.push_back(entry.is_null() ? std::numeric_limits<double>::quiet_NaN() : entry.get<double>());
  return values;
}

std::vector<double> optional_numbers(const Json& json, const char* key) {
  return json.contains(key) ? numbers(json.at(key)) : std::vector<double>{};
}

std::optional<std::pair<double, double>> limits(const Json& json, const char* key) {
  if (!json.contains(key) || json.at(key).is_null()) return {};
  const auto ends = json.at(key).get<std::array<double, 2>>();
  return std::pair(ends[0], ends[1]);
}

void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put(Json& json, const char* key, const std::vector<double>& values) {
  if (!values.empty()) json[key] = json_numbers(values);
}

void put(Json& json, const char* key, const std::optional<std::pair<double, double>>& ends) {
  if (ends) json[key] = {ends->first, ends->second};
}

void check(bool good, const std::string& where, const std::string& what) {
  if (!good) throw IoError(where + ": " + what);
}

void check_layer(const Layer& layer, const std::string& where) {
  const auto same = [&](std::size_t n, std::size_t expected, const char* key) {
    check(
        n == expected, where,
        std::string(key) + " has " + std::to_string(n) + " numbers where " + std::to_string(expected) + " are needed");
  };
  switch (layer.kind) {
    case Layer::Kind::reference: check(!layer.at.empty(), where, "a reference needs \"at\""); return;
    case Layer::Kind::fan:
      check(layer.levels.size() % 2 == 1 &&
                std::is_sorted(layer.levels.begin(), layer.levels.end(), std::less_equal<>()) &&
                layer.levels.front() > 0 && layer.levels.back() < 1,
            where, "the levels of a fan must be an odd number of increasing values between 0 and 1");
      same(layer.quantiles.size(), layer.levels.size(), "quantiles");
      for (const auto& level : layer.quantiles) same(level.size(), layer.x.size(), "a level of quantiles");
      return;
    case Layer::Kind::steps:
      same(layer.edges.size(), layer.y.size() + 1, "edges");
      check(std::is_sorted(layer.edges.begin(), layer.edges.end()), where, "edges must increase");
      break;
    default: same(layer.y.size(), layer.x.size(), "y");
  }
  check(layer.lower.empty() == layer.upper.empty(), where, "lower and upper go together");
  if (!layer.lower.empty()) same(layer.lower.size(), layer.y.size(), "lower");
  if (!layer.upper.empty()) same(layer.upper.size(), layer.y.size(), "upper");
}

Json layer_to_json(const Layer& layer) {
  Json json;
  json["kind"] = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == layer.kind; })->second;
  put(json, "label", layer.label);
  if (layer.style != 0) json["style"] = layer.style;
  if (layer.value) json["value"] = json_number(*layer.value);
  for (const auto& [key, values] : {std::pair("x", &layer.x),
                                    {"edges", &layer.edges},
                                    {"y", &layer.y},
                                    {"lower", &layer.lower},
                                    {"upper", &layer.upper},
                                    {"levels", &layer.levels},
                                    {"at", &layer.at}}) {
    put(json, key, *values);
  }
  for (const auto& level : layer.quantiles) json["quantiles"].push_back(json_numbers(level));
  if (layer.vertical) json["vertical"] = true;
  return json;
}

Layer layer_from_json(const Json& json, const std::string& where) {
  Layer layer;
  const std::string kind = json.at("kind").get<std::string>();
  const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return kind == k.second; });
  check(known != kinds.end(), where, "unknown kind of layer \"" + kind + "\"");
  layer.kind = known->first;
  layer.label = json.value("label", "");
  layer.style = json.value("style", 0);
  check(layer.style >= 0, where, "a style is not negative");
  if (json.contains("value") && !json.at("value").is_null()) layer.value = json.at("value").get<double>();
  for (const auto& [key, values] : {std::pair("x", &layer.x),
                                    {"edges", &layer.edges},
                                    {"y", &layer.y},
                                    {"lower", &layer.lower},
                                    {"upper", &layer.upper},
                                    {"levels", &layer.levels},
                                    {"at", &layer.at}}) {
    *values = optional_numbers(json, key);
  }
  if (json.contains("quantiles")) {
    for (const Json& level : json.at("quantiles")) layer.quantiles.push_back(numbers(level));
  }
  layer.vertical = json.value("vertical", false);
  check_layer(layer, where);
  return layer;
}

Json panel_to_json(const Panel& panel) {
  Json json = Json::object();
  put(json, "title", panel.title);
  put(json, "x_label", panel.x_label);
  put(json, "y_label", panel.y_label);
  if (panel.x_scale != "linear") json["x_scale"] = panel.x_scale;
  if (panel.y_scale != "linear") json["y_scale"] = panel.y_scale;
  put(json, "x_limits", panel.x_limits);
  put(json, "y_limits", panel.y_limits);
  if (panel.height != 1) json["height"] = panel.height;
  for (const auto& [at, label] : panel.x_ticks) json["x_ticks"].push_back(Json::array({at, label}));
  if (panel.colour_scale)
    json["colour_scale"] = {
        {"label", panel.colour_scale->label}, {"from", panel.colour_scale->from}, {"to", panel.colour_scale->to}};
  json["layers"] = Json::array();
  for (const Layer& layer : panel.layers) json["layers"].push_back(layer_to_json(layer));
  return json;
}

Panel panel_from_json(const Json& json, const std::string& where) {
  Panel panel;
  panel.title = json.value("title", "");
  panel.x_label = json.value("x_label", "");
  panel.y_label = json.value("y_label", "");
  panel.x_scale = json.value("x_scale", "linear");
  panel.y_scale = json.value("y_scale", "linear");
  for (const auto& scale : {panel.x_scale, panel.y_scale}) {
    check(scale == "linear" || scale == "log" || scale == "symlog", where,
          "unknown scale \"" + scale + "\"; linear, log or symlog");
  }
  panel.x_limits = limits(json, "x_limits");
  panel.y_limits = limits(json, "y_limits");
  panel.height = json.value("height", 1.0);
  check(panel.height > 0 && panel.height <= 100, where, "a height lies between 0 and 100");
  if (json.contains("x_ticks")) {
    for (const Json& tick : json.at("x_ticks"))
      panel.x_ticks.emplace_back(tick.at(0).get<double>(), tick.at(1).get<std::string>());
  }
  if (json.contains("colour_scale")) {
    const Json& scale = json.at("colour_scale");
    panel.colour_scale =
        ColourScale{scale.value("label", ""), scale.at("from").get<double>(), scale.at("to").get<double>()};
  }
  for (std::size_t i = 0; i < json.at("layers").size(); ++i) {
    panel.layers.push_back(layer_from_json(json.at("layers").at(i), where + ", layer " + std::to_string(i + 1)));
  }
  return panel;
}

}  // namespace

Json chart_to_json(const Chart& chart) {
  Json json = {{"name", chart.name}, {"title", chart.title}};
  put(json, "caption", chart.caption);
  if (chart.columns != 1) json["columns"] = chart.columns;
  if (!chart.share_x) json["share_x"] = false;
  json["panels"] = Json::array();
  for (const Panel& panel : chart.panels) json["panels"].push_back(panel_to_json(panel));
  return json;
}

Chart chart_from_json(const Json& json, const std::string& where) {
  try {
    Chart chart;
    chart.name = json.at("name").get<std::string>();
    chart.title = json.value("title", "");
    chart.caption = json.value("caption", "");
    chart.columns = json.value("columns", 1);
    chart.share_x = json.value("share_x", true);
    const std::string place = where + ": chart \"" + chart.name + "\"";
    const Json& panels = json.at("panels");
    check(panels.is_array() && !panels.empty() && panels.size() <= most_panels, place,
          "needs 1 to " + std::to_string(most_panels) + " panels");
    check(chart.columns >= 1 && std::size_t(chart.columns) <= most_columns, place,
          "needs 1 to " + std::to_string(most_columns) + " columns");
    for (std::size_t i = 0; i < panels.size(); ++i)
      chart.panels.push_back(panel_from_json(panels.at(i), place + ", panel " + std::to_string(i + 1)));
    return chart;
  } catch (const Json::exception& e) {
    throw IoError(where + ": not a chart: " + e.what());
  }
}

}  // namespace orbitwalk
