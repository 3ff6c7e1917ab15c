// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/summary.hpp"

namespace orbitwalk {
namespace {

SchemeCandidate candidate_of(const SchemeFit& fit, bool chosen) {
  SchemeCandidate candidate;
  candidate.scheme = fit.scheme;
  candidate.order = fit.order;
  candidate.chosen = chosen;
  candidate.step = fit.step;
  candidate.particle_steps = fit.work;
  candidate.coefficients = fit.coefficient;
  candidate.coefficient_errors = fit.coefficient_error;
  candidate.ladder_ended = fit.stopped.empty() ? "at the last rung" : fit.stopped;
  for (const AccuracyLevel& level : fit.levels) candidate.levels.push_back({level.step, level.means, level.errors});
  if (fit.next_order > 0) {
    candidate.next_order = fit.next_order;
    candidate.next_coefficients = fit.next_coefficient;
    candidate.next_coefficient_errors = fit.next_coefficient_error;
  }
  return candidate;
}

}  // namespace

AccuracyReached accuracy_reached(const RunRecord& record, std::size_t i) {
  const double accuracy = record.accuracy->accuracy;
  if (!record.extrapolated.empty())
    return accuracy_reached(record.extrapolated[i], record.observables[i].variance, accuracy);
  return accuracy_reached(record.observables[i], record.step_biases[i], accuracy);
}

AccuracyResult accuracy_result(const RunRecord& record) {
  const AccuracyChoice& choice = *record.accuracy;
  AccuracyResult result;
  result.asked = choice.accuracy;
  for (std::size_t i = 0; i < choice.candidates.size(); ++i)
    result.candidates.push_back(candidate_of(choice.candidates[i], i == choice.chosen));
  if (!record.extrapolated.empty()) {
    const SchemeFit& fit = choice.best();
    const double step = record.experiment.problem.plan.step;
    result.extrapolation = ExtrapolationResult{fit.order,
                                               fit.next_order,
                                               {step, step * fit.factor, step * fit.third_factor},
                                               fit.particles,
                                               record.extrapolated};
  }
  for (std::size_t i = 0; i < record.observables.size(); ++i) result.observables.push_back(accuracy_reached(record, i));
  return result;
}

}  // namespace orbitwalk
