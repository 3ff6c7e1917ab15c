// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "report/json.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

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

std::string shown_at(const Json& table, const char* key) { return table.contains(key) ? shown(table.at(key)) : ""; }

/// Nothing for null.
std::string text_at(const Json& table, const char* key) {
  return table.contains(key) && !table.at(key).is_null() ? shown(table.at(key)) : "";
}

Json list_at(const Json& json, const char* key) { return json.value(key, Json::array()); }

Claim claim_from_json(const Json& json) {
  Claim claim{shown(json.at("claim")), shown_at(json, "measured"), {}, text_at(json, "detail")};
  if (const Json& holds = json.at("holds"); !holds.is_null()) claim.holds = holds.get<bool>();
  return claim;
}

FindingsTable table_from_json(const Json& json) {
  FindingsTable table{shown_at(json, "title"), {}, {}, shown_at(json, "note")};
  for (const Json& column : json.at("columns")) table.columns.push_back(shown(column));
  for (const Json& row : json.at("rows")) {
    table.rows.emplace_back();
    for (const Json& value : row) table.rows.back().push_back(shown(value));
  }
  return table;
}

ExperimentRecord read(const Json& json, const std::string& where) {
  ExperimentRecord experiment;
  for (const Json& run : list_at(json, "runs")) {
    const std::string folder = run.at("directory").get<std::string>();
    experiment.runs.push_back({run.value("label", folder), folder});
  }
  experiment.name = json.at("name").get<std::string>();
  experiment.title = json.at("title").get<std::string>();
  Findings& findings = experiment.findings;
  findings.text = list_at(json, "text").get<std::vector<std::string>>();
  for (const Json& claim : list_at(json, "claims")) findings.claims.push_back(claim_from_json(claim));
  for (const Json& left : list_at(json, "left_out"))
    findings.left_out.push_back({shown(left.at("claim")), shown(left.at("reason"))});
  for (const Json& table : list_at(json, "tables")) findings.tables.push_back(table_from_json(table));
  for (const Json& chart : list_at(json, "charts")) findings.charts.push_back(chart_from_json(chart, where));
  experiment.reduced = text_at(json, "reduced");
  const Json provenance = json.value("provenance", Json::object());
  if (!provenance.empty()) experiment.provenance = json_text(provenance);
  return experiment;
}

}  // namespace

Json experiment_to_json(const ExperimentRecord& experiment) {
  const Findings& findings = experiment.findings;
  Json json = {{"name", experiment.name}, {"title", experiment.title}, {"text", findings.text}};
  Json& runs = json["runs"] = Json::array();
  for (const auto& run : experiment.runs) runs.push_back({{"label", run.label}, {"directory", run.directory}});
  Json& claims = json["claims"] = Json::array();
  for (const Claim& claim : findings.claims) {
    claims.push_back({{"claim", claim.claim},
                      {"measured", claim.measured},
                      {"holds", claim.holds ? Json(*claim.holds) : Json(nullptr)},
                      {"detail", claim.detail}});
  }
  if (!findings.left_out.empty()) {
    Json& left_out = json["left_out"] = Json::array();
    for (const LeftOut& left : findings.left_out) left_out.push_back({{"claim", left.claim}, {"reason", left.reason}});
  }
  Json& tables = json["tables"] = Json::array();
  for (const FindingsTable& table : findings.tables)
    tables.push_back({{"title", table.title}, {"columns", table.columns}, {"rows", table.rows}, {"note", table.note}});
  Json& charts = json["charts"] = Json::array();
  for (const Chart& chart : findings.charts) charts.push_back(chart_to_json(chart));
  json["reduced"] = experiment.reduced;
  json["provenance"] = experiment.provenance.empty() ? Json::object() : Json::parse(experiment.provenance);
  return json;
}

ExperimentRecord experiment_from_json(const Json& json, const std::string& where) {
  try {
    return read(json, where);
  } catch (const Json::exception& e) {
    throw IoError(where + ": not an experiment of orbitwalk: " + e.what());
  }
}

ExperimentRecord read_experiment_record(const std::string& path) { return experiment_from_json(read_json(path), path); }

}  // namespace orbitwalk
