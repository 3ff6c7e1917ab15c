// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "orbitwalk/version.hpp"
#include "results/summary.hpp"
#include "studies/atlas/atlas.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const Json& value, const char* format) {
  if (!value.is_number()) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value.get<double>());
  return text;
}

// What a law leaves out, said where it is rejected. Keys: law, or law@noise where the noise matters.
std::string shortcoming(const std::string& law, const std::string& noise) {
  static const std::map<std::string, std::string> texts = {
      {"isotropic@horizontal", "it keeps the orbit volume, which horizontal noise removes"},
      {"isotropic", "it is the law of isotropic noise of constant temperature"},
      {"projected", "it is the law of a compact group of isometries under projected noise"},
      {"uncorrected", "it leaves the geometry out: neither orbit volume nor surface measure"},
      {"gauge_slice", "conditioning on the gauge divides by v = sqrt(det JJᵀ); no dynamics of this cell does that"},
      {"gauge_slice:norm_difference", "conditioning on another gauge of the same slice is another law"},
      {"level_set@minibatch",
       "it takes the noise along the balanced set for constant; that of samples grows with the weight"},
      {"level_set@surrogate",
       "it takes the noise along the balanced set for constant; that of samples grows with the weight"},
      {"level_set", "it is the law on the balanced set under horizontal noise"},
      {"sgd_diffusion", "it is the limit of small learning rates"},
      {"lyapunov", "its mean and variance are exact, its normal shape is not"},
      {"cell:surrogate", "batches are few and skewed; only mean and covariance agree"},
      {"cell:isotropic", "isotropic noise moves along the orbits, this noise does not"},
  };
  auto found = texts.find(law + "@" + noise);
  if (found == texts.end()) found = texts.find(law);
  return found == texts.end() ? "the law is that of another noise" : found->second;
}

std::string mark(const Json& verdict) {
  if (!verdict.at("exists").get<bool>()) return "";
  const std::string v = verdict.at("verdict").get<std::string>();
  return v == "accepted" ? "✓" : v == "rejected" ? "✗" : "?";
}

// One entry a law: holds where it is accepted for all observables, with the largest bound or distance.
struct LawInCell {
  bool exists = false, accepted = true, rejected = false, expected = false;
  double bound = 0, ks = 0;
};

std::map<std::string, LawInCell> by_law(const Json& cell, std::vector<std::string>& order) {
  std::map<std::string, LawInCell> laws;
  for (const Json& v : cell.at("verdicts")) {
    const std::string name = v.at("law").get<std::string>();
    if (!laws.count(name)) order.push_back(name);
    LawInCell& law = laws[name];
    law.expected = law.expected || v.at("holds_in_theory").get<bool>();
    if (!v.at("exists").get<bool>()) continue;
    law.exists = true;
    const std::string verdict = v.at("verdict").get<std::string>();
    law.accepted = law.accepted && verdict == "accepted";
    law.rejected = law.rejected || verdict == "rejected";
    if (v.at("ks_bound").is_number()) law.bound = std::max(law.bound, v.at("ks_bound").get<double>());
    if (v.at("ks").is_number()) law.ks = std::max(law.ks, v.at("ks").get<double>());
  }
  return laws;
}

std::string matrix_entry(const Json& cell) {
  if (cell.contains("absent")) return "–";
  std::vector<std::string> order;
  const auto laws = by_law(cell, order);
  std::string text;
  for (const auto& name : order) {
    const LawInCell& law = laws.at(name);
    if (!law.exists) continue;
    char figure[24];
    std::snprintf(figure, sizeof figure, "%.1e", law.accepted ? law.bound : law.ks);
    text += (text.empty() ? "" : "<br>") +
            std::string(law.accepted   ? "✓ "
                        : law.rejected ? "✗ "
                                       : "? ") +
            name + " " + figure;
  }
  return text.empty() ? "no law" : text;
}

// Sentences for what disagrees in a cell.
std::vector<std::string> sentences(const std::string& row, const Json& cell) {
  std::vector<std::string> result;
  if (cell.contains("absent"))
    return {"**" + row + ", " + cell.at("noise").get<std::string>() + "**: not run; " +
            cell.at("absent").get<std::string>() + "."};
  const std::string noise = cell.at("noise").get<std::string>(), where = "**" + row + ", " + noise + "**: ";
  if (cell.contains("notes")) {
    for (const Json& note : cell.at("notes")) result.push_back(where + note.get<std::string>() + ".");
  }
  for (const Json& v : cell.at("verdicts")) {
    const std::string law = v.at("law").get<std::string>(), observable = v.at("observable").get<std::string>();
    const bool expected = v.at("holds_in_theory").get<bool>();
    if (!v.at("exists").get<bool>()) {
      if (expected)
        result.push_back(where + "FINDING: `" + law + "` of " + observable +
                         " should hold and cannot be computed: " + v.at("reason").get<std::string>() + ".");
      continue;
    }
    const std::string verdict = v.at("verdict").get<std::string>();
    const std::string figures = "KS " + number(v.at("ks"), "%.2e") + ", mean " + number(v.at("sample_mean"), "%.5g") +
                                " ± " + number(v.at("mean_standard_error"), "%.1g") + " against " +
                                number(v.at("mean"), "%.5g");
    if (verdict == "rejected" && expected) {
      result.push_back(where + "FINDING: `" + law + "` of " + observable + " should hold and is rejected (" + figures +
                       ", p = " + number(v.at("p_adjusted"), "%.1g") + ").");
    } else if (verdict == "rejected") {
      result.push_back(where + "`" + law + "` of " + observable + " is rejected (" + figures +
                       "): " + shortcoming(law, noise) + ".");
    } else if (verdict == "accepted" && !expected) {
      result.push_back(
          where + "`" + law + "` of " + observable +
          " is accepted without being expected: it coincides with a law that holds, or differs by less than " +
          number(v.at("ks_bound"), "%.1e") + " in KS.");
    }
  }
  return result;
}

}  // namespace

Json atlas_json(const Atlas& atlas) {
  Json data = {{"title", atlas.title},        {"program", "orbitwalk"},        {"version", version()},
               {"declaration", atlas.source}, {"device", atlas.device},        {"threads", atlas.threads},
               {"seed", atlas.seed},          {"wall_seconds", atlas.seconds}, {"noises", atlas.noises}};
  Json& rows = data["rows"] = Json::array();
  for (const AtlasRow& row : atlas.rows) {
    Json cells = Json::array();
    for (const AtlasCell& cell : row.cells) {
      Json entry = {{"noise", cell.noise}};
      if (!cell.absent.empty()) {
        entry["absent"] = cell.absent;
        cells.push_back(entry);
        continue;
      }
      entry["particles"] = cell.particles;
      entry["steps"] = cell.steps;
      entry["diverged"] = cell.diverged;
      entry["seconds"] = cell.seconds;
      if (!cell.notes.empty()) entry["notes"] = cell.notes;
      entry["temperature"] = cell.temperature ? Json(*cell.temperature) : Json(nullptr);
      if (cell.accept_rate >= 0) entry["accept_rate"] = cell.accept_rate;
      Json& observables = entry["observables"] = Json::object();
      for (const auto& o : cell.observables) {
        observables[o.name] = {{"mean", json_number(o.mean)},
                               {"standard_error", json_number(o.standard_error)},
                               {"variance", json_number(o.variance)},
                               {"effective_sample_size", json_number(o.effective_sample_size)},
                               {"nested_rhat", json_number(o.nested_rhat)},
                               {"stationary", stationary_to_json(o.stationary)}};
      }
      Json& verdicts = entry["verdicts"] = Json::array();
      for (const AtlasVerdict& v : cell.verdicts) {
        Json one = {
            {"law", v.law}, {"observable", v.observable}, {"holds_in_theory", v.holds_in_theory}, {"exists", v.exists}};
        if (!v.exists) {
          one["reason"] = v.reason;
        } else {
          const LawComparison& c = v.comparison;
          one["verdict"] = c.verdict;
          for (const auto& [key, value] : std::initializer_list<std::pair<const char*, double>>{
                   {"ks", c.ks},
                   {"ks_bound", c.ks_bound},
                   {"p_value", c.p_value},
                   {"p_adjusted", c.p_adjusted},
                   {"sample_mean", c.sample_mean},
                   {"mean_standard_error", c.mean_standard_error},
                   {"mean", c.mean},
                   {"effective_sample_size", c.effective_sample_size}}) {
            one[key] = json_number(value);
          }
        }
        verdicts.push_back(one);
      }
      entry["spec"] = Json::parse(cell.spec);
      cells.push_back(entry);
    }
    rows.push_back({{"title", row.title}, {"symmetry", row.symmetry}, {"cells", cells}});
  }
  return data;
}

std::string atlas_markdown(const Json& data, const std::string& command) {
  std::string out = "<!-- SPDX-License-Identifier: Apache-2.0 -->\n# " + data.at("title").get<std::string>() + "\n\n";
  out += "Which law holds under which noise, for which symmetry. Made by\n\n    " + command + "\n\nwith orbitwalk " +
         data.at("version").get<std::string>() + ", seed " + data.at("seed").dump() + ", on " +
         data.at("device").get<std::string>() + " (" + data.at("threads").dump() + " threads), in " +
         number(data.at("wall_seconds"), "%.0f") +
         " s. The data behind it is in the .json file beside it, with every run spec.\n\n"
         "✓ a law that this many samples do not contradict, with the largest KS deviation that they still allow at 95 "
         "%; ✗ a rejected one, with its KS distance; – not run.\n\n";
  out += "| model | symmetry |";
  std::string rule = "|---|---|";
  for (const Json& noise : data.at("noises")) {
    out += " " + noise.get<std::string>() + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (const Json& row : data.at("rows")) {
    out += "| " + row.at("title").get<std::string>() + " | " + row.at("symmetry").get<std::string>() + " |";
    for (const Json& cell : row.at("cells")) out += " " + matrix_entry(cell) + " |";
    out += "\n";
  }
  std::vector<std::string> findings, differences, absent;
  for (const Json& row : data.at("rows")) {
    for (const Json& cell : row.at("cells")) {
      for (const auto& sentence : sentences(row.at("title").get<std::string>(), cell)) {
        (cell.contains("absent")                         ? absent
         : sentence.find("FINDING") != std::string::npos ? findings
                                                         : differences)
            .push_back(sentence);
      }
    }
  }
  const auto list = [&](const std::string& title, const std::string& none, const std::vector<std::string>& lines) {
    out += "\n## " + title + "\n\n";
    if (lines.empty()) out += none + "\n";
    for (const auto& line : lines) out += "- " + line + "\n";
  };
  list("Where theory and simulation disagree", "Nowhere: every law that should hold is accepted.", findings);
  list("Laws that do not hold, and why", "None.", differences);
  list("Cells that were not run", "None.", absent);
  out +=
      "\n## All figures\n\nn is the effective sample size; cost is particle-steps and seconds of the cell's "
      "ensemble.\n";
  for (const Json& row : data.at("rows")) {
    out += "\n### " + row.at("title").get<std::string>() +
           "\n\n| noise | T | observable | law | KS | bound | p | mean ± s.e. | law's mean | n | verdict | cost "
           "|\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const Json& cell : row.at("cells")) {
      if (cell.contains("absent")) continue;
      const std::string cost =
          number(Json(cell.at("particles").get<double>() * cell.at("steps").get<double>()), "%.2g") + ", " +
          number(cell.at("seconds"), "%.1f") + " s";
      const std::string head =
          "| " + cell.at("noise").get<std::string>() + " | " + number(cell.at("temperature"), "%.4g") + " | ";
      if (cell.at("verdicts").empty()) {
        for (const auto& [name, o] : cell.at("observables").items()) {
          out += head + name + " | none | - | - | - | " + number(o.at("mean"), "%.5f") + " ± " +
                 number(o.at("standard_error"), "%.1e") + " | - | " + number(o.at("effective_sample_size"), "%.3g") +
                 " | - | " + cost + " |\n";
        }
      }
      for (const Json& v : cell.at("verdicts")) {
        out += head + v.at("observable").get<std::string>() + " | " + v.at("law").get<std::string>() + " | ";
        if (!v.at("exists").get<bool>()) {
          out += "- | - | - | - | - | - | no such law here | " + cost + " |\n";
          continue;
        }
        out += number(v.at("ks"), "%.2e") + " | " + number(v.at("ks_bound"), "%.2e") + " | " +
               number(v.at("p_adjusted"), "%.2g") + " | " + number(v.at("sample_mean"), "%.5f") + " ± " +
               number(v.at("mean_standard_error"), "%.1e") + " | " + number(v.at("mean"), "%.5f") + " | " +
               number(v.at("effective_sample_size"), "%.3g") + " | " + mark(v) +
               (v.at("holds_in_theory").get<bool>() && mark(v) == "✗" ? " (!)" : "") + " | " + cost + " |\n";
      }
    }
  }
  return out;
}

}  // namespace orbitwalk
