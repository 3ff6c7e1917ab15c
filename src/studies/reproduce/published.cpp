// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/published.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "orbitwalk/version.hpp"
#include "results/summary.hpp"
#include "studies/reproduce/analyses.hpp"
#include "support/json.hpp"

namespace orbitwalk {

const std::vector<PublishedExperiment>& published_experiments() {
  using namespace reproduce;
  static const std::vector<PublishedExperiment> list = {
      {"relu", "Shallow ReLU network: balance of every hidden unit", {{"relu", "relu", 500'000}}, analyse_relu},
      {"attention",
       "Attention head: balance of query and key columns",
       {{"attention", "attention", 300'000}},
       analyse_attention},
      {"completion",
       "Matrix completion: singular values of the product",
       {{"a fifth observed", "completion", 0},
        {"half observed", "completion_half", 0},
        {"half observed, start 0.01", "completion_half_small", 0}},
       analyse_completion},
      {"spectrum",
       "Sparse spectrum from few samples",
       {{"free", "spectrum_free", 150'000}, {"l1", "spectrum_l1", 150'000}, {"hadamard", "spectrum_hadamard", 150'000}},
       analyse_spectrum},
      {"signal",
       "Piecewise-constant signal from few measurements",
       {{"free", "signal_free", 0}, {"cumsum", "signal_cumsum", 0}, {"cumsum, start 0.01", "signal_cumsum_small", 0}},
       analyse_signal},
      {"gauge",
       "Orbits and gauge of w = p q, and the laws on them",
       {{"isotropic", "gauge_isotropic", 0},
        {"moment map", "gauge_moment_map", 0},
        {"norm difference", "gauge_norm_difference", 0},
        {"level set", "gauge_level_set", 0}},
       analyse_gauge},
  };
  return list;
}

namespace {
std::size_t index_of(const Problem& problem, const std::string& name) {
  const auto found = std::find(problem.names.begin(), problem.names.end(), name);
  if (found == problem.names.end()) throw std::invalid_argument("\"" + name + "\" is not observed");
  return std::size_t(found - problem.names.begin());
}
}  // namespace

std::vector<double> FinishedRun::last(const std::string& name) const {
  const Problem& problem = experiment.problem;
  const std::size_t n = problem.plan.particles, from = index_of(problem, name) * n;
  if (!problem.quantiles)
    throw std::invalid_argument("the last observations were not kept (observe.quantiles = false)");
  if (!tally.last_double.empty()) return {tally.last_double.begin() + from, tally.last_double.begin() + from + n};
  return {tally.last_float.begin() + from, tally.last_float.begin() + from + n};
}

std::vector<double> FinishedRun::at(const std::string& name, std::size_t index) const {
  const Problem& problem = experiment.problem;
  const int row = problem.observed[index_of(problem, name)].series_row;
  if (row < 0) throw std::invalid_argument("\"" + name + "\" is not in the series");
  const std::size_t n = problem.plan.particles,
                    from = (index * std::size_t(problem.plan.series_rows) + std::size_t(row)) * n;
  return {tally.series.begin() + from, tally.series.begin() + from + n};
}

ExperimentRecord experiment_record(const PublishedExperiment& experiment, Findings findings,
                                   const std::vector<FinishedRun>& runs, const std::string& reduced) {
  ExperimentRecord record{experiment.name, experiment.title, {}, std::move(findings), reduced, {}};
  for (const PublishedRun& run : experiment.runs) record.runs.push_back({run.label, run.file});
  nlohmann::ordered_json provenance = {{"program", "orbitwalk"},
                                       {"version", version()},
                                       {"source", "arXiv 2601.06597 v2, each experiment published with one seed"}};
  for (const FinishedRun& run : runs) provenance["digest of " + run.label] = run.result.digest;
  record.provenance = json_text(provenance);
  return record;
}

namespace reproduce {

std::vector<double> times_of(const Series& series) {
  std::vector<double> times(series.steps.begin(), series.steps.end());
  if (series.logarithmic && !times.empty()) times[0] = 0.5;
  return times;
}

Layer fan_of(const FinishedRun& run, const std::string& name, const std::string& label, int style) {
  const Series& series = run.series;
  const auto o = std::size_t(std::find(series.names.begin(), series.names.end(), name) - series.names.begin());
  if (o == series.names.size()) throw std::invalid_argument("\"" + name + "\" is not in the series");
  std::vector<std::vector<double>> quantiles(series.levels.size());
  for (const SeriesPoint& point : series.points[o]) {
    for (std::size_t q = 0; q < quantiles.size(); ++q)
      quantiles[q].push_back(point.quantiles.empty() ? std::nan("") : point.quantiles[q]);
  }
  return Layer::fan(label, style, times_of(series), series.levels, quantiles);
}

std::string about_seeds(const FinishedRun& run) {
  const std::size_t all = run.experiment.problem.plan.particles, lost = run.tally.diverged.size();
  std::string text =
      std::to_string(all) + " seeds, " + std::to_string(run.experiment.problem.plan.end()) + " steps each";
  return lost == 0 ? text + "; none diverged"
                   : text + "; " + std::to_string(lost) + " diverged and are left out of what follows";
}

bool same_for_all(const FinishedRun& run) {
  const ModelDescription& model = run.experiment.problem.model;
  return model.instance == 0 || model.shared_instance;
}

}  // namespace reproduce
}  // namespace orbitwalk
