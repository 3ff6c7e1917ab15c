// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/json.hpp"
#include "orbitwalk/io/result_dir.hpp"
#include "orbitwalk/run/accuracy.hpp"
#include "orbitwalk/run/ensemble.hpp"
#include "orbitwalk/run/extrapolation.hpp"
#include "orbitwalk/run/problem.hpp"
#include "orbitwalk/run/summary.hpp"
#include "simulation.hpp"

namespace orbitwalk::cli {
namespace {

struct RunCommand {
  std::string spec_path;
  std::optional<std::string> out;
  std::vector<std::string> settings;
  BackendChoice backend;
  std::optional<std::int64_t> seed;
  std::optional<double> particles, accuracy;
  bool resume = false, force = false, quiet = false, no_extrapolation = false;
};

int interrupted(const std::string& message) {
  std::cerr << "orbitwalk: interrupted" << message << "\n";
  return static_cast<int>(ExitCode::interrupted);
}

int run(const RunCommand& command) {
  Spec spec = Spec::from_file(command.spec_path);
  for (const auto& setting : command.settings) spec.set(setting);
  if (command.seed) spec.set("ensemble.seed=" + std::to_string(*command.seed));
  if (command.particles) spec.set("ensemble.particles=" + nlohmann::json(*command.particles).dump());
  // Before defaults are filled in.
  const auto dynamics = spec.root().optional_section("dynamics");
  const bool given_scheme = dynamics && dynamics->has("scheme"), given_variates = dynamics && dynamics->has("variates");
  Experiment experiment = read_experiment(spec);
  // All that can be refused is refused before anything is simulated, the pilot included.
  const std::vector<Law> laws = predict_laws(experiment);
  make_backend(command.backend.name, experiment.problem, {command.backend.threads, command.backend.instruction_set});
  if (command.out && command.out->empty()) throw SpecError("--out: expected a folder, got an empty name");

  std::optional<ResultDirectory> directory;
  Checkpoint checkpoint;
  if (command.out) {
    directory.emplace(*command.out, command.force, command.resume);
  } else if (command.resume) {
    throw SpecError("--resume needs --out, the folder of the interrupted run");
  }
  find_ranges(experiment.problem, experiment.needs_range);
  catch_signals();
  std::optional<AccuracyChoice> accuracy;
  if (command.accuracy) {
    const auto try_out = [&](const Problem& problem, const std::string& label) {
      const Simulation tried = simulate(problem, command.backend, command.quiet, label + ": ", {});
      if (!tried.complete) return std::optional<PilotRun>();
      return std::optional<PilotRun>({reduce(problem, tried.tally), tried.tally.diverged.size(), tried.seconds});
    };
    accuracy = choose_for_accuracy(experiment, *command.accuracy, given_scheme, given_variates, try_out, !command.no_extrapolation);
    if (!accuracy) return interrupted(" while the step was being chosen; nothing is kept");
    for (const auto& setting : accuracy->settings) spec.set(setting);
    experiment = read_experiment(spec);
    find_ranges(experiment.problem, experiment.needs_range);
  }
  Problem& problem = experiment.problem;
  const nlohmann::ordered_json filled = with_ranges(spec.to_json(), problem);
  if (directory) {
    checkpoint = {directory->checkpoint_file(), checkpoint_identity(filled), command.resume && directory->has_checkpoint()};
  }

  Simulation main = simulate(problem, command.backend, command.quiet, "", checkpoint);
  if (!main.complete) {
    return interrupted(directory ? "; go on with the same command and --resume (checkpoint in " + directory->partial_path() + ": " +
                                       kept_text(kept(problem, main.tally)) + ")"
                                 : "; nothing is kept without --out");
  }
  RunRecord record{experiment, main.tally, spec.directory(), main.backend, main.device, main.workers, main.steps_run,
                   main.seconds, reduce(problem, main.tally), {}, laws, {}, {}, {}, accuracy, {}};
  // A run beside the main one, without a checkpoint of its own; nothing where it was interrupted.
  double beside_diverged = 0;  // largest share in a run beside it
  const auto second_run = [&](const Problem& other, const std::string& label) -> std::optional<std::vector<ObservableResult>> {
    const Simulation rerun = simulate(other, command.backend, command.quiet, label + ": ", {});
    if (rerun.complete) {
      beside_diverged = std::max(beside_diverged, double(rerun.tally.diverged.size()) / double(other.plan.particles));
      return reduce(other, rerun.tally);
    }
    if (directory) write_checkpoint(checkpoint.path, problem, checkpoint.identity, main.tally);
    return {};
  };
  const CompareSettings& settings = experiment.compare;
  if (settings.shell_extrapolation) {
    auto results = second_run(at_shell_factor(problem, settings.shell_extrapolation->factor), "second shell width");
    if (!results) return interrupted(" in the run at the second width of the shell; the first run is kept for --resume");
    record.at_second_shell = std::move(*results);
  }
  record.comparisons = compare_all(laws, samples_of(record.observables, record.at_second_shell, settings), settings);
  if (settings.step_bias) {
    const bool extrapolated = accuracy && accuracy->extrapolated();
    const auto results = second_run(extrapolated ? beside(problem, accuracy->best(), 1) : at_step_factor(problem, settings.step_factor), "second step size");
    if (!results) return interrupted(" in the run at the second step size; the first run is kept for --resume");
    const double order = invariant_order(problem.plan.scheme);
    for (std::size_t i = 0; i < results->size(); ++i) record.step_biases.push_back(step_bias(record.observables[i], (*results)[i], settings.step_factor, order));
    for (const auto& comparison : record.comparisons) {
      for (std::size_t i = 0; i < results->size(); ++i) {
        if ((*results)[i].name == comparison.observable) record.attributions.push_back(attribution(comparison, record.step_biases[i]));
      }
    }
    if (extrapolated) {
      const SchemeFit& fit = accuracy->best();
      const auto third = second_run(beside(problem, fit, 2), "third step size");
      if (!third) return interrupted(" in the run at the third step size; the first run is kept for --resume");
      for (std::size_t i = 0; i < third->size(); ++i) {
        record.extrapolated.push_back(extrapolated_mean({&record.observables[i], &(*results)[i], &(*third)[i]}, fit.order, fit.next_order, fit.third_factor));
      }
    }
  }
  const auto summary = make_summary(record, filled);
  if (directory) {
    write_json(directory->file("summary.json"), summary);
    write_result_h5(directory->file("result.h5"), record, filled);
    directory->commit();
  }
  if (!command.quiet) present(summary, std::cout);
  if (directory) std::cout << "\nresults: " << directory->final_path() << "\n";
  std::cout.flush();

  const double share = double(main.tally.diverged.size()) / double(problem.plan.particles);
  if (share > experiment.allowed_diverged) {
    throw NumericalError(std::to_string(main.tally.diverged.size()) + " of " + std::to_string(problem.plan.particles) +
                         " particles diverged, the first at step " + summary["diverged"]["first_step"].dump() +
                         "; a smaller [dynamics] step may help ([ensemble] allowed_diverged = " +
                         nlohmann::json(experiment.allowed_diverged).dump() + ")");
  }
  if (!record.extrapolated.empty() && beside_diverged > experiment.allowed_diverged) {
    throw NumericalError("particles diverged at the larger steps that the means are extrapolated from; a smaller [dynamics] step, where the ladder begins, may help");
  }
  std::string missed;  // observables whose mean is not as accurate as asked
  for (std::size_t i = 0; accuracy && i < record.observables.size(); ++i) {
    if (!accuracy_reached(record, i).reached) missed += " " + record.observables[i].name;
  }
  if (!missed.empty()) {
    throw NumericalError("--accuracy " + nlohmann::json(*command.accuracy).dump() + " is not reached: the measured |bias| + 2 standard errors exceed it for" +
                         missed + " (summary.json: accuracy)");
  }
  const auto rejected = rejected_expectations(experiment.compare, record.comparisons);
  if (rejected.empty()) return 0;
  std::cerr << "orbitwalk: expected law rejected:";
  for (const auto& name : rejected) std::cerr << " " << name;
  std::cerr << "\n";
  return static_cast<int>(ExitCode::law_rejected);
}

}  // namespace

void BackendChoice::add_to(CLI::App& command) {
  command.add_option("--backend", name, "auto (a GPU where there is one), cpu, cuda, reference")->capture_default_str();
  command.add_option("--threads", threads, "threads of the cpu backend (0: all cores)")->check(CLI::NonNegativeNumber);
  command.add_option("--instruction-set", instruction_set, "cpu backend: generic, avx2, avx512 (default: the best there is)");
  command.add_option("--chunk", chunk, "particles a piece of work (0: chosen; the results do not depend on it)")
      ->check(CLI::NonNegativeNumber);
}

void add_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "simulate a spec, compare with the laws, write summary.json and result.h5");
  auto options = std::make_shared<RunCommand>();
  command->add_option("spec", options->spec_path, "run spec (TOML)")->required();
  command->add_option("--set", options->settings, "override one value: dotted.key=value (repeatable)")
      ->take_all()->allow_extra_args(false);
  command->add_option("--seed", options->seed, "random seed, over the spec's")->check(CLI::NonNegativeNumber);
  command->add_option("--particles", options->particles, "number of particles, over the spec's");
  command->add_option("--accuracy", options->accuracy,
                      "choose scheme, step and particles so that |step bias| + 2 standard errors of every mean are at most this many of the "
                      "observable's standard deviations; a scheme or variates that the spec names are kept");
  command->add_flag("--no-extrapolation", options->no_extrapolation, "with --accuracy: only what a single step gives, no means extrapolated from two");
  command->add_option("--out", options->out, "folder for the results (none: terminal only)");
  command->add_flag("--resume", options->resume, "go on with an interrupted run in --out");
  command->add_flag("--force", options->force, "replace an existing result in --out");
  command->add_flag("--quiet", options->quiet, "no progress, no tables");
  options->backend.add_to(*command);
  command->footer("Keys of the spec: docs/spec.md; of a model: orbitwalk models NAME; of an integrator: orbitwalk dynamics NAME.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace orbitwalk::cli
