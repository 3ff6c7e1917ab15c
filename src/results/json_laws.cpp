// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "orbitwalk/error.hpp"
#include "results/json_parts.hpp"
#include "support/json.hpp"

namespace orbitwalk::detail {

Json laws_to_json(const std::vector<LawComparison>& laws) {
  Json list = Json::array();
  for (const LawComparison& c : laws) {
    Json law;
    law["name"] = c.name;
    law["observable"] = c.observable;
    law["mean"] = json_number(c.mean);
    law["variance"] = json_number(c.variance);
    law["ks"] = json_number(c.ks);
    law["p_value"] = json_number(c.p_value);
    law["wasserstein1"] = json_number(c.wasserstein1);
    law["kl"] = json_number(c.kl);
    law["verdict"] = c.verdict;
    law["reason"] = c.reason;
    law["ks_critical"] = json_number(c.ks_critical);
    law["p_smooth"] = json_number(c.p_smooth);
    law["p_adjusted"] = json_number(c.p_adjusted);
    law["ks_bound"] = json_number(c.ks_bound);
    law["confidence"] = json_number(c.confidence);
    if (c.equivalence) law["equivalence"] = json_number(*c.equivalence);
    if (c.equivalence) law["equivalent"] = c.equivalent ? Json(*c.equivalent) : Json(nullptr);
    law["significance"] = json_number(c.significance);
    law["mean_z"] = json_number(c.mean_z);
    law["variance_z"] = json_number(c.variance_z);
    law["effective_sample_size"] = json_number(c.effective_sample_size);
    law["quadrature_error"] = json_number(c.law_error);
    law["formula"] = c.formula;
    if (c.window) law["window"] = {c.window->first, c.window->second};
    if (!c.attribution.empty()) law["attribution"] = c.attribution;
    law["density"] = json_numbers(c.density);
    list.push_back(law);
  }
  return list;
}

std::vector<LawComparison> laws_from_json(const Json& json, const std::vector<ObservableResult>& observables) {
  std::vector<LawComparison> laws;
  for (const Json& law : json) {
    LawComparison c;
    c.name = law.at("name").get<std::string>();
    c.observable = law.at("observable").get<std::string>();
    c.mean = number_at(law, "mean");
    c.variance = optional_number_at(law, "variance");
    c.ks = number_at(law, "ks");
    c.p_value = number_at(law, "p_value");
    c.wasserstein1 = number_at(law, "wasserstein1");
    c.kl = number_at(law, "kl");
    c.verdict = law.at("verdict").get<std::string>();
    c.reason = optional_text_at(law, "reason");
    if (c.verdict == "no law") c.no_law = c.reason;
    c.ks_critical = optional_number_at(law, "ks_critical");
    c.p_smooth = optional_number_at(law, "p_smooth");
    c.p_adjusted = optional_number_at(law, "p_adjusted");
    c.ks_bound = optional_number_at(law, "ks_bound");
    c.confidence = optional_number_at(law, "confidence");
    if (law.contains("equivalence")) c.equivalence = number_at(law, "equivalence");
    if (law.contains("equivalent") && !law.at("equivalent").is_null()) c.equivalent = law.at("equivalent").get<bool>();
    c.significance = optional_number_at(law, "significance");
    c.mean_z = optional_number_at(law, "mean_z");
    c.variance_z = optional_number_at(law, "variance_z");
    c.effective_sample_size = optional_number_at(law, "effective_sample_size");
    c.law_error = optional_number_at(law, "quadrature_error");
    c.formula = optional_text_at(law, "formula");
    if (law.contains("window")) c.window = {law.at("window").at(0).get<double>(), law.at("window").at(1).get<double>()};
    c.attribution = optional_text_at(law, "attribution");
    c.density = numbers_at(law, "density");
    const auto at = std::find_if(observables.begin(), observables.end(),
                                 [&](const ObservableResult& o) { return o.name == c.observable; });
    if (at != observables.end() && at->histogram.counts.size() != c.density.size())
      throw IoError("a law's density needs one number a bin");
    laws.push_back(std::move(c));
  }
  return laws;
}

}  // namespace orbitwalk::detail
