// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/evidence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "run/stationarity.hpp"

namespace orbitwalk {
namespace {
using Json = nlohmann::ordered_json;
constexpr std::size_t kNamesShown = 6;
}  // namespace

Evidence gather_evidence(const Problem& problem, const Tally& tally, std::vector<ObservableResult>& results) {
  Evidence evidence;
  evidence.blow_up = find_blow_up(problem, tally);
  evidence.lost = lost_particles(tally, evidence.blow_up);
  if (evidence.lost > 0) {
    evidence.notes.push_back(
        lost_in_words(problem, tally, evidence.blow_up) +
        ": results are those of the others, conditioned on survival; a smaller [dynamics] step may help");
  }
  if (tally.counters.proposals > 0 && tally.counters.accepted == 0) {
    evidence.notes.push_back("no proposal was accepted: every particle is where it started" +
                             std::string(tally.counters.unsolved == tally.counters.proposals
                                             ? ", since no way back to the slice was found"
                                             : "; a smaller [dynamics] step may help"));
  }
  // Particles that blow up tell nothing about rounding.
  if (evidence.lost == 0) evidence.lost_increments = find_lost_increments(problem);
  if (evidence.lost_increments) {
    evidence.notes.push_back(lost_increments_in_words(problem, *evidence.lost_increments));
    mark_lost_increments(problem, *evidence.lost_increments, results);
  }
  return evidence;
}

void add_evidence(const Evidence& evidence, Json& summary) {
  if (evidence.blow_up) summary["blown_up"] = blow_up_to_json(*evidence.blow_up);
  if (evidence.lost_increments) summary["lost_increments"] = lost_increments_to_json(*evidence.lost_increments);
  for (const auto& note : evidence.notes) summary["notes"].push_back(note);
}

Json stationary_to_json(Stationarity stationary) {
  return stationary == Stationarity::not_tested ? Json(nullptr) : Json(stationary == Stationarity::yes);
}

Stationarity stationary_from_json(const Json& stationary) {
  if (!stationary.is_boolean()) return Stationarity::not_tested;
  return stationary.get<bool>() ? Stationarity::yes : Stationarity::no;
}

double lost_share_of(const Json& summary) {
  double lost = summary.at("diverged").at("count").get<double>();
  if (summary.contains("blown_up")) lost += summary.at("blown_up").at("count").get<double>();
  const double particles = summary.at("particles").get<double>();
  return particles > 0 ? std::min(1.0, lost / particles) : 0;
}

bool is_blown_up(const Json& summary, const std::string& observable) {
  if (!summary.contains("blown_up")) return false;
  const Json& names = summary.at("blown_up").at("observables");
  return std::find(names.begin(), names.end(), observable) != names.end();
}

std::string stationary_in_words(const Json& entry) {
  return in_words(entry.contains("stationary") ? stationary_from_json(entry.at("stationary"))
                                               : Stationarity::not_tested);
}

std::vector<std::string> stationarity_reasons(const Json& stationarity) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;  // "no: why", and of which observables
  for (const auto& [name, entry] : stationarity.items()) {
    if (!entry.contains("reason") || !entry.at("reason").is_string()) continue;
    const bool tested = stationary_from_json(entry.at("stationary")) != Stationarity::not_tested;
    const std::string reason =
        (tested ? "not stationary: " : "stationarity not tested: ") + entry.at("reason").get<std::string>();
    auto at = std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& each) { return each.first == reason; });
    if (at == by_reason.end()) at = by_reason.insert(at, {reason, {}});
    at->second.push_back(name);
  }
  std::vector<std::string> sentences;
  for (const auto& [reason, names] : by_reason) {
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) list += (i > 0 ? ", " : "") + names[i];
    if (names.size() > kNamesShown) list += " and " + std::to_string(names.size() - kNamesShown) + " more";
    sentences.push_back(list + ": " + reason);
  }
  return sentences;
}

}  // namespace orbitwalk
