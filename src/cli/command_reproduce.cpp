// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/core/suggest.hpp"
#include "orbitwalk/io/files.hpp"
#include "orbitwalk/io/json.hpp"
#include "orbitwalk/io/result_dir.hpp"
#include "orbitwalk/io/terminal.hpp"
#include "orbitwalk/report/report.hpp"
#include "orbitwalk/reproduce/published.hpp"
#include "orbitwalk/run/problem.hpp"
#include "orbitwalk/run/summary.hpp"
#include "own_data.hpp"
#include "simulation.hpp"

namespace orbitwalk::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ReproduceCommand {
  std::string name;
  std::string out;
  std::optional<double> particles;
  std::optional<std::int64_t> seed;
  std::vector<std::string> settings;
  std::string data;
  bool full = false, resume = false, force = false, quiet = false;
  BackendChoice backend;
};

std::vector<const PublishedExperiment*> chosen(const std::string& name) {
  std::vector<const PublishedExperiment*> list;
  std::vector<std::string> names = {"all"};
  for (const PublishedExperiment& experiment : published_experiments()) {
    names.push_back(experiment.name);
    if (name == "all" || name == experiment.name) list.push_back(&experiment);
  }
  if (list.empty()) throw SpecError("unknown experiment \"" + name + "\"" + suggestion(name, names, "experiments"));
  return list;
}

Spec spec_of(const PublishedRun& run, const ReproduceCommand& command) {
  Spec spec = Spec::from_string(published_spec(run.file), "examples/published/" + run.file + ".toml");
  if (!command.data.empty()) {
    const Json json = spec.to_json();
    if (!json.contains("data")) throw SpecError("--data: " + run.file + " takes no data");
    spec = Spec::from_json(with_own_data(json, command.data), "examples/published/" + run.file + ".toml with --data " + command.data);
  }
  if (command.full && run.full_steps > 0) {
    const std::string steps = std::to_string(run.full_steps);
    spec.set("ensemble.steps=" + steps);
    spec.set("ensemble.every=" + steps);
  }
  for (const auto& setting : command.settings) spec.set(setting);
  if (command.seed) spec.set("ensemble.seed=" + std::to_string(*command.seed));
  if (command.particles) spec.set("ensemble.particles=" + Json(*command.particles).dump());
  return spec;
}

Problem published_problem(const PublishedRun& run) { return read_experiment(Spec::from_string(published_spec(run.file), run.file)).problem; }

// One run, into folder/FILE. A finished run leaves its checkpoint, so that --resume takes it up at once.
std::optional<FinishedRun> run_one(const PublishedRun& run, const ReproduceCommand& command, const ResultDirectory& directory,
                                   const std::string& folder, const std::string& label) {
  Spec spec = spec_of(run, command);
  Experiment experiment = read_experiment(spec);
  const std::vector<Law> laws = predict_laws(experiment);
  find_ranges(experiment.problem, experiment.needs_range);
  const Json filled = with_ranges(spec.to_json(), experiment.problem);
  Checkpoint checkpoint{directory.file(run.file + ".checkpoint"), checkpoint_identity(filled), false};
  checkpoint.resume = std::filesystem::exists(checkpoint.path);
  Simulation simulation = simulate(experiment.problem, command.backend, command.quiet, label + ": ", checkpoint);
  if (!simulation.complete) return {};
  if (simulation.steps_run > 0) write_checkpoint(checkpoint.path, experiment.problem, checkpoint.identity, simulation.tally);
  RunRecord record{experiment, simulation.tally, spec.directory(), simulation.backend, simulation.device, simulation.workers, simulation.steps_run,
                   simulation.seconds, reduce(experiment.problem, simulation.tally), {}, laws, {}, {}, {}, {}, {}};
  record.comparisons = compare_all(laws, samples_of(record.observables, {}, experiment.compare), experiment.compare);
  Json summary = make_summary(record, filled);
  std::filesystem::create_directories(folder);
  write_json(folder + "/summary.json", summary);
  write_result_h5(folder + "/result.h5", record, filled);
  write_file_atomically(folder + "/" + run.file + ".toml", published_spec(run.file));
  Series series = reduce_series(experiment.problem, simulation.tally);
  return FinishedRun{run.label, std::move(experiment), std::move(simulation.tally), std::move(series), std::move(summary)};
}

// What is smaller than published, or was set otherwise.
std::string reduced_text(const PublishedRun& run, const ReproduceCommand& command, std::uint64_t particles) {
  const std::uint64_t published = published_problem(run).plan.particles;
  std::string text = particles < published ? std::to_string(particles) + " seeds instead of " + std::to_string(published) : "";
  for (const auto& setting : command.settings) text += (&setting != &command.settings[0] ? ", " : text.empty() ? "" : "; ") + setting;
  return text;
}

// What the user of --set took away that the analysis reads after the runs.
void check_observed(const PublishedRun& run, const Problem& problem) {
  if (!problem.quantiles) throw SpecError(run.file + ": the findings are about the last observations; observe.quantiles must be true");
  if (published_problem(run).plan.series && !problem.plan.series) throw SpecError(run.file + ": the findings are about observables over time; observe.series is needed");
}

// Says what an interrupted folder holds, so that another experiment does not go on in it.
std::string marker_of(const ReproduceCommand& command) {
  return "orbitwalk " + program_version() + " reproduce " + command.name + ": finished runs lie beside this file\n";
}

int reproduce(const ReproduceCommand& command) {
  const auto experiments = chosen(command.name);
  if (!command.data.empty() && command.name == "all") throw SpecError("--data: give the experiment that the data is for");
  for (const auto* experiment : experiments) {  // all that can be refused is refused first
    for (const PublishedRun& run : experiment->runs) {
      const Spec spec = spec_of(run, command);
      const Experiment read = read_experiment(spec);
      check_observed(run, read.problem);
      make_backend(command.backend.name, read.problem, {command.backend.threads, command.backend.instruction_set});
    }
  }
  ResultDirectory directory(command.out.empty() ? "reproduce-" + command.name : command.out, command.force, command.resume);
  if (directory.resumed() && read_file(directory.checkpoint_file()) != marker_of(command)) {
    throw SpecError(directory.partial_path() + ": another command was interrupted there; give that one, or --force to discard it");
  }
  catch_signals();
  write_file_atomically(directory.checkpoint_file(), marker_of(command));
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::string> folders;
  Json summary = {{"program", "orbitwalk"}, {"version", program_version()}, {"kind", "reproduce"}, {"experiments", Json::array()}};
  std::size_t done = 0, all = 0, disproved = 0;
  std::string diverged;  // too many, and in which run
  for (const auto* experiment : experiments) all += experiment->runs.size();
  const auto stopped = [&] {
    std::cerr << "orbitwalk: interrupted; go on with the same command and --resume (finished runs are in " << directory.partial_path() << ")\n";
    return static_cast<int>(ExitCode::interrupted);
  };
  for (const auto* experiment : experiments) {
    const std::string folder = directory.file(experiment->name);
    std::vector<FinishedRun> runs;
    double seconds = 0;
    for (const PublishedRun& run : experiment->runs) {
      const std::string label = std::to_string(++done) + "/" + std::to_string(all) + " " + run.file;
      auto finished = run_one(run, command, directory, folder + "/" + run.file, label);
      if (!finished) return stopped();
      seconds += finished->summary.at("wall_seconds").get<double>();
      if (!command.quiet) std::cerr << label << ": " << short_duration(finished->summary.at("wall_seconds").get<double>()) << "\n";
      const std::size_t lost = finished->tally.diverged.size(), particles = finished->experiment.problem.plan.particles;
      if (double(lost) > finished->experiment.allowed_diverged * double(particles)) {
        diverged += (diverged.empty() ? "" : ", ") + run.file + ": " + std::to_string(lost) + " of " + std::to_string(particles) + " particles diverged";
      }
      runs.push_back(std::move(*finished));
    }
    const auto& plan = runs[0].experiment.problem.plan;
    const Findings findings = experiment->analyse(runs);
    const Json json = experiment_to_json(*experiment, findings, runs, reduced_text(experiment->runs[0], command, plan.particles));
    write_json(folder + "/experiment.json", json);
    folders.push_back(folder);
    summary["experiments"].push_back({{"name", experiment->name}, {"wall_seconds", seconds}, {"particles", plan.particles}, {"claims", json["claims"]}});
    if (!command.quiet) {
      std::cout << "\n" << experiment->title << "\n";
      std::vector<std::vector<std::string>> rows;
      for (const Claim& claim : findings.claims) rows.push_back({claim.claim, claim.measured, !claim.holds ? "not decided" : *claim.holds ? "holds" : "does not hold"});
      std::cout << format_table({"claim", "measured", "verdict"}, rows, PlotStyle::of(std::cout).unicode) << std::flush;
    }
    for (const Claim& claim : findings.claims) disproved += claim.holds == false;
  }
  if (__atomic_load_n(&stop_requested, __ATOMIC_RELAXED)) return stopped();
  summary["wall_seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  write_json(directory.file("summary.json"), summary);
  write_report(folders, directory.file("report"), true, &stop_requested);
  for (const auto* experiment : experiments) {
    for (const PublishedRun& run : experiment->runs) std::filesystem::remove(directory.file(run.file + ".checkpoint"));
  }
  directory.commit();
  std::cout << "\n" << disproved << " of the claims do not hold in the ensembles (see the report)\nreport: " << directory.final_path() << "/report/report.html\n";
  if (!diverged.empty()) throw NumericalError(diverged + "; a smaller dynamics.step may help (ensemble.allowed_diverged)");
  return 0;
}

}  // namespace

void add_reproduce(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("reproduce", "run the published experiments as ensembles and write a report on what holds in distribution");
  auto options = std::make_shared<ReproduceCommand>();
  std::string names = "all";
  for (const PublishedExperiment& experiment : published_experiments()) names += ", " + experiment.name;
  command->add_option("name", options->name, names)->required();
  command->add_option("--particles", options->particles, "seeds of every run, over the specs' 256");
  command->add_flag("--full", options->full, "the extended runs where the publication has them (relu 500,000 steps, attention 300,000, spectrum 150,000)");
  command->add_option("--data", options->data,
                      "folder with someone else's instance instead of drawn ones, .npy or .csv: spectrum, signal: design, measurements, truth; completion: truth, mask; "
                      "relu, attention: inputs, targets");
  command->add_option("--set", options->settings, "override one value in every spec of the experiment: dotted.key=value (repeatable)")->take_all()->allow_extra_args(false);
  command->add_option("--seed", options->seed, "random seed of the particles, over the specs'")->check(CLI::NonNegativeNumber);
  command->add_option("--out", options->out, "folder for results and report (default: reproduce-NAME)");
  command->add_flag("--resume", options->resume, "go on with what was interrupted in --out");
  command->add_flag("--force", options->force, "replace an existing result in --out");
  command->add_flag("--quiet", options->quiet, "no progress, no tables");
  options->backend.add_to(*command);
  command->footer("The specs are examples/published/*.toml; each can be edited and run by itself with `orbitwalk run`.");
  command->callback([options, &action] { action = [options] { return reproduce(*options); }; });
}

}  // namespace orbitwalk::cli
