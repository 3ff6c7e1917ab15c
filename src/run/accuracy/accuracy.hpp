// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compare/step_bias.hpp"
#include "orbitwalk/result.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

// Fewer steps for the same answer: the scheme, the step and the number of particles that give every observed mean with
// an error of at most `accuracy` standard deviations of the observable, at the least cost.
//
// The means m(H) at a ladder of steps H, 2H, 4H, ... follow m(H) = m(0) + C H^p while the steps are small, p the
// scheme's order in the invariant law. The ladder is climbed until a χ² test of that line fails, particles diverge, or
// no time is left in the burn-in; large steps are cheap and their biases large, so C becomes known from few particles.
// Then
//   (|C| + 2 s.e.) h^p <= accuracy σ / 3   and   s.e. of the mean <= accuracy σ / 3,
// so that |bias| + 2 s.e. <= accuracy σ. The production run measures its own bias against a larger step (step_bias).
// Where two runs extrapolated to a step of 0 are predicted to be less work, they are chosen
// (run/accuracy/extrapolation.hpp); only the means are extrapolated, so not where laws are expected to hold (`expect`):
// those are held against the run at h.

/// What one run gave: nothing where it was interrupted.
struct PilotRun {
  std::vector<ObservableResult> results;
  std::uint64_t diverged = 0;
  double seconds = 0;
};
using RunProblem = std::function<std::optional<PilotRun>(const Problem&, const std::string& label)>;

struct AccuracyLevel {
  double step = 0;
  std::vector<double> means, errors;  ///< of each observable
  double seconds = 0;
  std::uint64_t particle_steps = 0;
};

/// One scheme on the ladder.
struct SchemeFit {
  std::string scheme, variates;  ///< words of the spec; "" where the dynamics has no such key
  int order = 1;
  std::vector<AccuracyLevel> levels;                   ///< those on the line
  std::string stopped;                                 ///< why the ladder ended
  std::vector<double> coefficient, coefficient_error;  ///< C of each observable
  double step = 0;                                     ///< chosen h
  double factor = 0;                                   ///< of the second run that measures the bias at h
  double seconds = 0;                                  ///< predicted, for the production run and its second step
  double work = 0;                                     ///< predicted particle-steps of these, which decide
  std::array<std::uint64_t, 3> particles{};            ///< of the runs at h, factor h and (extrapolated) third_factor h
  // Extrapolated means (next_order > 0): the coefficients D of h^q beside those of h^p, and the third run.
  int next_order = 0;
  std::vector<double> next_coefficient, next_coefficient_error;
  double third_factor = 0;
};

struct AccuracyChoice {
  double accuracy = 0;
  std::vector<SchemeFit> candidates;
  std::size_t chosen = 0;
  std::uint64_t particles = 0;
  std::vector<std::string> settings;  ///< as for Spec::set

  const SchemeFit& best() const { return candidates[chosen]; }
  bool extrapolated() const { return best().next_order > 0; }
};

/// The same times with another step; counts are multiples of `unit`.
Problem at_step(const Problem& problem, double step, std::uint64_t unit);

/// Climbs the ladder for each scheme that the spec leaves open (`given_scheme`, `given_variates`: it names one) and
/// picks the cheapest. The times of burn-in and between observations stay as in the experiment. Nothing where a run was
/// interrupted. `extrapolate`: extrapolated means are candidates too. SpecError for dynamics without a step bias (mala,
/// constrained) or whose step is part of the law (sgd, geometric).
std::optional<AccuracyChoice> choose_for_accuracy(const Experiment& experiment, double accuracy, bool given_scheme,
                                                  bool given_variates, const RunProblem& run, bool extrapolate = true);

/// Line m + C H^p through levels by weighted least squares; `p_value` of χ² for what is left (1 with two levels).
struct BiasLine {
  double coefficient = 0, error = 0, p_value = 1;
};
BiasLine fit_bias(const std::vector<AccuracyLevel>& levels, std::size_t observable, int order);

/// Whether |bias| + 2 s.e. <= accuracy σ, for one observable.
struct AccuracyReached {
  double bias = 0, standard_error = 0, allowed = 0;
  bool reached = false;
};
AccuracyReached accuracy_reached(const ObservableResult& result, const StepBias& bias, double accuracy);

}  // namespace orbitwalk
