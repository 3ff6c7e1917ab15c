// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/summary.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {
using Json = nlohmann::ordered_json;

Json candidate_to_json(const SchemeFit& fit, bool chosen) {
  Json levels = Json::array();
  for (const AccuracyLevel& level : fit.levels) {
    levels.push_back(
        {{"step", level.step}, {"means", json_numbers(level.means)}, {"standard_errors", json_numbers(level.errors)}});
  }
  Json json = {{"scheme", fit.scheme.empty() ? Json(nullptr) : Json(fit.scheme)},
               {"order", fit.order},
               {"extrapolated", fit.next_order > 0},
               {"chosen", chosen},
               {"step", fit.step},
               {"particle_steps", std::isfinite(fit.work) ? Json(fit.work) : Json(nullptr)},
               {"coefficients", json_numbers(fit.coefficient)},
               {"coefficient_errors", json_numbers(fit.coefficient_error)},
               {"ladder_ended", fit.stopped.empty() ? "at the last rung" : fit.stopped},
               {"levels", levels}};
  if (fit.next_order > 0) {
    json["next_order"] = fit.next_order;
    json["next_coefficients"] = json_numbers(fit.next_coefficient);
    json["next_coefficient_errors"] = json_numbers(fit.next_coefficient_error);
  }
  return json;
}

Json extrapolation_to_json(const RunRecord& record) {
  const SchemeFit& fit = record.accuracy->best();
  const double step = record.experiment.problem.plan.step;
  Json json = {{"order", fit.order},
               {"next_order", fit.next_order},
               {"steps", {step, step * fit.factor, step * fit.third_factor}},
               {"particles", fit.particles}};
  for (std::size_t i = 0; i < record.extrapolated.size(); ++i) {
    const ExtrapolatedMean& mean = record.extrapolated[i];
    json["observables"][record.observables[i].name] = {
        {"mean", json_number(mean.mean)},
        {"standard_error", json_number(mean.standard_error)},
        {"remaining_bias", json_number(mean.remaining)},
        {"remaining_bias_standard_error", json_number(mean.remaining_error)},
        {"means", json_numbers({mean.means.begin(), mean.means.end()})},
        {"standard_errors", json_numbers({mean.errors.begin(), mean.errors.end()})}};
  }
  return json;
}

}  // namespace

AccuracyReached accuracy_reached(const RunRecord& record, std::size_t i) {
  const double accuracy = record.accuracy->accuracy;
  if (!record.extrapolated.empty())
    return accuracy_reached(record.extrapolated[i], record.observables[i].variance, accuracy);
  return accuracy_reached(record.observables[i], record.step_biases[i], accuracy);
}

Json accuracy_to_json(const RunRecord& record) {
  const AccuracyChoice& choice = *record.accuracy;
  Json json = {{"asked", choice.accuracy}, {"candidates", Json::array()}};
  for (std::size_t i = 0; i < choice.candidates.size(); ++i)
    json["candidates"].push_back(candidate_to_json(choice.candidates[i], i == choice.chosen));
  if (!record.extrapolated.empty()) json["extrapolation"] = extrapolation_to_json(record);
  for (std::size_t i = 0; i < record.observables.size(); ++i) {
    const AccuracyReached reached = accuracy_reached(record, i);
    const double error =
        record.extrapolated.empty() ? record.step_biases[i].standard_error : record.extrapolated[i].remaining_error;
    json["observables"][record.observables[i].name] = {{"bias", json_number(reached.bias)},
                                                       {"bias_standard_error", json_number(error)},
                                                       {"standard_error", json_number(reached.standard_error)},
                                                       {"allowed", json_number(reached.allowed)},
                                                       {"reached", reached.reached}};
  }
  return json;
}

}  // namespace orbitwalk
