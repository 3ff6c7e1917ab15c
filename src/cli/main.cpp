// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>
#include <new>

#include "commands.hpp"
#include "exit_code.hpp"
#include "orbitwalk/error.hpp"
#include "orbitwalk/version.hpp"
#include "support/printable.hpp"
#include "support/suggest.hpp"

namespace {

using orbitwalk::cli::ExitCode;

int exit_code(ExitCode code) { return static_cast<int>(code); }

ExitCode code_of(const orbitwalk::Error& error) {
  if (dynamic_cast<const orbitwalk::SpecError*>(&error)) return ExitCode::bad_spec;
  if (dynamic_cast<const orbitwalk::NumericalError*>(&error)) return ExitCode::numerical_failure;
  const auto* interrupted = dynamic_cast<const orbitwalk::Interrupted*>(&error);
  return interrupted && !interrupted->checkpoint_failed ? ExitCode::interrupted : ExitCode::io_failure;
}

// Messages are one line whatever a name in them holds.
std::string one_line(const std::string& text) {
  std::string result;
  for (const char c : orbitwalk::printable(text)) {
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result;
}

std::string unknown_command_hint(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  for (const auto& name : names) {
    if (name == argv[1]) return "";
  }
  return "unknown command \"" + std::string(argv[1]) + "\"" + orbitwalk::suggestion(argv[1], names, "commands");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace orbitwalk;
  const PrintableStream out(std::cout), messages(std::cerr);  // for all that is printed, whatever file it comes from
  CLI::App app{
      "orbitwalk: simulates ensembles of SDE particles on models with continuous symmetries, predicts the stationary "
      "laws of\n"
      "their invariants from the symmetry (orbit-volume correction), and says which law holds.\n"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "orbitwalk " + version());
  app.footer(
      "Exit codes: 0 done; 2 bad usage or spec; 3 numerical failure (diverged or blown-up particles, solver); 4 a law "
      "under [compare]\n"
      "expect was rejected; 5 input/output or resource; 130 interrupted (with --out a checkpoint is kept).\n"
      "First steps: orbitwalk run examples/radial_projected.toml; orbitwalk models; orbitwalk run --help");
  cli::Action action;
  cli::add_run(app, action);
  cli::add_predict(app, action);
  cli::add_compare(app, action);
  cli::add_report(app, action);
  cli::add_catalogues(app, action);
  cli::add_atlas(app, action);
  cli::add_reproduce(app, action);
  cli::add_bench(app, action);
  cli::add_cache(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    const std::string hint = unknown_command_hint(app, argc, argv);
    std::cerr << "orbitwalk: " << one_line(hint.empty() ? e.what() : hint) << "\n"
              << "see: orbitwalk --help\n";
    return exit_code(ExitCode::bad_spec);
  }
  try {
    const int code = action();
    std::cout.flush();
    if (!std::cout) throw IoError("standard output cannot be written (disk full?)");
    return code;
  } catch (const Error& e) {
    std::cerr << "orbitwalk: " << one_line(e.what()) << "\n";
    return exit_code(code_of(e));
  } catch (const std::bad_alloc&) {
    std::cerr << "orbitwalk: out of memory; fewer particles, fewer bins, or [observe] quantiles = false take less\n";
    return exit_code(ExitCode::io_failure);
  } catch (const std::exception& e) {
    std::cerr << "orbitwalk: " << one_line(e.what()) << "\n";
    return exit_code(ExitCode::io_failure);
  }
}
