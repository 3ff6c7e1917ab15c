// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "orbitwalk/result.hpp"

// The parts of a summary, each with its way back. Json exceptions and IoError for damaged ones.
namespace orbitwalk::detail {

using Json = nlohmann::ordered_json;

/// Null is NaN.
inline double number_from_json(const Json& json) { return json.is_null() ? std::nan("") : json.get<double>(); }

inline double number_at(const Json& table, const char* key) { return number_from_json(table.at(key)); }

/// NaN for a key that results of earlier versions lack.
inline double optional_number_at(const Json& table, const char* key) {
  return table.contains(key) ? number_at(table, key) : std::nan("");
}

inline std::vector<double> numbers_from_json(const Json& json) {
  std::vector<double> values;
  for (const Json& entry : json) values.push_back(number_from_json(entry));
  return values;
}

inline std::vector<double> numbers_at(const Json& table, const char* key) { return numbers_from_json(table.at(key)); }

/// Null for no text.
inline Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// Empty for null, or without the key.
inline std::string optional_text_at(const Json& table, const char* key) {
  return table.contains(key) && !table.at(key).is_null() ? table.at(key).get<std::string>() : "";
}

/// `observables`, `stationarity`, `step_bias`, `shell_extrapolation`.
void add_observables(Json& summary, const std::vector<ObservableResult>& observables);
std::vector<ObservableResult> observables_from_json(const Json& summary);
Json step_bias_to_json(const Result& result);
std::vector<StepBias> step_bias_from_json(const Json& summary, const std::vector<ObservableResult>& observables);
Json shell_to_json(const ShellResult& shell);
ShellResult shell_from_json(const Json& json, const std::vector<ObservableResult>& observables);

/// `laws`.
Json laws_to_json(const std::vector<LawComparison>& laws);
std::vector<LawComparison> laws_from_json(const Json& json, const std::vector<ObservableResult>& observables);

/// `accuracy`, with names from the observables.
Json accuracy_to_json(const AccuracyResult& accuracy, const std::vector<ObservableResult>& observables);
AccuracyResult accuracy_from_json(const Json& json, const std::vector<ObservableResult>& observables);

/// `series`.
Json series_to_json(const Series& series);
Series series_from_json(const Json& json);

/// `data`, `blown_up`, `lost_increments`.
Json data_to_json(const std::vector<DataRecord>& data);
std::vector<DataRecord> data_from_json(const Json& json);
Json blow_up_to_json(const BlowUp& blow_up);
BlowUp blow_up_from_json(const Json& json);
Json lost_increments_to_json(const LostIncrements& lost);
LostIncrements lost_increments_from_json(const Json& json);

}  // namespace orbitwalk::detail
