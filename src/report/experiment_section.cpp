// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/error.hpp"
#include "report/sections.hpp"
#include "results/conclusion.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<Cell>>;

// A cell of a table that any program may have written.
std::string shown(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.5g", value.get<double>());
    return text;
  }
  return value.dump();
}

std::string text_of(const Json& table, const char* key) { return table.contains(key) ? shown(table.at(key)) : ""; }

void claims(Page& page, const Json& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Claims");
  Rows rows;
  bool details = false;
  for (const Json& each : list)
    details |= each.contains("detail") && !each.at("detail").empty() && each.at("detail") != "";
  for (const Json& each : list) {
    const Json& holds = each.at("holds");
    const Cell verdict = holds.is_null()     ? Cell("not decided", "open")
                         : holds.get<bool>() ? Cell("holds", "good")
                                             : Cell("does not hold", "bad");
    rows.push_back({shown(each.at("claim")), text_of(each, "measured"), verdict});
    if (details) rows.back().push_back(text_of(each, "detail"));
  }
  std::vector<std::string> header = {"claim", "measured", "verdict"};
  if (details) header.push_back("detail");
  page.table("", header, rows);
}

void left_out(Page& page, const Json& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Claims that do not apply");
  Rows rows;
  for (const Json& each : list) rows.push_back({shown(each.at("claim")), shown(each.at("reason"))});
  page.table("", {"claim", "reason"}, rows);
}

void tables(Page& page, const Json& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Tables");
  for (const Json& each : list) {
    std::vector<std::string> header;
    for (const Json& column : each.at("columns")) header.push_back(shown(column));
    Rows rows;
    for (const Json& row : each.at("rows")) {
      rows.emplace_back();
      for (const Json& value : row) rows.back().push_back(shown(value));
    }
    page.table(text_of(each, "title"), header, rows, text_of(each, "note"));
  }
}

}  // namespace

void experiment_section(Page& page, const Json& experiment, const std::string& where, int level) try {
  if (const std::string words = claims_in_words(experiment.value("claims", Json::array())); !words.empty())
    page.paragraph(words, "conclusion");
  for (const Json& paragraph : experiment.value("text", Json::array())) page.paragraph(paragraph.get<std::string>());
  if (const std::string reduced = text_of(experiment, "reduced"); !reduced.empty() && reduced != "-")
    page.paragraph("Reduced: " + reduced, "note");
  claims(page, experiment.value("claims", Json::array()), level);
  left_out(page, experiment.value("left_out", Json::array()), level);
  tables(page, experiment.value("tables", Json::array()), level);
  const Json charts = experiment.value("charts", Json::array());
  if (!charts.empty()) page.heading(level, "Charts");
  for (const Json& each : charts) {
    Chart chart = chart_from_json(each, where);
    chart.name = experiment.at("name").get<std::string>() + "-" + chart.name;
    page.figure(std::move(chart));
  }
  const Json provenance = experiment.value("provenance", Json::object());
  if (provenance.empty()) return;
  page.heading(level, "Provenance");
  page.code(spec_text(provenance));
} catch (const Json::exception& e) {
  throw IoError(where + ": not an experiment of orbitwalk: " + e.what());
}

}  // namespace orbitwalk
