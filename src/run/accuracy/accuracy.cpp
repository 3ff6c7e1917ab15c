// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/accuracy/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dynamics/registry.hpp"
#include "kernels/observe/accumulate.hpp"
#include "orbitwalk/error.hpp"
#include "run/accuracy/extrapolation.hpp"
#include "run/seeds.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kPilotParticles = 32768;
constexpr double kSecondPilot = 1.0 / 8;  // of the predicted work: what may be spent to know the next order better
constexpr std::size_t kSecondPilotLevels = 4;
constexpr double kWorthLooking = 0.6;  // of that work: less must be possible, or it is not spent
constexpr int kMostLevels = 14;
constexpr double kLineLevel = 0.01;  // of the χ² test, over all observables
constexpr double kShare = 1.0 / 3;   // of the accuracy: one for the bias, two for two standard errors

std::string number(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

struct Candidate {
  IntegratorId integrator;
  std::string scheme_name;  // "": not a key
  Variates variates;
  std::string variates_name;
};

int order_of(const Candidate& candidate) { return bias_order(integrator_of(candidate.integrator).traits); }

std::vector<Candidate> candidates(const Experiment& experiment, bool given_scheme, bool given_variates) {
  const Plan& plan = experiment.problem.plan;
  if (integrator_of(plan).is_exact)
    throw SpecError("--accuracy: Metropolis dynamics has no step bias, so there is no step to choose");
  if (!noise_of(plan).has_temperature)
    throw SpecError(
        "--accuracy: the step of this dynamics is part of what is asked, not an approximation to be made small");
  // Integrators of the same equation, those of a higher order first.
  std::vector<IntegratorEntry> alternatives;
  for (const IntegratorEntry& each : integrators_under(integrator_of(plan).dynamics)) {
    if (each.takes(noise_of(plan)) && each.traits.sense == integrator_of(plan).sense) alternatives.push_back(each);
  }
  std::stable_sort(alternatives.begin(), alternatives.end(), [](const IntegratorEntry& a, const IntegratorEntry& b) {
    return a.traits.invariant_order > b.traits.invariant_order;
  });
  std::vector<std::pair<IntegratorId, std::string>> schemes;
  for (const IntegratorEntry& each : alternatives) schemes.emplace_back(each.id, each.traits.scheme);
  if (given_scheme || schemes.size() < 2) schemes = {{plan.integrator, ""}};
  std::vector<Candidate> list;
  for (const auto& [integrator, name] : schemes) {
    // Dyadic variates keep both orders, at an eighth of the random bits.
    if (given_variates) list.push_back({integrator, name, plan.variates, ""});
    else list.push_back({integrator, name, Variates::dyadic, "dyadic"});
  }
  return list;
}

/// h such that every observable's bias is within its share, from the line through the levels.
double step_for(const SchemeFit& fit, const std::vector<double>& spreads, double accuracy) {
  double step = HUGE_VAL;
  for (std::size_t o = 0; o < spreads.size(); ++o) {
    const double slope = std::abs(fit.coefficient[o]) + 2 * fit.coefficient_error[o];
    step = std::min(step, std::pow(kShare * accuracy * spreads[o] / slope, 1.0 / fit.order));
  }
  // Beyond the ladder nothing is known; and the run that measures the bias needs larger steps that are on it.
  return std::min(step, fit.levels.back().step / (fit.order == 1 ? 4 : 2));
}

/// What a ladder of steps says, for a line C h^p and, where means may be extrapolated, for a curve with the next order
/// as well.
struct Ladder {
  std::vector<AccuracyLevel> line, curve;
  std::string line_stopped, curve_stopped;
  std::vector<double> spreads, errors;  // of the first level: σ, and the standard error of a mean with kPilotParticles
  bool follows(int order, int next_order) const {
    const std::size_t observables = spreads.size();
    for (std::size_t o = 0; o < observables; ++o) {
      const double p = next_order == 0    ? fit_bias(line, o, order).p_value
                       : curve.size() > 3 ? fit_curve(curve, o, order, next_order).p_value
                                          : 1;
      if (p < kLineLevel / double(observables)) return false;
    }
    return true;
  }
};

Problem pilot_problem(const Experiment& experiment, const Candidate& candidate) {
  Problem pilot = experiment.problem;
  pilot.plan.integrator = candidate.integrator, pilot.plan.variates = candidate.variates,
  pilot.plan.shared_start = false;
  pilot.plan.particles = kPilotParticles;
  pilot.plan.batches = int(std::min<std::uint64_t>(64, pilot.blocks()));
  pilot.quantiles = false;
  return pilot;
}

std::string label_of(const Candidate& candidate, double step) {
  return "trying " + (candidate.scheme_name.empty() ? std::string("step ") : candidate.scheme_name + ", step ") +
         number(step).substr(0, 9);
}

AccuracyLevel level_of(const Problem& problem, const PilotRun& result) {
  AccuracyLevel level{problem.plan.step, {}, {}, result.seconds, problem.plan.particles * problem.plan.end()};
  for (const auto& r : result.results) level.means.push_back(r.mean), level.errors.push_back(r.standard_error);
  return level;
}

/// Nothing where a run was interrupted. `next_order` 0: the ladder ends with the line.
std::optional<Ladder> climb(const Experiment& experiment, const Candidate& candidate, int next_order,
                            const RunProblem& run) {
  const Problem pilot = pilot_problem(experiment, candidate);
  const int order = order_of(candidate);
  Ladder ladder;
  bool on_line = true, on_curve = next_order > 0;
  std::string end;
  for (int rung = 0; rung < kMostLevels && (on_line || on_curve); ++rung) {
    const double step = experiment.problem.plan.step * std::ldexp(1.0, rung);
    Problem problem = at_step(pilot, step, 1);
    // the rungs are independent
    problem.plan.seed = seed_beside(experiment.problem.plan.seed, RunBeside::ladder, std::uint64_t(rung));
    if (rung > 1 && (double(pilot.plan.burn_in) * pilot.plan.step < 4 * step ||
                     double(pilot.plan.every) * pilot.plan.step < step)) {
      end = "the step would exceed a quarter of the burn-in or the time between observations";
      break;
    }
    const auto result = run(problem, label_of(candidate, step));
    if (!result) return {};
    if (result->diverged > 0) {
      end = "particles diverge at step " + number(step);
      break;
    }
    const AccuracyLevel level = level_of(problem, *result);
    if (rung == 0) {
      for (std::size_t o = 0; o < level.means.size(); ++o) {
        ladder.spreads.push_back(std::sqrt(result->results[o].variance));
        ladder.errors.push_back(level.errors[o]);
        if (!(ladder.spreads[o] > 0) || !(level.errors[o] > 0))
          throw SpecError("--accuracy: " + experiment.problem.names[o] + " does not vary, so its error has no scale");
      }
    }
    if (on_line) {
      ladder.line.push_back(level);
      if (!(on_line = ladder.follows(order, 0))) {
        ladder.line.pop_back();
        ladder.line_stopped = "at step " + number(step) + " the bias no longer follows its order";
      }
    }
    if (on_curve) {
      ladder.curve.push_back(level);
      if (!(on_curve = ladder.follows(order, next_order))) {
        ladder.curve.pop_back();
        ladder.curve_stopped = "at step " + number(step) + " the bias no longer follows its order and the next one";
      }
    }
  }
  if (on_line) ladder.line_stopped = end;
  if (on_curve) ladder.curve_stopped = end;
  return ladder;
}

SchemeFit start_fit(const Candidate& candidate) {
  SchemeFit fit;
  fit.scheme = candidate.scheme_name, fit.variates = candidate.variates_name, fit.order = order_of(candidate);
  return fit;
}

/// One run, its bias within its share.
SchemeFit plain_fit(const Experiment& experiment, const Candidate& candidate, const Ladder& ladder, double accuracy) {
  SchemeFit fit = start_fit(candidate);
  fit.levels = ladder.line, fit.stopped = ladder.line_stopped;
  fit.work = HUGE_VAL;
  if (fit.levels.size() < 2) {
    if (fit.levels.empty())
      throw NumericalError("--accuracy: " + fit.stopped + ", the step of the spec: start from a smaller one");
    fit.stopped += "; the spec's own step is the last that works: start from a smaller one";
    return fit;
  }
  for (std::size_t o = 0; o < ladder.spreads.size(); ++o) {
    const BiasLine line = fit_bias(fit.levels, o, fit.order);
    fit.coefficient.push_back(line.coefficient), fit.coefficient_error.push_back(line.error);
  }
  fit.step = step_for(fit, ladder.spreads, accuracy);
  fit.factor = 2;
  while (2 * fit.factor * fit.step <= fit.levels.back().step * 1.001 && fit.factor < (fit.order == 1 ? 8 : 4))
    fit.factor *= 2;
  double particles = 0;
  for (std::size_t o = 0; o < ladder.spreads.size(); ++o) {
    particles = std::max(
        particles, double(kPilotParticles) * std::pow(ladder.errors[o] / (kShare * accuracy * ladder.spreads[o]), 2));
  }
  const std::uint64_t rounded = std::uint64_t(std::ceil(particles / block_size)) * block_size;
  fit.particles = {rounded, rounded, 0};
  const double steps = double(at_step(experiment.problem, fit.step, std::uint64_t(fit.factor)).plan.end());
  fit.work = double(rounded) * steps * (1 + 1 / fit.factor);
  return fit;
}

/// The largest steps of the curve once more, with as many particles as `work` in all pays for: at first the error of D,
/// not D itself, is mostly what keeps h small. Steps that now turn out to be off the curve leave it. False where a run
/// was interrupted.
bool look_closer(const Experiment& experiment, const Candidate& candidate, int next_order, double work,
                 const RunProblem& run, Ladder& ladder) {
  const Problem pilot = pilot_problem(experiment, candidate);
  const std::size_t size = ladder.curve.size();
  for (std::size_t i = size - std::min(size, kSecondPilotLevels); i < size; ++i) {
    AccuracyLevel& level = ladder.curve[i];
    Problem problem = at_step(pilot, level.step, 1);
    const double particles = work / double(kSecondPilotLevels) / double(problem.plan.end());
    if (particles < 2 * double(kPilotParticles)) continue;
    problem.plan.particles = std::uint64_t(particles / block_size) * block_size;
    problem.plan.seed = seed_beside(experiment.problem.plan.seed, RunBeside::ladder_again, i);
    const auto result = run(problem, label_of(candidate, level.step));
    if (!result) return false;
    if (result->diverged > 0) {
      ladder.curve_stopped = "particles diverge at step " + number(level.step);
      ladder.curve.resize(i);
      break;
    }
    level = level_of(problem, *result);
  }
  while (ladder.curve.size() > 3 && !ladder.follows(order_of(candidate), next_order)) {
    ladder.curve_stopped =
        "at step " + number(ladder.curve.back().step) + " the bias no longer follows its order and the next one";
    ladder.curve.pop_back();
  }
  return true;
}

/// Runs at h, 2h and a third step, the means extrapolated. `known`: as if D had no error, the least work that there can
/// be.
SchemeFit extrapolated_fit(const Experiment& experiment, const Candidate& candidate, int next_order,
                           const Ladder& ladder, double accuracy, bool known = false) {
  SchemeFit fit = start_fit(candidate);
  fit.next_order = next_order;
  fit.levels = ladder.curve, fit.stopped = ladder.curve_stopped;
  fit.work = HUGE_VAL;
  if (fit.levels.size() < 4) {  // three steps are on a curve of three parameters whatever they are
    fit.stopped += "; a curve of two orders needs four steps";
    return fit;
  }
  for (std::size_t o = 0; o < ladder.spreads.size(); ++o) {
    const BiasCurve curve = fit_curve(fit.levels, o, fit.order, fit.next_order);
    fit.coefficient.push_back(curve.coefficient), fit.coefficient_error.push_back(curve.error);
    fit.next_coefficient.push_back(curve.next), fit.next_coefficient_error.push_back(curve.next_error);
  }
  if (known) fit.next_coefficient_error.assign(ladder.spreads.size(), 0);
  const ExtrapolationPlan plan =
      plan_extrapolation(fit, ladder.spreads, ladder.errors, double(kPilotParticles), accuracy, experiment.problem);
  fit.step = plan.step, fit.factor = 2, fit.third_factor = plan.third_factor;
  fit.particles = plan.particles, fit.work = plan.work;
  return fit;
}

}  // namespace

Problem at_step(const Problem& problem, double step, std::uint64_t unit) {
  Problem other = problem;
  Plan& plan = other.plan;
  const double ratio = problem.plan.step / step;
  const auto scaled = [&](std::uint64_t steps, std::uint64_t least) {
    return std::max(least, std::uint64_t(std::ceil(double(steps) * ratio / double(unit) - 1e-9))) * unit;
  };
  plan.step = step;
  plan.burn_in = scaled(problem.plan.burn_in, 0);
  plan.every = scaled(problem.plan.every, 1);
  plan.steps = plan.every * problem.plan.observations();
  return other;
}

std::optional<AccuracyChoice> choose_for_accuracy(const Experiment& experiment, double accuracy, bool given_scheme,
                                                  bool given_variates, const RunProblem& run, bool extrapolate) {
  if (!(accuracy > 0 && accuracy < 1))
    throw SpecError("--accuracy: expected a number between 0 and 1, in standard deviations of the observables");
  AccuracyChoice choice;
  choice.accuracy = accuracy;
  // Only means are extrapolated: where laws are expected to hold, they have to hold in the run at h.
  const bool may_extrapolate =
      extrapolate && experiment.compare.expect.empty() && !experiment.compare.shell_extrapolation;
  std::vector<SchemeFit> extrapolated;
  for (const Candidate& candidate : candidates(experiment, given_scheme, given_variates)) {
    const int next = may_extrapolate ? next_order(pilot_problem(experiment, candidate).plan) : 0;
    auto ladder = climb(experiment, candidate, next, run);
    if (!ladder) return {};
    const auto add = [&](std::vector<SchemeFit>& list, SchemeFit fit) {
      if (fit.work < HUGE_VAL)
        fit.seconds = fit.levels.front().seconds / double(fit.levels.front().particle_steps) * fit.work;
      list.push_back(std::move(fit));
    };
    add(choice.candidates, plain_fit(experiment, candidate, *ladder, accuracy));
    if (next == 0) continue;
    const double now =
        std::min(choice.candidates.back().work, extrapolated_fit(experiment, candidate, next, *ladder, accuracy).work);
    if (extrapolated_fit(experiment, candidate, next, *ladder, accuracy, true).work < kWorthLooking * now &&
        !look_closer(experiment, candidate, next, kSecondPilot * now, run, *ladder))
      return {};
    add(extrapolated, extrapolated_fit(experiment, candidate, next, *ladder, accuracy));
  }
  choice.candidates.insert(choice.candidates.end(), extrapolated.begin(), extrapolated.end());
  // The choice is by work, not by time: the same spec and seed make the same choice.
  const auto cheaper = [](const SchemeFit& a, const SchemeFit& b) { return a.work < b.work; };
  choice.chosen = std::size_t(std::min_element(choice.candidates.begin(), choice.candidates.end(), cheaper) -
                              choice.candidates.begin());
  const SchemeFit& best = choice.best();
  if (best.work == HUGE_VAL)
    throw NumericalError("--accuracy: no scheme has two steps on one line: " + choice.candidates.back().stopped);
  choice.particles = best.particles[0];
  const std::uint64_t unit = std::uint64_t(std::max(best.factor, best.third_factor));
  const Plan plan = at_step(experiment.problem, best.step, unit).plan;
  const auto set = [&](const std::string& key, const std::string& value) {
    choice.settings.push_back(key + "=" + value);
  };
  if (!best.scheme.empty()) set("dynamics.scheme", "\"" + best.scheme + "\"");
  if (!best.variates.empty()) set("dynamics.variates", "\"" + best.variates + "\"");
  set("dynamics.step", number(best.step));
  set("ensemble.particles", std::to_string(choice.particles));
  set("ensemble.burn_in", std::to_string(plan.burn_in));
  set("ensemble.steps", std::to_string(plan.steps));
  set("ensemble.every", std::to_string(plan.every));
  set("compare.step_bias.factor", number(best.factor) + ".0");
  return choice;
}

AccuracyReached accuracy_reached(const ObservableResult& result, const StepBias& bias, double accuracy) {
  AccuracyReached answer{bias.mean, result.standard_error, accuracy * std::sqrt(result.variance), false,
                         bias.standard_error};
  answer.reached = std::abs(answer.bias) + 2 * answer.standard_error <= answer.allowed;
  return answer;
}

}  // namespace orbitwalk
