// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/conclusion.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dynamics/registry.hpp"
#include "laws/registry.hpp"
#include "results/figures.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

/// A mean that is off by more standard errors than this is reported as such; below, the distribution function tells how
/// far off the law is.
constexpr double telling_z = 5;
/// Names in a list before "and N more".
constexpr std::size_t names_shown = 3;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  const std::size_t shown = names.size() > names_shown + 1 ? names_shown : names.size();
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return shown < names.size() ? text + " and " + std::to_string(names.size() - shown) + " more" : text;
}

/// "1 standard error", "357 standard errors".
std::string counted(double count, const std::string& what) {
  const std::string text = number(Json(count), std::abs(count) < 9.95 ? "%.2g" : "%.0f");
  return text + " " + what + (text == "1" ? "" : "s");
}

/// Of a noise without intensities along and across orbits.
std::string noise_in_words(const Plan& plan) {
  const NoiseTraits& noise = noise_of(plan);
  if (plan.label_noise == 0) return noise.in_words;
  return noise.with_labels ? noise.with_labels : std::string(noise.in_words) + ", with label noise";
}

std::string noise_in_words(const Experiment& experiment) {
  const Plan& plan = experiment.problem.plan;
  const NoiseIntensity& noise = experiment.noise;
  if (!experiment.has_temperature) return noise_in_words(plan);
  std::string text;
  if (noise.isotropic()) text = "Isotropic noise";
  else if (noise.vertical == 0) text = "Noise across the orbits only";
  else
    text = "Noise along the orbits " + number(Json(noise.vertical / noise.horizontal), "%.3g") +
           " times as strong as across them";
  if (noise.stratonovich && !noise.isotropic()) text += ", in the Stratonovich sense";
  return text + (experiment.conditioned ? ", conditioned on a gauge slice" : "");
}

std::string law_in_words(const Experiment& experiment, const std::string& name) {
  LawContext context(experiment.noise);
  context.gauge = gauge_of(name);
  return law_info(name).in_words(context);
}

/// How far off a rejected law is: by its mean where that tells, else by its distribution function.
std::string distance_in_words(const Json& law) {
  const Json& z = law.at("mean_z");
  if (!z.is_null() && std::abs(z.get<double>()) >= telling_z)
    return counted(std::abs(z.get<double>()), "standard error") + " off in the mean";
  if (!law.at("ks").is_null() && law.at("ks") > law.at("ks_critical")) {
    return number(law.at("ks"), "%.2g") + " off in the distribution function, where chance explains " +
           number(law.at("ks_critical"), "%.2g");
  }
  return "adjusted p = " + number(law.at("p_adjusted"), "%.2g");
}

/// The rejected comparison that is furthest off: by its mean, then by its distance.
const Json& worst(const std::vector<const Json*>& rejected) {
  return **std::max_element(rejected.begin(), rejected.end(), [](const Json* a, const Json* b) {
    const auto z = [](const Json& law) {
      return law.at("mean_z").is_null() ? 0.0 : std::abs(law.at("mean_z").get<double>());
    };
    const auto ks = [](const Json& law) { return law.at("ks").is_null() ? 0.0 : law.at("ks").get<double>(); };
    const bool tell = std::max(z(*a), z(*b)) >= telling_z;
    return tell ? z(*a) < z(*b) : ks(*a) < ks(*b);
  });
}

/// One law over all its observables.
std::string verdict_in_words(const std::string& words, const std::vector<const Json*>& comparisons) {
  std::vector<const Json*> accepted, rejected, open;
  for (const Json* law : comparisons) {
    const std::string verdict = law->at("verdict");
    (verdict == "accepted" ? accepted : verdict == "rejected" ? rejected : open).push_back(law);
  }
  const std::string all = std::to_string(comparisons.size());
  std::string text;
  if (!rejected.empty()) {
    const Json& far = worst(rejected);
    text = words + " is rejected, " + distance_in_words(far);
    if (comparisons.size() > 1) text += " of " + far.at("observable").get<std::string>();
    if (rejected.size() < comparisons.size())
      text += " (rejected in " + std::to_string(rejected.size()) + " of " + all + " observables)";
  } else if (!accepted.empty()) {
    double bound = 0;
    for (const Json* law : accepted)
      bound = std::max(bound, law->at("ks_bound").is_null() ? 1.0 : law->at("ks_bound").get<double>());
    text = words + " is not contradicted";
    if (!open.empty()) text += " in " + std::to_string(accepted.size()) + " of " + all + " observables";
    text += " (deviation below " + number(Json(bound), "%.2g") + ")";
  }
  if (open.empty() || !rejected.empty()) return text;
  const std::string reason = open.front()->value("reason", "");
  const std::string why = open.front()->at("verdict").get<std::string>() == "inconclusive"
                              ? "not decided"
                              : open.front()->at("verdict").get<std::string>();
  if (!text.empty()) return text + ", " + why + " in the others" + (reason.empty() ? "" : " (" + reason + ")");
  if (why == "no law") return words + " does not exist" + (reason.empty() ? "" : " (" + reason + ")");
  return words + " is " + why + (reason.empty() ? "" : " (" + reason + ")");
}

std::string laws_sentence(const Experiment& experiment, const Json& laws) {
  std::vector<std::string> names;
  for (const Json& law : laws) {
    const std::string name = law.at("name");
    if (!std::count(names.begin(), names.end(), name)) names.push_back(name);
  }
  std::string text;
  for (const std::string& name : names) {
    std::vector<const Json*> comparisons;
    for (const Json& law : laws) {
      if (law.at("name") == name) comparisons.push_back(&law);
    }
    text += (text.empty() ? "" : "; ") + verdict_in_words(law_in_words(experiment, name), comparisons);
  }
  return noise_in_words(experiment) + ": " + text + ".";
}

std::string means_sentence(const Experiment& experiment, const Json& s) {
  std::vector<std::string> means;
  for (const auto& [name, o] : s.at("observables").items()) {
    if (!o.at("mean").is_null()) means.push_back(name + " = " + with_error(o.at("mean"), o.at("standard_error")));
  }
  return noise_in_words(experiment) + ": no law was compared" +
         (means.empty() ? "." : "; means: " + listed(means) + ".");
}

void add_expectations(const Experiment& experiment, const Json& laws, std::vector<std::string>& sentences) {
  const auto& expect = experiment.compare.expect;
  std::vector<std::string> missed;
  for (const Json& law : laws) {
    const std::string name = law.at("name");
    if (law.at("verdict") != "rejected" || !std::count(expect.begin(), expect.end(), name)) continue;
    std::string text = name + " of " + law.at("observable").get<std::string>();
    if (law.contains("attribution")) text += " (mismatch from: " + law.at("attribution").get<std::string>() + ")";
    missed.push_back(text);
  }
  if (!missed.empty()) sentences.push_back("Rejected although the spec expects otherwise: " + listed(missed) + ".");
}

void add_stationarity(const Json& s, std::vector<std::string>& sentences) {
  std::vector<std::string> moving, untested;
  std::string why_moving, why_untested;  // of the first one, where a reason is given
  for (const auto& [name, st] : s.at("stationarity").items()) {
    const Json stationary = st.value("stationary", Json());
    if (stationary == true) continue;
    (stationary.is_null() ? untested : moving).push_back(name);
    std::string& why = stationary.is_null() ? why_untested : why_moving;
    if (why.empty()) why = st.value("reason", "");
  }
  const auto are = [](const std::vector<std::string>& names) {
    return listed(names) + (names.size() > 1 ? " are" : " is");
  };
  const auto because = [](const std::string& why) { return why.empty() ? "" : " (" + why + ")"; };
  if (!moving.empty()) {
    sentences.push_back("These figures describe a moment, not a stationary law: " + are(moving) + " not stationary" +
                        because(why_moving) + ".");
  }
  if (!untested.empty())
    sentences.push_back("Whether " + are(untested) + " stationary was not tested" + because(why_untested) + ".");
}

}  // namespace

std::vector<std::string> conclusion(const Experiment& experiment, const Json& summary) {
  const Json& laws = summary.at("laws");
  std::vector<std::string> sentences = {laws.empty() ? means_sentence(experiment, summary)
                                                     : laws_sentence(experiment, laws)};
  add_expectations(experiment, laws, sentences);
  add_stationarity(summary, sentences);
  const Json& diverged = summary.at("diverged");
  if (diverged.at("count").get<std::uint64_t>() > 0) {
    sentences.push_back(diverged.at("count").dump() + " of " + summary.at("particles").dump() +
                        " particles diverged, the first at step " + diverged.at("first_step").dump() +
                        "; these results hold for the others only.");
  }
  return sentences;
}

std::string claims_in_words(const Json& claims) {
  if (claims.empty()) return "";
  std::vector<std::string> wrong, open;
  for (const Json& claim : claims) {
    const Json& holds = claim.at("holds");
    if (holds.is_null()) open.push_back(claim.at("claim"));
    else if (!holds.get<bool>()) wrong.push_back(claim.at("claim"));
  }
  const auto quoted = [](std::vector<std::string> names) {
    for (auto& name : names) name = "“" + name + "”";
    return listed(names);
  };
  const std::size_t all = claims.size(), right = all - wrong.size() - open.size();
  std::string text = std::to_string(right) + " of " + std::to_string(all) +
                     (all == 1 ? " claim holds" : " claims hold") + " in the ensemble";
  if (!wrong.empty()) text += "; not borne out: " + quoted(wrong);
  if (!open.empty()) text += "; not decided: " + quoted(open);
  return text + ".";
}

}  // namespace orbitwalk
