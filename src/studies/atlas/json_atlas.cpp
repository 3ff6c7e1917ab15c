// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "orbitwalk/version.hpp"
#include "results/json.hpp"
#include "results/summary.hpp"
#include "studies/atlas/atlas.hpp"
#include "support/json.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

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

}  // namespace orbitwalk
