// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "run/session.hpp"
#include "studies/reproduce/published.hpp"
#include "support/json.hpp"

// Published experiments in this process, smaller than published, and how tests change what came out of them.
namespace orbitwalk::test {

using Settings = std::vector<std::string>;

inline Settings operator+(Settings a, const Settings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// So many seeds and steps.
inline Settings size(int particles, int steps) {
  const std::string n = std::to_string(steps);
  return {"ensemble.particles=" + std::to_string(particles), "ensemble.steps=" + n, "ensemble.every=" + n};
}

inline FinishedRun finish(const PublishedRun& run, const Spec& spec) {
  RunOptions options;
  options.backend = "cpu";
  options.threads = 1;
  Session session(options);
  return run_published(run, spec, session, "");
}

inline FinishedRun finish(const PublishedRun& run, const Settings& settings) {
  Spec spec = Spec::from_string(published_spec(run.file), run.file);
  for (const auto& setting : settings) spec.set(setting);
  return finish(run, spec);
}

inline const PublishedExperiment& experiment_named(const std::string& name) {
  for (const PublishedExperiment& experiment : published_experiments()) {
    if (experiment.name == name) return experiment;
  }
  throw std::invalid_argument(name);
}

inline std::vector<FinishedRun> finish_all(const std::string& name, const Settings& settings) {
  std::vector<FinishedRun> runs;
  for (const PublishedRun& run : experiment_named(name).runs) runs.push_back(finish(run, settings));
  return runs;
}

/// The claim with this text in it.
inline Claim claim_in(const Findings& findings, const std::string& text) {
  for (const Claim& claim : findings.claims) {
    if (claim.claim.find(text) != std::string::npos) return claim;
  }
  ADD_FAILURE() << "no claim \"" << text << "\"";
  return {};
}

inline std::string verdict(const Claim& claim) {
  return !claim.holds ? "not decided" : *claim.holds ? "holds" : "does not hold";
}
inline std::string verdict(const Findings& findings, const std::string& text) {
  return verdict(claim_in(findings, text));
}

/// Replaces the last observation of every particle: value(particle, old).
inline void set_last(FinishedRun& run, const std::string& name,
                     const std::function<double(std::size_t, double)>& value) {
  const auto& names = run.experiment.problem.names;
  const auto at = std::size_t(std::find(names.begin(), names.end(), name) - names.begin());
  ASSERT_LT(at, names.size()) << name;
  const std::size_t n = run.experiment.problem.plan.particles;
  for (std::size_t i = 0; i < n; ++i) {
    if (run.tally.last_double.empty())
      run.tally.last_float[at * n + i] = float(value(i, run.tally.last_float[at * n + i]));
    else run.tally.last_double[at * n + i] = value(i, run.tally.last_double[at * n + i]);
  }
}

/// The same for the initial state, in the series.
inline void set_first(FinishedRun& run, const std::string& name,
                      const std::function<double(std::size_t, double)>& value) {
  const Problem& problem = run.experiment.problem;
  const auto at = std::size_t(std::find(problem.names.begin(), problem.names.end(), name) - problem.names.begin());
  ASSERT_LT(at, problem.names.size()) << name;
  const std::size_t n = problem.plan.particles, from = std::size_t(problem.observed[at].series_row) * n;
  for (std::size_t i = 0; i < n; ++i) run.tally.series[from + i] = float(value(i, run.tally.series[from + i]));
}

}  // namespace orbitwalk::test
