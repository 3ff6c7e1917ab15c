// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/conclusion.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dynamics/registry.hpp"
#include "laws/registry.hpp"
#include "results/figures.hpp"

namespace orbitwalk {
namespace {

/// A mean that is off by more standard errors than this is reported as such; below, the distribution function tells how
/// far off the law is.
constexpr double telling_z = 5;
/// Names in a list before "and N more".
constexpr std::size_t names_listed = 3;
/// The same beside the reason that they share.
constexpr std::size_t names_with_a_reason = 6;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  const std::size_t shown = names.size() > names_listed + 1 ? names_listed : names.size();
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return shown < names.size() ? text + " and " + std::to_string(names.size() - shown) + " more" : text;
}

/// "1 standard error", "357 standard errors".
std::string counted(double count, const std::string& what) {
  const std::string text = number(count, std::abs(count) < 9.95 ? "%.2g" : "%.0f");
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
    text = "Noise along the orbits " + number(noise.vertical / noise.horizontal, "%.3g") +
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
std::string distance_in_words(const LawComparison& law) {
  if (std::abs(law.mean_z) >= telling_z) return counted(std::abs(law.mean_z), "standard error") + " off in the mean";
  if (law.ks > law.ks_critical) {
    return number(law.ks, "%.2g") + " off in the distribution function, where chance explains " +
           number(law.ks_critical, "%.2g");
  }
  return "adjusted p = " + number(law.p_adjusted, "%.2g");
}

using Comparisons = std::vector<const LawComparison*>;

/// The rejected comparison that is furthest off: by its mean, then by its distance.
const LawComparison& worst(const Comparisons& rejected) {
  return **std::max_element(rejected.begin(), rejected.end(), [](const LawComparison* a, const LawComparison* b) {
    const auto z = [](const LawComparison& law) { return std::isfinite(law.mean_z) ? std::abs(law.mean_z) : 0.0; };
    const auto ks = [](const LawComparison& law) { return std::isfinite(law.ks) ? law.ks : 0.0; };
    const bool tell = std::max(z(*a), z(*b)) >= telling_z;
    return tell ? z(*a) < z(*b) : ks(*a) < ks(*b);
  });
}

/// One law over all its observables.
std::string verdict_in_words(const std::string& words, const Comparisons& comparisons) {
  Comparisons accepted, rejected, open;
  for (const LawComparison* law : comparisons)
    (law->verdict == "accepted" ? accepted : law->verdict == "rejected" ? rejected : open).push_back(law);
  const std::string all = std::to_string(comparisons.size());
  std::string text;
  if (!rejected.empty()) {
    const LawComparison& far = worst(rejected);
    text = words + " is rejected, " + distance_in_words(far);
    if (comparisons.size() > 1) text += " of " + far.observable;
    if (rejected.size() < comparisons.size())
      text += " (rejected in " + std::to_string(rejected.size()) + " of " + all + " observables)";
  } else if (!accepted.empty()) {
    double bound = 0;
    for (const LawComparison* law : accepted) bound = std::max(bound, std::isfinite(law->ks_bound) ? law->ks_bound : 1);
    text = words + " is not contradicted";
    if (!open.empty()) text += " in " + std::to_string(accepted.size()) + " of " + all + " observables";
    text += " (deviation below " + number(bound, "%.2g") + ")";
  }
  if (open.empty() || !rejected.empty()) return text;
  const std::string reason = open.front()->reason.empty() ? "" : " (" + open.front()->reason + ")";
  const std::string why = open.front()->verdict == "inconclusive" ? "not decided" : open.front()->verdict;
  if (!text.empty()) return text + ", " + why + " in the others" + reason;
  if (why == "no law") return words + " does not exist" + reason;
  return words + " is " + why + reason;
}

std::string laws_sentence(const Experiment& experiment, const std::vector<LawComparison>& laws) {
  std::vector<std::string> names;
  for (const LawComparison& law : laws) {
    if (!std::count(names.begin(), names.end(), law.name)) names.push_back(law.name);
  }
  std::string text;
  for (const std::string& name : names) {
    Comparisons comparisons;
    for (const LawComparison& law : laws) {
      if (law.name == name) comparisons.push_back(&law);
    }
    text += (text.empty() ? "" : "; ") + verdict_in_words(law_in_words(experiment, name), comparisons);
  }
  return noise_in_words(experiment) + ": " + text + ".";
}

std::string means_sentence(const Experiment& experiment, const Result& result) {
  std::vector<std::string> means;
  for (const ObservableResult& o : result.observables) {
    if (std::isfinite(o.mean)) means.push_back(o.name + " = " + with_error(o.mean, o.standard_error));
  }
  return noise_in_words(experiment) + ": no law was compared" +
         (means.empty() ? "." : "; means: " + listed(means) + ".");
}

void add_expectations(const Experiment& experiment, const std::vector<LawComparison>& laws,
                      std::vector<std::string>& sentences) {
  const auto& expect = experiment.compare.expect;
  std::vector<std::string> missed;
  for (const LawComparison& law : laws) {
    if (law.verdict != "rejected" || !std::count(expect.begin(), expect.end(), law.name)) continue;
    std::string text = law.name + " of " + law.observable;
    if (!law.attribution.empty()) text += " (mismatch from: " + law.attribution + ")";
    missed.push_back(text);
  }
  if (!missed.empty()) sentences.push_back("Rejected although the spec expects otherwise: " + listed(missed) + ".");
}

void add_stationarity(const std::vector<ObservableResult>& observables, std::vector<std::string>& sentences) {
  std::vector<std::string> moving, untested;
  std::string why_moving, why_untested;  // of the first one, where a reason is given
  for (const ObservableResult& o : observables) {
    if (o.stationary == Stationarity::yes) continue;
    const bool tested = o.stationary != Stationarity::not_tested;
    (tested ? moving : untested).push_back(o.name);
    std::string& why = tested ? why_moving : why_untested;
    if (why.empty()) why = o.stationarity_reason;
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

std::vector<std::string> conclusion(const Experiment& experiment, const Result& result) {
  std::vector<std::string> sentences = {result.laws.empty() ? means_sentence(experiment, result)
                                                            : laws_sentence(experiment, result.laws)};
  add_expectations(experiment, result.laws, sentences);
  add_stationarity(result.observables, sentences);
  if (const Diverged& diverged = result.diverged; diverged.count > 0) {
    sentences.push_back(std::to_string(diverged.count) + " of " + std::to_string(result.particles) +
                        " particles diverged, the first at step " + std::to_string(diverged.first_step.value_or(0)) +
                        "; these results hold for the others only.");
  }
  return sentences;
}

std::vector<std::string> stationarity_reasons(const std::vector<ObservableResult>& observables) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;  // "no: why", and of which observables
  for (const ObservableResult& o : observables) {
    if (o.stationarity_reason.empty()) continue;
    const bool tested = o.stationary != Stationarity::not_tested;
    const std::string reason = (tested ? "not stationary: " : "stationarity not tested: ") + o.stationarity_reason;
    auto at = std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& each) { return each.first == reason; });
    if (at == by_reason.end()) at = by_reason.insert(at, {reason, {}});
    at->second.push_back(o.name);
  }
  std::vector<std::string> sentences;
  for (const auto& [reason, names] : by_reason) {
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), names_with_a_reason); ++i)
      list += (i > 0 ? ", " : "") + names[i];
    if (names.size() > names_with_a_reason)
      list += " and " + std::to_string(names.size() - names_with_a_reason) + " more";
    sentences.push_back(list + ": " + reason);
  }
  return sentences;
}

std::string claims_in_words(const std::vector<Claim>& claims) {
  if (claims.empty()) return "";
  std::vector<std::string> wrong, open;
  for (const Claim& claim : claims) {
    if (!claim.holds) open.push_back(claim.claim);
    else if (!*claim.holds) wrong.push_back(claim.claim);
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
