// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/summary.hpp"

#include <algorithm>

#include "orbitwalk/version.hpp"
#include "results/conclusion.hpp"
#include "results/data_record.hpp"
#include "run/at_zero.hpp"
#include "run/ensemble.hpp"
#include "run/identity.hpp"
#include "run/series.hpp"

namespace orbitwalk {
namespace {

const std::vector<double> quantile_levels = {0.05, 0.25, 0.5, 0.75, 0.95};

std::string precision_name(Precision precision) {
  return precision == Precision::float64 ? "double" : precision == Precision::mixed ? "mixed" : "float";
}

Diverged diverged_of(const Tally& tally) {
  Diverged diverged{tally.diverged.size(), {}};
  for (const Divergence& d : tally.diverged)
    diverged.first_step = std::min(diverged.first_step.value_or(d.step), d.step);
  return diverged;
}

/// With what is known of the last observations.
std::vector<ObservableResult> observables_of(const RunRecord& record) {
  std::vector<ObservableResult> observables = record.observables;
  for (std::size_t i = 0; i < observables.size(); ++i) {
    auto values = last_quantiles(record.experiment.problem, record.tally, i, quantile_levels);
    if (!values.empty()) observables[i].last = Quantiles{quantile_levels, std::move(values)};
    observables[i].at_zero = share_at_zero(record.experiment.problem, record.tally, i);
  }
  return observables;
}

ShellResult shell_of(const RunRecord& record) {
  const CompareSettings& settings = record.experiment.compare;
  ShellResult shell{record.experiment.problem.plan.shell_width,
                    settings.shell_extrapolation->factor,
                    settings.shell_extrapolation->order,
                    record.at_second_shell,
                    {}};
  for (const Sample& limit : samples_of(record.observables, record.at_second_shell, settings)) {
    shell.limits.push_back(
        {limit.mean, limit.standard_error, limit.variance, limit.variance_standard_error, limit.effective_sample_size});
  }
  return shell;
}

std::vector<LawComparison> laws_of(const RunRecord& record) {
  std::vector<LawComparison> laws = record.comparisons;
  describe_laws(laws, record.laws, record.observables);
  for (std::size_t i = 0; i < record.attributions.size(); ++i) laws[i].attribution = record.attributions[i];
  return laws;
}

std::vector<std::string> notes_of(const RunRecord& record) {
  std::vector<std::string> notes = record.experiment.notes;
  notes.insert(notes.end(), record.evidence.notes.begin(), record.evidence.notes.end());
  for (const Law& law : record.laws) {
    if (!law.exists()) notes.push_back("no law: " + law.reason);
  }
  return notes;
}

}  // namespace

Result make_result(const RunRecord& record, const std::string& spec) {
  const Problem& problem = record.experiment.problem;
  const Plan& plan = problem.plan;
  const Counters& counters = record.tally.counters;
  Result r;
  r.version = version();
  r.spec = spec;
  r.spec_directory = record.spec_directory;
  r.backend = record.backend;
  r.device = record.device;
  r.threads = record.threads;
  r.seed = plan.seed;
  r.precision = precision_name(plan.precision);
  r.particles = plan.particles;
  r.steps = plan.end();
  r.diverged = diverged_of(record.tally);
  r.degenerate_projections = counters.degenerate;
  if (counters.proposals > 0)
    r.metropolis =
        MetropolisResult{counters.proposals, double(counters.accepted) / double(counters.proposals), counters.unsolved};
  r.wall_seconds = record.wall_seconds;
  r.particle_steps_per_second = double(plan.particles) * double(plan.end()) / record.wall_seconds;
  r.digest = digest(record.observables);
  r.observables = observables_of(record);
  r.step_bias = record.step_biases;
  if (!record.at_second_shell.empty()) r.shell_extrapolation = shell_of(record);
  r.laws = laws_of(record);
  r.notes = notes_of(record);
  r.build = build_id();
  r.blown_up = record.evidence.blow_up;
  r.lost_increments = record.evidence.lost_increments;
  r.data = data_records(record.experiment.data);
  if (record.accuracy) r.accuracy = accuracy_result(record);
  if (plan.series) r.series = reduce_series(problem, record.tally);
  r.conclusion = conclusion(record.experiment, r);
  return r;
}

}  // namespace orbitwalk
