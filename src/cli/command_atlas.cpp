// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "console.hpp"
#include "exit_code.hpp"
#include "orbitwalk/error.hpp"
#include "signals.hpp"
#include "studies/atlas/atlas.hpp"
#include "studies/atlas/atlas_files.hpp"
#include "support/json.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {
namespace {

struct AtlasCommand {
  std::string declaration, out;
  AtlasOptions options;
  bool force = false, quiet = false;
};

// The command again, for the report.
std::string shown(const AtlasCommand& command) {
  std::string text = "orbitwalk atlas " + command.declaration + " --out " + command.out;
  if (command.options.particles) text += " --particles " + nlohmann::json(*command.options.particles).dump();
  if (command.options.seed) text += " --seed " + std::to_string(*command.options.seed);
  for (const auto& row : command.options.only) text += " --only '" + row + "'";
  return text;
}

int atlas(AtlasCommand command) {
  const AtlasFiles files(command.out, command.force);
  Console console(std::cerr, command.quiet);
  console.attach(command.options.run);
  command.options.run.progress = nullptr;  // cells are shown instead
  const ProgressStyle style = progress_style(std::cerr, command.quiet);
  std::unique_ptr<ProgressBar> bar;
  command.options.progress = [&](const std::string& what, std::size_t done, std::size_t all) {
    if (!bar) bar = std::make_unique<ProgressBar>(all, std::cerr, style, "cells");
    bar->update(done);
    if (style == ProgressStyle::log) std::cerr << "[" << done + 1 << "/" << all << "] " << what << "\n";
  };
  catch_signals();
  const Atlas result = run_atlas(Spec::from_file(command.declaration), command.options);
  if (bar) bar->finish();
  const auto json = atlas_json(result);
  try {
    files.write(pretty(json), atlas_markdown(result, shown(command)));
  } catch (const IoError& failure) {
    std::cout << pretty(json);
    throw IoError(failure.what() + std::string("; so that nothing is lost, the data is on standard output"));
  }
  std::size_t cells = 0, holding = 0, missing = 0;
  std::string first;
  for (const auto& row : result.rows) {
    for (const auto& cell : row.cells) {
      cells += cell.absent.empty();
      for (const auto& v : cell.verdicts) {
        if (!v.holds_in_theory) continue;
        const bool good = v.exists && v.comparison.verdict == "accepted";
        (good ? holding : missing) += 1;
        if (!good && first.empty()) first = v.law + " of " + v.observable + " (" + row.title + ", " + cell.noise + ")";
      }
    }
  }
  if (!command.quiet) {
    std::cout << cells << " cells in " << short_duration(result.seconds) << "; laws that should hold: " << holding
              << " accepted, " << missing << " not\nwritten: " << files.page() << ", " << files.data() << "\n";
  }
  if (missing == 0) return 0;
  std::cerr << "orbitwalk: expected law not accepted: " << first
            << (missing > 1 ? " and " + std::to_string(missing - 1) + " more" : "") << "\n";
  return static_cast<int>(ExitCode::law_rejected);
}

}  // namespace

void add_atlas(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("atlas", "run a declared matrix of (model x noise x law) and write its report");
  auto options = std::make_shared<AtlasCommand>();
  command->add_option("declaration", options->declaration, "matrix (TOML), such as examples/atlas/atlas.toml")
      ->required();
  command->add_option("--out", options->out, "report OUT.md and its data OUT.json")->required();
  command->add_option("--particles", options->options.particles, "particles of every cell, over the declaration's");
  command->add_option("--seed", options->options.seed, "random seed, over the declaration's")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--only", options->options.only, "title of a row to run (repeatable; default: all)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--force", options->force, "replace an existing atlas");
  command->add_flag("--quiet", options->quiet, "no progress");
  add_backend_options(*command, options->options.run);
  command->footer(
      "Exit code 4 when a law that the matrix says should hold is not accepted. Format of the matrix: docs/spec.md.");
  command->callback([options, &action] { action = [options] { return atlas(*options); }; });
}

}  // namespace orbitwalk::cli
