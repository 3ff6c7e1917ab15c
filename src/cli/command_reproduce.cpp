// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "console.hpp"
#include "orbitwalk/error.hpp"
#include "orbitwalk/version.hpp"
#include "report/json.hpp"
#include "report/report.hpp"
#include "results/conclusion.hpp"
#include "results/result_dir.hpp"
#include "results/summary.hpp"
#include "run/blow_up.hpp"
#include "run/session.hpp"
#include "signals.hpp"
#include "studies/reproduce/own_data.hpp"
#include "studies/reproduce/published.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/suggest.hpp"
#include "support/terminal.hpp"

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
  RunOptions run;  // resume and force are the whole experiment's
  bool full = false, quiet = false;
};

// With --data the runs that make sense on the files.
std::vector<PublishedExperiment> chosen(const std::string& name, const std::string& data) {
  std::vector<PublishedExperiment> list;
  std::vector<std::string> names = {"all"};
  for (const PublishedExperiment& experiment : published_experiments()) {
    names.push_back(experiment.name);
    if (name == "all" || name == experiment.name)
      list.push_back(data.empty() ? experiment : on_own_data(experiment, data));
  }
  if (list.empty()) throw SpecError("unknown experiment \"" + name + "\"" + suggestion(name, names, "experiments"));
  return list;
}

Spec spec_of(const PublishedRun& run, const ReproduceCommand& command, bool as_given = true) {
  Spec spec = Spec::from_string(published_spec(run.file), "examples/published/" + run.file + ".toml");
  if (!command.data.empty()) {
    const std::string name = "examples/published/" + run.file + ".toml with --data " + command.data;
    // sizes that no file gives; set again below, over what the files say
    for (const auto& setting : command.settings) spec.set(setting);
    spec = spec_from_json(with_own_data(to_json(spec), command.name, command.data, name), name);
  }
  if (!as_given) return spec;
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

// Without what the command changes, but on its data.
Problem published_problem(const PublishedRun& run, const ReproduceCommand& command) {
  return read_experiment(spec_of(run, command, false)).problem;
}

// What is smaller than published, or was set otherwise.
std::string reduced_text(const PublishedRun& run, const ReproduceCommand& command, std::uint64_t particles) {
  const std::uint64_t published = published_problem(run, command).plan.particles;
  std::string text =
      particles < published ? std::to_string(particles) + " seeds instead of " + std::to_string(published) : "";
  for (const auto& setting : command.settings)
    text += (&setting != &command.settings[0] ? ", " : text.empty() ? "" : "; ") + setting;
  return text;
}

// What the user of --set took away that the analysis reads after the runs.
void check_observed(const PublishedRun& run, const ReproduceCommand& command, const Problem& problem) {
  if (!problem.quantiles)
    throw SpecError(run.file + ": the findings are about the last observations; observe.quantiles must be true");
  if (published_problem(run, command).plan.series && !problem.plan.series)
    throw SpecError(run.file + ": the findings are about observables over time; observe.series is needed");
}

// What was asked for, to tell a finished result of the same command. Of the user's data it is the content (`hashes`)
// that counts.
Json asked_for(const ReproduceCommand& command, const Json& hashes) {
  Json asked = {{"name", command.name}, {"full", command.full}, {"set", command.settings}};
  if (command.particles) asked["particles"] = *command.particles;
  if (command.seed) asked["seed"] = *command.seed;
  if (!command.data.empty()) asked["data"] = hashes;
  return asked;
}

// Every folder that a result may have.
std::vector<std::string> result_folders() {
  std::vector<std::string> folders;
  for (const PublishedExperiment& experiment : published_experiments()) {
    folders.push_back(experiment.name);
    for (const PublishedRun& run : experiment.runs) folders.push_back(experiment.name + "/" + run.file);
  }
  return folders;
}

// Says what an interrupted folder holds, so that another experiment does not go on in it.
std::string marker_of(const ReproduceCommand& command) {
  return "orbitwalk " + version() + " reproduce " + command.name + ": finished runs lie beside this file\n";
}

int reproduce(ReproduceCommand command) {
  if (!command.data.empty() && command.name == "all")
    throw SpecError("--data: give the experiment that the data is for");
  const auto experiments = chosen(command.name, command.data);
  Console console(std::cerr, command.quiet);
  console.attach(command.run);
  Json hashes = Json::object();
  for (const PublishedExperiment& experiment : experiments) {  // all that can be refused is refused first
    for (const PublishedRun& run : experiment.runs) {
      const Spec spec = spec_of(run, command);
      const Experiment read = read_experiment(spec);
      check_observed(run, command, read.problem);
      for (const DataFile& file : read.data) hashes[run.file][file.role] = file.hash;
      Session(command.run).check_backend(read.problem);
    }
  }
  ResultDirectory directory(command.out.empty() ? "reproduce-" + command.name : command.out, command.run.force,
                            command.run.resume, ResultKind::reproduce, result_folders());
  if (directory.finished()) {
    const Json found = read_json(directory.final_path() + "/summary.json");
    if (found.value("command", Json()) == asked_for(command, hashes) && found.value("version", "") == version()) {
      std::cout << (directory.published() ? "the interrupted publication has been completed"
                                          : "nothing to do: the result is complete")
                << "\nreport: " << directory.final_path() << "/report/report.html\n";
      return 0;
    }
    if (!command.run.force)
      throw SpecError(directory.final_path() +
                      ": a result of another command already exists; use --force to replace it");
  }
  if (directory.resumed() && read_file(directory.checkpoint_file()) != marker_of(command)) {
    throw SpecError(directory.partial_path() +
                    ": another command was interrupted there; give that one, or --force to discard it");
  }
  catch_signals();
  write_file_atomically(directory.checkpoint_file(), marker_of(command));
  Session session(command.run, &directory);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::string> folders;
  Json summary = {{"program", "orbitwalk"},
                  {"version", version()},
                  {"kind", "reproduce"},
                  {"command", asked_for(command, hashes)},
                  {"experiments", Json::array()}};
  std::size_t done = 0, all = 0, disproved = 0;
  std::string diverged;  // too many, and in which run
  for (const PublishedExperiment& experiment : experiments) all += experiment.runs.size();
  for (const PublishedExperiment& experiment : experiments) {
    const std::string folder = directory.file(experiment.name);
    std::vector<FinishedRun> runs;
    double seconds = 0;
    for (const PublishedRun& run : experiment.runs) {
      const std::string label = std::to_string(++done) + "/" + std::to_string(all) + " " + run.file;
      try {
        runs.push_back(run_published(run, spec_of(run, command), session, label, folder + "/" + run.file));
      } catch (const Interrupted&) {
        if (!session.keeps_anything()) std::filesystem::remove(directory.checkpoint_file());  // nothing to continue
        throw;
      }
      const FinishedRun& finished = runs.back();
      seconds += finished.result.wall_seconds;
      if (!command.quiet) std::cerr << label << ": " << short_duration(finished.result.wall_seconds) << "\n";
      const Problem& problem = finished.experiment.problem;
      const auto blow_up = find_blow_up(problem, finished.tally);
      const std::uint64_t lost = lost_particles(finished.tally, blow_up), particles = problem.plan.particles;
      if (double(lost) > finished.experiment.allowed_diverged * double(particles)) {
        diverged += (diverged.empty() ? "" : ", ") + run.file + ": " + lost_in_words(problem, finished.tally, blow_up);
      }
    }
    const auto& plan = runs[0].experiment.problem.plan;
    Findings findings = experiment.analyse(runs);
    if (!command.data.empty()) findings.text.insert(findings.text.begin(), about_own_data(command.name, command.data));
    const Json json = experiment_to_json(
        experiment_record(experiment, findings, runs, reduced_text(experiment.runs[0], command, plan.particles)));
    write_json(folder + "/experiment.json", json);
    folders.push_back(folder);
    summary["experiments"].push_back({{"name", experiment.name},
                                      {"wall_seconds", seconds},
                                      {"particles", plan.particles},
                                      {"claims", json["claims"]}});
    if (json.contains("left_out")) summary["experiments"].back()["left_out"] = json["left_out"];
    if (!command.quiet) {
      std::cout << "\n"
                << experiment.title << "\n"
                << wrapped(claims_in_words(findings.claims), terminal_width(std::cout));
      std::vector<std::vector<std::string>> rows;
      for (const Claim& claim : findings.claims)
        rows.push_back({claim.claim, claim.measured,
                        !claim.holds   ? "not decided"
                        : *claim.holds ? "holds"
                                       : "does not hold"});
      for (const LeftOut& left : findings.left_out) rows.push_back({left.claim, left.reason, "does not apply"});
      std::cout << format_table({"claim", "measured", "verdict"}, rows, PlotStyle::of(std::cout).unicode) << std::flush;
    }
    for (const Claim& claim : findings.claims) disproved += claim.holds == false;
  }
  if (session.stopped()) {
    throw Interrupted("interrupted; continue with the same command and --resume (finished runs are in " +
                      directory.partial_path() + ")");
  }
  summary["wall_seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  write_json(directory.file("summary.json"), summary);
  write_report(folders, directory.file("report"), true, stop_requested);
  directory.commit();
  for (const auto& notice : directory.notices()) std::cerr << "orbitwalk: " << notice << "\n";
  std::cout << "\n"
            << disproved
            << " of the claims do not hold in the ensembles (see the report)\nreport: " << directory.final_path()
            << "/report/report.html\n";
  if (!diverged.empty())
    throw NumericalError(diverged + "; a smaller dynamics.step may help (ensemble.allowed_diverged)");
  return 0;
}

}  // namespace

void add_reproduce(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "reproduce", "run the published experiments as ensembles and write a report on what holds in distribution");
  auto options = std::make_shared<ReproduceCommand>();
  std::string names = "all";
  for (const PublishedExperiment& experiment : published_experiments()) names += ", " + experiment.name;
  command->add_option("name", options->name, names)->required();
  command->add_option("--particles", options->particles, "seeds of every run, over the specs' 256");
  command->add_flag(
      "--full", options->full,
      "the extended runs where the publication has them (relu 500,000 steps, attention 300,000, spectrum 150,000)");
  command->add_option("--data", options->data,
                      "folder with an instance of your own instead of drawn ones. Files NAME.npy, .csv, .tsv or .txt: "
                      "spectrum: times or design, measurements, truth; signal: "
                      "design, measurements, truth; completion: truth or observed, mask; relu: inputs, targets, or "
                      "teacher_W, teacher_V; attention: inputs, targets; and for one "
                      "start: start_w, start_p, start_q; start_P, start_Q; start_W, start_V; start_theta. truth may be "
                      "missing: claims about it are left out (docs/spec.md)");
  command
      ->add_option("--set", options->settings,
                   "override one value in every spec of the experiment: dotted.key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "random seed of the particles, over the specs'")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--out", options->out, "folder for results and report (default: reproduce-NAME)");
  command->add_flag("--resume", options->run.resume,
                    "continue what was interrupted in --out; do nothing if it is complete");
  command->add_flag("--force", options->run.force,
                    "replace an existing result of this program in --out, once the new one is complete");
  command->add_option("--checkpoint-seconds", options->run.checkpoint_seconds, "seconds between checkpoints")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--quiet", options->quiet, "no progress, no tables");
  add_backend_options(*command, options->run);
  command->footer(
      "The specs are examples/published/*.toml; each can be edited and run by itself with `orbitwalk run`.");
  command->callback([options, &action] { action = [options] { return reproduce(*options); }; });
}

}  // namespace orbitwalk::cli
