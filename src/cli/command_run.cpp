// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "console.hpp"
#include "orbitwalk/error.hpp"
#include "results/summary.hpp"
#include "signals.hpp"

namespace orbitwalk::cli {
namespace {

struct RunCommand {
  std::string spec_path;
  std::optional<std::string> out;
  std::vector<std::string> settings;
  std::optional<std::int64_t> seed;
  std::optional<double> particles;
  RunOptions options;
  bool quiet = false, no_extrapolation = false;
};

int run(const RunCommand& command) {
  Spec spec = Spec::from_file(command.spec_path);
  for (const auto& setting : command.settings) spec.set(setting);
  if (command.seed) spec.set("ensemble.seed=" + std::to_string(*command.seed));
  if (command.particles) spec.set("ensemble.particles=" + nlohmann::json(*command.particles).dump());
  if (command.out && command.out->empty()) throw SpecError("--out: expected a folder, got an empty name");
  RunOptions options = command.options;
  options.out = command.out.value_or("");
  options.extrapolation = !command.no_extrapolation;
  Console console(std::cerr, command.quiet);
  console.attach(options);
  catch_signals();
  const RunResult result = orbitwalk::run(spec, options);
  if (result.origin != RunResult::Origin::computed) {
    std::cout << (result.origin == RunResult::Origin::published ? "the interrupted publication has been completed"
                                                                : "nothing to do: the result is complete")
              << "\nresults: " << result.folder << "\n";
    return 0;
  }
  if (!command.quiet) present(result, std::cout);
  if (!result.folder.empty()) std::cout << "\nresults: " << result.folder << "\n";
  std::cout.flush();
  if (!result.failure.empty()) throw NumericalError(result.failure);
  return report_rejected(result.rejected);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "simulate a spec, compare with the laws, write summary.json and result.h5");
  auto options = std::make_shared<RunCommand>();
  command->add_option("spec", options->spec_path, "run spec (TOML)")->required();
  command->add_option("--set", options->settings, "override one value: dotted.key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "random seed, over the spec's")->check(CLI::NonNegativeNumber);
  command->add_option("--particles", options->particles, "number of particles, over the spec's");
  command->add_option("--accuracy", options->options.accuracy,
                      "choose scheme, step and particles so that |step bias| + 2 standard errors of every mean are at "
                      "most this many of the "
                      "observable's standard deviations; a scheme or variates that the spec names are kept");
  command->add_flag("--no-extrapolation", options->no_extrapolation,
                    "with --accuracy: only what a single step gives, no means extrapolated from two");
  command->add_option("--out", options->out, "folder for the results (none: terminal only)");
  command->add_flag("--resume", options->options.resume,
                    "continue an interrupted run in --out; start it if there is none, do nothing if it is complete");
  command->add_flag("--force", options->options.force,
                    "replace an existing result of this program in --out, once the new one is complete; discard an "
                    "interrupted run (with --resume: continue it)");
  command
      ->add_option("--checkpoint-seconds", options->options.checkpoint_seconds,
                   "with --out: seconds between checkpoints")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--quiet", options->quiet, "no progress, no tables");
  add_backend_options(*command, options->options);
  command->footer(
      "Keys of the spec: docs/spec.md; of a model: orbitwalk models NAME; of an integrator: orbitwalk dynamics NAME.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace orbitwalk::cli
