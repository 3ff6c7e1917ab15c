// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/spec_run.hpp"

#include <algorithm>
#include <utility>

#include "dynamics/registry.hpp"
#include "orbitwalk/error.hpp"
#include "run/blow_up.hpp"
#include "run/problem.hpp"
#include "run/tails.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

SpecRun::SpecRun(Spec spec_)
    : spec(std::move(spec_)), experiment(read_experiment(spec)), laws(predict_laws(experiment)) {}

void SpecRun::find_ranges(Session& session, const std::string& name) {
  session.find_ranges(experiment, to_json(spec), name);
}

void SpecRun::choose_step(Session& session, double asked, bool extrapolation, bool given_scheme, bool given_variates) {
  int runs = 0;
  const Json before = to_json(spec);
  const auto try_out = [&](const Problem& problem, const std::string& label) -> std::optional<PilotRun> {
    const Simulation tried =
        session.run({"try-" + std::to_string(++runs), label, "the choice of the step (" + label + ")"}, problem, before,
                    experiment);
    return PilotRun{reduce(problem, tried.tally), lost_particles(tried.tally, find_blow_up(problem, tried.tally)),
                    tried.seconds};
  };
  accuracy = choose_for_accuracy(experiment, asked, given_scheme, given_variates, try_out, extrapolation);
  const std::vector<DataFile> data = experiment.data;
  for (const auto& setting : accuracy->settings) spec.set(setting);
  experiment = read_experiment(spec);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i].hash != experiment.data[i].hash)
      throw IoError(data[i].path + ": the content changed while the step was being chosen");
  }
  find_ranges(session, "pilot-chosen");
}

void SpecRun::simulate(Session& session, const Phase& phase) {
  const Problem& problem = experiment.problem;
  filled = with_ranges(to_json(spec), problem);
  simulation.emplace(session.run(phase, problem, filled, experiment));
  Tally& tally = simulation->tally;
  record.emplace(RunRecord{experiment,
                           tally,
                           spec.directory(),
                           simulation->backend,
                           simulation->device,
                           simulation->workers,
                           simulation->seconds,
                           reduce(problem, tally),
                           {},
                           laws,
                           {},
                           {},
                           {},
                           accuracy,
                           {}});
  record->evidence = gather_evidence(problem, tally, record->observables);
  for (auto& note : note_tails(problem, tally, record->observables)) experiment.notes.push_back(std::move(note));
}

std::vector<ObservableResult> SpecRun::run_beside(Session& session, Problem other, const Phase& phase) {
  other.quantiles = other.plan.series = false;  // of the main run alone, whose tally stays in memory meanwhile
  const Simulation done = session.run(phase, other, filled, experiment);
  const std::uint64_t lost = lost_particles(done.tally, find_blow_up(other, done.tally));
  lost_beside = std::max(lost_beside, double(lost) / double(other.plan.particles));
  return reduce(other, done.tally);
}

void SpecRun::second_shell(Session& session) {
  if (const auto& shell = experiment.compare.shell_extrapolation) {
    record->at_second_shell =
        run_beside(session, at_shell_factor(experiment.problem, shell->factor),
                   {"second-shell", "second shell width", "the run at the second width of the shell"});
  }
}

void SpecRun::compare() {
  const CompareSettings& settings = experiment.compare;
  record->comparisons = compare_all(laws, samples_of(record->observables, record->at_second_shell, settings), settings);
}

void SpecRun::second_steps(Session& session) {
  if (!experiment.compare.step_bias) return;
  const Problem& problem = experiment.problem;
  const double factor = experiment.compare.step_factor, order = bias_order(integrator_of(problem.plan));
  const bool extrapolated = accuracy && accuracy->extrapolated();
  const auto second =
      run_beside(session, extrapolated ? beside(problem, accuracy->best(), 1) : at_step_factor(problem, factor),
                 {"second-step", "second step size", "the run at the second step size"});
  for (std::size_t i = 0; i < second.size(); ++i)
    record->step_biases.push_back(step_bias(record->observables[i], second[i], factor, order));
  for (const auto& comparison : record->comparisons) {
    for (std::size_t i = 0; i < second.size(); ++i) {
      if (second[i].name == comparison.observable)
        record->attributions.push_back(attribution(comparison, record->step_biases[i]));
    }
  }
  if (!extrapolated) return;
  const SchemeFit& fit = accuracy->best();
  const auto third =
      run_beside(session, beside(problem, fit, 2), {"third-step", "third step size", "the run at the third step size"});
  for (std::size_t i = 0; i < third.size(); ++i) {
    record->extrapolated.push_back(extrapolated_mean({&record->observables[i], &second[i], &third[i]}, fit.order,
                                                     fit.next_order, fit.third_factor));
  }
}

Json with_ranges(Json spec, const Problem& problem) {
  auto list = Json::array();
  for (std::size_t i = 0; i < problem.names.size(); ++i) {
    list.push_back({{"of", problem.names[i]},
                    {"bins", problem.observed[i].bins},
                    {"range", {problem.edges[i].front(), problem.edges[i].back()}}});
  }
  spec["observe"]["histogram"] = list;
  return spec;
}

}  // namespace orbitwalk
