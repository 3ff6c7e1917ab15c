// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "orbitwalk/error.hpp"
#include "phases.hpp"
#include "results/result_dir.hpp"
#include "results/summary.hpp"
#include "run/accuracy/accuracy.hpp"
#include "run/accuracy/extrapolation.hpp"
#include "run/blow_up.hpp"
#include "run/ensemble.hpp"
#include "run/identity.hpp"
#include "run/problem.hpp"
#include "run/tails.hpp"
#include "support/json.hpp"

namespace orbitwalk::cli {
namespace {

struct RunCommand {
  std::string spec_path;
  std::optional<std::string> out;
  std::vector<std::string> settings;
  BackendChoice backend;
  std::optional<std::int64_t> seed;
  std::optional<double> particles, accuracy;
  double checkpoint_seconds = 60;
  bool resume = false, force = false, quiet = false, no_extrapolation = false;
};

/// The ladder of --accuracy, a phase for each of its runs. Nothing where one was interrupted; `spec` and `experiment`
/// are then as before, and otherwise those that were chosen.
std::optional<AccuracyChoice> choose_step(const RunCommand& command, Phases& phases, Spec& spec, Experiment& experiment,
                                          bool given_scheme, bool given_variates) {
  int runs = 0;
  const auto asked = to_json(spec);
  const auto try_out = [&](const Problem& problem, const std::string& label) -> std::optional<PilotRun> {
    const auto tried = phases.run({"try-" + std::to_string(++runs), label, "the choice of the step (" + label + ")"},
                                  problem, asked, experiment);
    if (!tried) return {};
    return PilotRun{reduce(problem, tried->tally), lost_particles(tried->tally, find_blow_up(problem, tried->tally)),
                    tried->seconds};
  };
  auto choice = choose_for_accuracy(experiment, *command.accuracy, given_scheme, given_variates, try_out,
                                    !command.no_extrapolation);
  if (!choice) return {};
  const std::vector<DataFile> data = experiment.data;
  for (const auto& setting : choice->settings) spec.set(setting);
  experiment = read_experiment(spec);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i].hash != experiment.data[i].hash)
      throw IoError(data[i].path + ": the content changed while the step was being chosen");
  }
  if (!phases.find_ranges(experiment, to_json(spec), "pilot-chosen")) return {};
  return choice;
}

/// What the runs beside the main one say: the second width of the shell, the second and third step. False where one was
/// interrupted.
class Besides {
 public:
  Besides(Phases& phases, const nlohmann::ordered_json& spec, RunRecord& record)
      : phases_(phases), spec_(spec), record_(record) {}

  bool run() {
    const CompareSettings& settings = record_.experiment.compare;
    const Problem& problem = record_.experiment.problem;
    if (settings.shell_extrapolation) {
      auto results = run_one(at_shell_factor(problem, settings.shell_extrapolation->factor), "second-shell",
                             "second shell width", "the run at the second width of the shell");
      if (!results) return false;
      record_.at_second_shell = std::move(*results);
    }
    record_.comparisons =
        compare_all(record_.laws, samples_of(record_.observables, record_.at_second_shell, settings), settings);
    return !settings.step_bias || step_biases();
  }
  /// Largest share of particles that diverged in one of them.
  double diverged() const { return diverged_; }

 private:
  std::optional<std::vector<ObservableResult>> run_one(Problem other, const std::string& name, const std::string& label,
                                                       const std::string& words) {
    other.quantiles = other.plan.series = false;  // of the main run alone, whose tally stays in memory meanwhile
    const auto simulation = phases_.run({name, label, words}, other, spec_, record_.experiment);
    if (!simulation) return {};
    diverged_ = std::max(diverged_, double(lost_particles(simulation->tally, find_blow_up(other, simulation->tally))) /
                                        double(other.plan.particles));
    return reduce(other, simulation->tally);
  }
  bool step_biases() {
    const Problem& problem = record_.experiment.problem;
    const double factor = record_.experiment.compare.step_factor, order = invariant_order(problem.plan.scheme);
    const bool extrapolated = record_.accuracy && record_.accuracy->extrapolated();
    const auto results =
        run_one(extrapolated ? beside(problem, record_.accuracy->best(), 1) : at_step_factor(problem, factor),
                "second-step", "second step size", "the run at the second step size");
    if (!results) return false;
    for (std::size_t i = 0; i < results->size(); ++i)
      record_.step_biases.push_back(step_bias(record_.observables[i], (*results)[i], factor, order));
    for (const auto& comparison : record_.comparisons) {
      for (std::size_t i = 0; i < results->size(); ++i) {
        if ((*results)[i].name == comparison.observable)
          record_.attributions.push_back(attribution(comparison, record_.step_biases[i]));
      }
    }
    if (!extrapolated) return true;
    const SchemeFit& fit = record_.accuracy->best();
    const auto third =
        run_one(beside(problem, fit, 2), "third-step", "third step size", "the run at the third step size");
    for (std::size_t i = 0; third && i < third->size(); ++i) {
      record_.extrapolated.push_back(extrapolated_mean({&record_.observables[i], &(*results)[i], &(*third)[i]},
                                                       fit.order, fit.next_order, fit.third_factor));
    }
    return third.has_value();
  }

  Phases& phases_;
  const nlohmann::ordered_json& spec_;
  RunRecord& record_;
  double diverged_ = 0;
};

int run(const RunCommand& command) {
  Spec spec = Spec::from_file(command.spec_path);
  for (const auto& setting : command.settings) spec.set(setting);
  if (command.seed) spec.set("ensemble.seed=" + std::to_string(*command.seed));
  if (command.particles) spec.set("ensemble.particles=" + nlohmann::json(*command.particles).dump());
  // Before defaults are filled in.
  const auto dynamics = root_section(spec).optional_section("dynamics");
  const bool given_scheme = dynamics && dynamics->has("scheme"), given_variates = dynamics && dynamics->has("variates");
  Experiment experiment = read_experiment(spec);
  // All that can be refused is refused before anything is simulated, the pilot included.
  const std::vector<Law> laws = predict_laws(experiment);
  make_backend(command.backend.name, experiment.problem, {command.backend.threads, command.backend.instruction_set});
  if (command.out && command.out->empty()) throw SpecError("--out: expected a folder, got an empty name");
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  if (command.accuracy) options = {{"--accuracy", *command.accuracy}, {"--no-extrapolation", command.no_extrapolation}};
  const nlohmann::ordered_json request = request_of(to_json(spec), experiment, options);

  std::optional<ResultDirectory> directory;
  if (command.out) {
    directory.emplace(*command.out, command.force, command.resume);
  } else if (command.resume) {
    throw SpecError("--resume needs --out, the folder of the interrupted run");
  }
  if (directory && directory->finished()) {
    const auto other = differs_from_finished(directory->final_path(), request);
    if (other.empty()) {
      std::cout << (directory->published() ? "the interrupted publication has been completed"
                                           : "nothing to do: the result is complete")
                << "\nresults: " << directory->final_path() << "\n";
      return 0;
    }
    if (!command.force)
      throw SpecError(directory->final_path() + ": the result there is from another run: " + differences_text(other) +
                      "; use --force to replace it");
  }
  catch_signals();
  Phases phases(command.backend, command.quiet, directory ? &*directory : nullptr, command.checkpoint_seconds);
  phases.set_options(options);
  if (!phases.find_ranges(experiment, to_json(spec))) return phases.interrupted();
  std::optional<AccuracyChoice> accuracy;
  if (command.accuracy && !(accuracy = choose_step(command, phases, spec, experiment, given_scheme, given_variates)))
    return phases.interrupted();
  const Problem& problem = experiment.problem;
  const nlohmann::ordered_json filled = with_ranges(to_json(spec), problem);

  auto main = phases.run({}, problem, filled, experiment);
  if (!main) return phases.interrupted();
  RunRecord record{experiment,
                   main->tally,
                   spec.directory(),
                   main->backend,
                   main->device,
                   main->workers,
                   main->seconds,
                   reduce(problem, main->tally),
                   {},
                   laws,
                   {},
                   {},
                   {},
                   accuracy,
                   {}};
  record.evidence = gather_evidence(problem, main->tally, record.observables);
  for (auto& note : note_tails(problem, main->tally, record.observables)) experiment.notes.push_back(std::move(note));
  Besides besides(phases, filled, record);
  if (!besides.run()) return phases.interrupted();
  for (auto& note : range_notes(experiment, record.observables)) experiment.notes.push_back(std::move(note));
  auto summary = make_summary(record, filled);
  if (says_more(request, filled)) summary["requested"] = request;
  if (directory) {
    write_json(directory->file("summary.json"), summary);
    write_result_h5(directory->file("result.h5"), record, filled);
    directory->commit();
    for (const auto& notice : directory->notices()) std::cerr << "orbitwalk: " << notice << "\n";
  }
  if (!command.quiet) present(summary, std::cout);
  if (directory) std::cout << "\nresults: " << directory->final_path() << "\n";
  std::cout.flush();

  const double share = double(record.evidence.lost) / double(problem.plan.particles);
  if (share > experiment.allowed_diverged) {
    throw NumericalError(lost_in_words(problem, main->tally, record.evidence.blow_up) +
                         "; a smaller [dynamics] step may help ([ensemble] allowed_diverged = " +
                         nlohmann::json(experiment.allowed_diverged).dump() + ")");
  }
  if (!record.extrapolated.empty() && besides.diverged() > experiment.allowed_diverged) {
    throw NumericalError(
        "particles diverged at the larger steps that the means are extrapolated from; a smaller [dynamics] step, where "
        "the ladder begins, may help");
  }
  std::string missed;  // observables whose mean is not as accurate as asked
  for (std::size_t i = 0; accuracy && i < record.observables.size(); ++i) {
    if (!accuracy_reached(record, i).reached) missed += " " + record.observables[i].name;
  }
  if (!missed.empty()) {
    throw NumericalError("--accuracy " + nlohmann::json(*command.accuracy).dump() +
                         " is not reached: the measured |bias| + 2 standard errors exceed it for" + missed +
                         " (summary.json: accuracy)");
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
  command.add_option("--instruction-set", instruction_set,
                     "cpu backend: generic, avx2, avx512 (default: the best there is)");
  command
      .add_option("--chunk", chunk,
                  "particles per piece of work (0: chosen automatically; the results do not depend on it)")
      ->check(CLI::NonNegativeNumber);
}

void add_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "simulate a spec, compare with the laws, write summary.json and result.h5");
  auto options = std::make_shared<RunCommand>();
  command->add_option("spec", options->spec_path, "run spec (TOML)")->required();
  command->add_option("--set", options->settings, "override one value: dotted.key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "random seed, over the spec's")->check(CLI::NonNegativeNumber);
  command->add_option("--particles", options->particles, "number of particles, over the spec's");
  command->add_option("--accuracy", options->accuracy,
                      "choose scheme, step and particles so that |step bias| + 2 standard errors of every mean are at "
                      "most this many of the "
                      "observable's standard deviations; a scheme or variates that the spec names are kept");
  command->add_flag("--no-extrapolation", options->no_extrapolation,
                    "with --accuracy: only what a single step gives, no means extrapolated from two");
  command->add_option("--out", options->out, "folder for the results (none: terminal only)");
  command->add_flag("--resume", options->resume,
                    "continue an interrupted run in --out; start it if there is none, do nothing if it is complete");
  command->add_flag("--force", options->force,
                    "replace an existing result of this program in --out, once the new one is complete; discard an "
                    "interrupted run (with --resume: continue it)");
  command->add_option("--checkpoint-seconds", options->checkpoint_seconds, "with --out: seconds between checkpoints")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--quiet", options->quiet, "no progress, no tables");
  options->backend.add_to(*command);
  command->footer(
      "Keys of the spec: docs/spec.md; of a model: orbitwalk models NAME; of an integrator: orbitwalk dynamics NAME.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace orbitwalk::cli
