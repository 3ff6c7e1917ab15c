// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/json_parts.hpp"
#include "support/json.hpp"

namespace orbitwalk::detail {
namespace {

Json candidate_to_json(const SchemeCandidate& candidate) {
  Json levels = Json::array();
  for (const StepLevel& level : candidate.levels) {
    levels.push_back({{"step", level.step},
                      {"means", json_numbers(level.means)},
                      {"standard_errors", json_numbers(level.standard_errors)}});
  }
  Json json = {{"scheme", text_or_null(candidate.scheme)},
               {"order", candidate.order},
               {"extrapolated", candidate.extrapolated()},
               {"chosen", candidate.chosen},
               {"step", candidate.step},
               {"particle_steps", json_number(candidate.particle_steps)},
               {"coefficients", json_numbers(candidate.coefficients)},
               {"coefficient_errors", json_numbers(candidate.coefficient_errors)},
               {"ladder_ended", candidate.ladder_ended},
               {"levels", levels}};
  if (candidate.extrapolated()) {
    json["next_order"] = candidate.next_order;
    json["next_coefficients"] = json_numbers(candidate.next_coefficients);
    json["next_coefficient_errors"] = json_numbers(candidate.next_coefficient_errors);
  }
  return json;
}

SchemeCandidate candidate_from_json(const Json& json) {
  SchemeCandidate candidate;
  candidate.scheme = optional_text_at(json, "scheme");
  candidate.order = json.at("order").get<int>();
  candidate.chosen = json.at("chosen").get<bool>();
  candidate.step = number_at(json, "step");
  candidate.particle_steps = optional_number_at(json, "particle_steps");
  candidate.coefficients = numbers_at(json, "coefficients");
  candidate.coefficient_errors = numbers_at(json, "coefficient_errors");
  candidate.ladder_ended = json.at("ladder_ended").get<std::string>();
  for (const Json& level : json.at("levels"))
    candidate.levels.push_back({level.at("step"), numbers_at(level, "means"), numbers_at(level, "standard_errors")});
  if (json.value("extrapolated", false)) {  // absent in results of earlier versions
    candidate.next_order = json.at("next_order").get<int>();
    candidate.next_coefficients = numbers_at(json, "next_coefficients");
    candidate.next_coefficient_errors = numbers_at(json, "next_coefficient_errors");
  }
  return candidate;
}

std::array<double, 3> three_numbers_at(const Json& table, const char* key) {
  const Json& list = table.at(key);
  return {number_from_json(list.at(0)), number_from_json(list.at(1)), number_from_json(list.at(2))};
}

Json extrapolation_to_json(const ExtrapolationResult& result, const std::vector<ObservableResult>& observables) {
  Json json = {{"order", result.order},
               {"next_order", result.next_order},
               {"steps", result.steps},
               {"particles", result.particles}};
  for (std::size_t i = 0; i < result.means.size(); ++i) {
    const ExtrapolatedMean& mean = result.means[i];
    json["observables"][observables[i].name] = {
        {"mean", json_number(mean.mean)},
        {"standard_error", json_number(mean.standard_error)},
        {"remaining_bias", json_number(mean.remaining)},
        {"remaining_bias_standard_error", json_number(mean.remaining_error)},
        {"means", json_numbers({mean.means.begin(), mean.means.end()})},
        {"standard_errors", json_numbers({mean.errors.begin(), mean.errors.end()})}};
  }
  return json;
}

ExtrapolationResult extrapolation_from_json(const Json& json, const std::vector<ObservableResult>& observables) {
  ExtrapolationResult result;
  result.order = json.at("order").get<int>();
  result.next_order = json.at("next_order").get<int>();
  result.steps = three_numbers_at(json, "steps");
  result.particles = json.at("particles").get<std::array<std::uint64_t, 3>>();
  for (const ObservableResult& observable : observables) {
    const Json& each = json.at("observables").at(observable.name);
    result.means.push_back({number_at(each, "mean"), number_at(each, "standard_error"),
                            number_at(each, "remaining_bias"), number_at(each, "remaining_bias_standard_error"),
                            three_numbers_at(each, "means"), three_numbers_at(each, "standard_errors")});
  }
  return result;
}

}  // namespace

Json accuracy_to_json(const AccuracyResult& accuracy, const std::vector<ObservableResult>& observables) {
  Json json = {{"asked", accuracy.asked}, {"candidates", Json::array()}};
  for (const SchemeCandidate& candidate : accuracy.candidates)
    json["candidates"].push_back(candidate_to_json(candidate));
  if (accuracy.extrapolation) json["extrapolation"] = extrapolation_to_json(*accuracy.extrapolation, observables);
  for (std::size_t i = 0; i < accuracy.observables.size(); ++i) {
    const AccuracyReached& each = accuracy.observables[i];
    json["observables"][observables[i].name] = {{"bias", json_number(each.bias)},
                                                {"bias_standard_error", json_number(each.bias_standard_error)},
                                                {"standard_error", json_number(each.standard_error)},
                                                {"allowed", json_number(each.allowed)},
                                                {"reached", each.reached}};
  }
  return json;
}

AccuracyResult accuracy_from_json(const Json& json, const std::vector<ObservableResult>& observables) {
  AccuracyResult accuracy;
  accuracy.asked = number_at(json, "asked");
  for (const Json& each : json.at("candidates")) accuracy.candidates.push_back(candidate_from_json(each));
  if (json.contains("extrapolation"))
    accuracy.extrapolation = extrapolation_from_json(json.at("extrapolation"), observables);
  for (const ObservableResult& observable : observables) {
    const Json& each = json.at("observables").at(observable.name);
    accuracy.observables.push_back({number_at(each, "bias"), number_at(each, "standard_error"),
                                    number_at(each, "allowed"), each.at("reached").get<bool>(),
                                    number_at(each, "bias_standard_error")});
  }
  return accuracy;
}

}  // namespace orbitwalk::detail
