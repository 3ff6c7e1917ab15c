// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"
#include "run/blow_up.hpp"
#include "run/lost_increments.hpp"

namespace orbitwalk {

/// What speaks against a run as evidence for anything, besides its results.
struct Evidence {
  std::optional<BlowUp> blow_up;
  std::optional<LostIncrements> lost_increments;
  std::uint64_t lost = 0;          ///< particles that diverged or blew up
  std::vector<std::string> notes;  ///< in words, for people
};

/// Looks at a finished run; `results` are told where increments are lost.
Evidence gather_evidence(const Problem& problem, const Tally& tally, std::vector<ObservableResult>& results);

/// Adds `blown_up` and `lost_increments`, where there are any, and the notes.
void add_evidence(const Evidence& evidence, nlohmann::ordered_json& summary);

/// `stationary` and `reason` of `stationarity` in a summary: true or false, or null where nothing was tested; why, or
/// null.
nlohmann::ordered_json stationary_to_json(Stationarity stationary);
Stationarity stationary_from_json(const nlohmann::ordered_json& stationary);

/// Share of the particles of a summary that diverged or blew up.
double lost_share_of(const nlohmann::ordered_json& summary);

/// Whether values of this observable are blown up in a summary.
bool is_blown_up(const nlohmann::ordered_json& summary, const std::string& observable);

/// "yes", "no" or "not tested", of an entry of `stationarity`.
std::string stationary_in_words(const nlohmann::ordered_json& entry);

/// Sentences on the observables that are not shown to be stationary, one for each reason: "w1, w2: stationarity not
/// tested: ...".
std::vector<std::string> stationarity_reasons(const nlohmann::ordered_json& stationarity);

}  // namespace orbitwalk
