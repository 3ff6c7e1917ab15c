// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/noise_drift.hpp"

#include <algorithm>

#include "studies/reproduce/figures_text.hpp"

namespace orbitwalk::reproduce {
namespace {

/// What κ = 1 gives between two times, by the trapezoidal rule over those of the series, and what happened; one number
/// per seed.
struct Drift {
  std::vector<double> expected, found;
};

Drift drift_between(const FinishedRun& run, std::size_t first, std::size_t last) {
  const Problem& problem = run.experiment.problem;
  const Plan& plan = problem.plan;
  const ModelParameters& parameters = problem.model.parameters;
  const double n = parameters.size("inputs"), m = parameters.size("outputs"),
               factor = plan.step * plan.step / (2 * plan.batch);
  Drift drift{std::vector<double>(plan.particles), std::vector<double>(plan.particles)};
  for (int j = 1; j <= problem.model.generators; ++j) {
    const std::string number = std::to_string(j);
    const auto before = run.at("imbalance" + number, first), after = run.at("imbalance" + number, last);
    for (std::size_t i = 0; i < before.size(); ++i) drift.found[i] += after[i] - before[i];
    std::vector<double> previous;
    for (std::size_t t = first; t <= last; ++t) {
      auto rate = run.at("strength" + number, t);
      const auto ratio = run.at("ratio" + number, t), loss = run.at("loss", t);
      for (std::size_t i = 0; i < rate.size(); ++i) {
        rate[i] *= factor * (2 * loss[i] / m + plan.label_noise * plan.label_noise) * (m / ratio[i] - n * ratio[i]);
        if (t > first)
          drift.expected[i] += 0.5 * double(run.series.steps[t] - run.series.steps[t - 1]) * (rate[i] + previous[i]);
      }
      previous = std::move(rate);
    }
  }
  return drift;
}

/// Each seed's median over the units.
std::vector<double> median_ratios(const FinishedRun& run, std::size_t time) {
  const std::size_t seeds = run.experiment.problem.plan.particles;
  std::vector<std::vector<double>> ratios(seeds);
  for (int j = 1; j <= run.experiment.problem.model.generators; ++j) {
    const auto of_unit = run.at("ratio" + std::to_string(j), time);
    for (std::size_t i = 0; i < seeds; ++i) ratios[i].push_back(of_unit[i]);
  }
  std::vector<double> medians;
  for (const auto& each : ratios) medians.push_back(median(each));
  return medians;
}

}  // namespace

std::optional<FindingsTable> noise_drift(const FinishedRun& run) {
  const Problem& problem = run.experiment.problem;
  const Plan& plan = problem.plan;
  const std::size_t times = run.series.steps.size();
  if (problem.model.name != "relu" || !problem.model.streamed || plan.momentum != 0 || plan.weight_decay != 0 ||
      problem.model.parameters.number("weight_decay") != 0 || times < 3)
    return {};
  const auto tenth = std::size_t(std::find_if(run.series.steps.begin() + 1, run.series.steps.end() - 2,
                                              [&](std::uint64_t step) { return 10 * step >= plan.end(); }) -
                                 run.series.steps.begin());
  FindingsTable table{
      "What gradient noise has done to the imbalance",
      {"from step", "to step", "median ratio of the units", "imbalance moved / that of independent residuals"},
      {},
      "Medians over seeds with their 95 % interval. Noise of minibatches moves |V|² - |W|² by κ h² s²/(2B) (m |W|² - n "
      "|V|²) a step (h: step size, B: batch, s²: residual "
      "variance, n inputs, m outputs); last column: κ, 1 for residuals independent of the inputs and (n + 2)/n for "
      "residuals proportional to their length."};
  for (const auto& [first, last] :
       {std::pair{std::size_t(0), tenth}, std::pair{tenth, times - 1}, std::pair{std::size_t(0), times - 1}}) {
    const Drift drift = drift_between(run, first, last);
    std::vector<double> kappa;
    for (std::size_t i = 0; i < drift.found.size(); ++i) kappa.push_back(drift.found[i] / drift.expected[i]);
    table.rows.push_back({std::to_string(run.series.steps[first]), std::to_string(run.series.steps[last]),
                          median_and_interval(median_ratios(run, last), 4), median_and_interval(kappa)});
  }
  return table;
}

}  // namespace orbitwalk::reproduce
