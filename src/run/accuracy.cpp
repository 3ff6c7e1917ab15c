// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/run/accuracy.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <cstdio>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/observables/accumulate.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kPilotParticles = 32768;
constexpr int kMostLevels = 14;
constexpr double kLineLevel = 0.01;  // of the χ² test, over all observables
constexpr double kShare = 1.0 / 3;   // of the accuracy: one for the bias, two for two standard errors

std::string number(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

/// The same times with another step; counts are multiples of `unit`.
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

struct Candidate {
  Scheme scheme;
  std::string scheme_name;  // "": not a key
  Variates variates;
  std::string variates_name;
};

std::vector<Candidate> candidates(const Experiment& experiment, bool given_scheme, bool given_variates) {
  const Plan& plan = experiment.problem.plan;
  if (plan.scheme == Scheme::mala || plan.scheme == Scheme::constrained_mala)
    throw SpecError("--accuracy: Metropolis dynamics has no step bias, so there is no step to choose");
  if (plan.scheme == Scheme::sgd || plan.scheme == Scheme::geometric_euler)
    throw SpecError("--accuracy: the step of this dynamics is part of what is asked, not an approximation to be made small");
  std::vector<std::pair<Scheme, std::string>> schemes;
  const bool additive = plan.scheme == Scheme::euler_maruyama || plan.scheme == Scheme::leimkuhler_matthews;
  if (given_scheme || !additive) schemes = {{plan.scheme, ""}};
  else schemes = {{Scheme::leimkuhler_matthews, "leimkuhler_matthews"}, {Scheme::euler_maruyama, "euler_maruyama"}};
  std::vector<Candidate> list;
  for (const auto& [scheme, name] : schemes) {
    // Dyadic variates keep both orders, at an eighth of the random bits.
    if (given_variates) list.push_back({scheme, name, plan.variates, ""});
    else list.push_back({scheme, name, Variates::dyadic, "dyadic"});
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

bool on_the_line(const SchemeFit& fit, std::size_t observables) {
  for (std::size_t o = 0; o < observables; ++o) {
    if (fit_bias(fit.levels, o, fit.order).p_value < kLineLevel / double(observables)) return false;
  }
  return true;
}

}  // namespace

BiasLine fit_bias(const std::vector<AccuracyLevel>& levels, std::size_t o, int order) {
  double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const AccuracyLevel& level : levels) {
    const double w = 1 / (level.errors[o] * level.errors[o]), x = std::pow(level.step, order), y = level.means[o];
    s += w, sx += w * x, sy += w * y, sxx += w * x * x, sxy += w * x * y;
  }
  const double determinant = s * sxx - sx * sx;
  BiasLine line;
  line.coefficient = (s * sxy - sx * sy) / determinant;
  line.error = std::sqrt(s / determinant);
  const double intercept = (sy - line.coefficient * sx) / s;
  double rest = 0;
  for (const AccuracyLevel& level : levels) {
    rest += std::pow((level.means[o] - intercept - line.coefficient * std::pow(level.step, order)) / level.errors[o], 2);
  }
  if (levels.size() > 2) line.p_value = boost::math::cdf(boost::math::complement(boost::math::chi_squared(double(levels.size() - 2)), rest));
  return line;
}

std::optional<AccuracyChoice> choose_for_accuracy(const Experiment& experiment, double accuracy, bool given_scheme, bool given_variates,
                                                  const RunProblem& run) {
  if (!(accuracy > 0 && accuracy < 1)) throw SpecError("--accuracy: expected a number between 0 and 1, in standard deviations of the observables");
  AccuracyChoice choice;
  choice.accuracy = accuracy;
  const std::size_t observables = experiment.problem.observed.size();
  double least = HUGE_VAL;
  for (const Candidate& candidate : candidates(experiment, given_scheme, given_variates)) {
    SchemeFit fit;
    fit.scheme = candidate.scheme_name, fit.variates = candidate.variates_name, fit.order = invariant_order(candidate.scheme);
    Problem pilot = experiment.problem;
    pilot.plan.scheme = candidate.scheme, pilot.plan.variates = candidate.variates, pilot.plan.shared_start = false;
    pilot.plan.particles = kPilotParticles;
    pilot.plan.batches = int(std::min<std::uint64_t>(64, pilot.blocks()));
    pilot.quantiles = false;
    std::vector<double> spreads, errors;  // of the first level: σ, and the standard error of a mean with kPilotParticles
    for (int rung = 0; rung < kMostLevels; ++rung) {
      const double step = experiment.problem.plan.step * std::ldexp(1.0, rung);
      Problem problem = at_step(pilot, step, 1);
      problem.plan.seed = experiment.problem.plan.seed ^ (0xa0761d6478bd642full * std::uint64_t(rung + 1));  // the rungs are independent
      if (rung > 1 && (double(pilot.plan.burn_in) * pilot.plan.step < 4 * step || double(pilot.plan.every) * pilot.plan.step < step)) {
        fit.stopped = "the step would exceed a quarter of the burn-in or the time between observations";
        break;
      }
      const auto result = run(problem, "trying " + (fit.scheme.empty() ? std::string("step ") : fit.scheme + ", step ") + number(step).substr(0, 9));
      if (!result) return {};
      if (result->diverged > 0) {
        fit.stopped = "particles diverge at step " + number(step);
        break;
      }
      AccuracyLevel level{step, {}, {}, result->seconds, problem.plan.particles * problem.plan.end()};
      for (const auto& r : result->results) level.means.push_back(r.mean), level.errors.push_back(r.standard_error);
      if (rung == 0) {
        for (std::size_t o = 0; o < observables; ++o) {
          spreads.push_back(std::sqrt(result->results[o].variance));
          errors.push_back(level.errors[o]);
          if (!(spreads[o] > 0) || !(errors[o] > 0)) throw SpecError("--accuracy: " + experiment.problem.names[o] + " does not vary, so its error has no scale");
        }
      }
      fit.levels.push_back(level);
      if (!on_the_line(fit, observables)) {
        fit.levels.pop_back();
        fit.stopped = "at step " + number(step) + " the bias no longer follows its order";
        break;
      }
    }
    if (fit.levels.size() < 2) {
      if (fit.levels.empty()) throw NumericalError("--accuracy: " + fit.stopped + ", the step of the spec: start from a smaller one");
      fit.stopped += "; the spec's own step is the last that works: start from a smaller one";
      choice.candidates.push_back(fit);
      continue;
    }
    for (std::size_t o = 0; o < observables; ++o) {
      const BiasLine line = fit_bias(fit.levels, o, fit.order);
      fit.coefficient.push_back(line.coefficient), fit.coefficient_error.push_back(line.error);
    }
    fit.step = step_for(fit, spreads, accuracy);
    fit.factor = 2;
    while (2 * fit.factor * fit.step <= fit.levels.back().step * 1.001 && fit.factor < (fit.order == 1 ? 8 : 4)) fit.factor *= 2;
    double particles = 0;
    for (std::size_t o = 0; o < observables; ++o) {
      particles = std::max(particles, double(kPilotParticles) * std::pow(errors[o] / (kShare * accuracy * spreads[o]), 2));
    }
    const std::uint64_t rounded = std::uint64_t(std::ceil(particles / block_size)) * block_size;
    const AccuracyLevel& cheap = fit.levels.front();
    const double steps = double(at_step(experiment.problem, fit.step, std::uint64_t(fit.factor)).plan.end());
    // The choice is by work, not by time: the same spec and seed make the same choice.
    const double work = double(rounded) * steps * (1 + 1 / fit.factor);
    fit.seconds = cheap.seconds / double(cheap.particle_steps) * work;
    if (work < least) {
      least = work;
      choice.chosen = choice.candidates.size();
      choice.particles = rounded;
    }
    choice.candidates.push_back(fit);
  }
  if (least == HUGE_VAL) throw NumericalError("--accuracy: no scheme has two steps on one line: " + choice.candidates.back().stopped);
  const SchemeFit& best = choice.candidates[choice.chosen];
  const Plan plan = at_step(experiment.problem, best.step, std::uint64_t(best.factor)).plan;
  const auto set = [&](const std::string& key, const std::string& value) { choice.settings.push_back(key + "=" + value); };
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
  AccuracyReached answer{bias.mean, result.standard_error, accuracy * std::sqrt(result.variance), false};
  answer.reached = std::abs(answer.bias) + 2 * answer.standard_error <= answer.allowed;
  return answer;
}

}  // namespace orbitwalk
