// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "orbitwalk/io/json.hpp"
#include "orbitwalk/io/terminal.hpp"
#include "orbitwalk/run/ensemble.hpp"
#include "orbitwalk/run/problem.hpp"

namespace orbitwalk::cli {
namespace {

struct BenchCommand {
  BackendChoice backend;
  double seconds = 1.0;
  bool json = false;
};

struct Case {
  std::string name, model, dynamics;
};

// Problems whose cost matters: the smallest two-parameter model, one with a projection, and one of hundreds of parameters.
std::vector<Case> cases() {
  const std::string hadamard = "name = \"hadamard\"\nweight_decay = 0.5\n";
  const std::string langevin = "temperature = 0.5\nstep = 1e-3\n";
  return {{"hadamard 1, gaussian", hadamard, langevin},
          {"hadamard 1, dyadic", hadamard, langevin + "variates = \"dyadic\"\n"},
          {"hadamard 1, rademacher", hadamard, langevin + "variates = \"rademacher\"\n"},
          {"radial 3, gaussian", "name = \"radial\"\ndimension = 3\n", langevin},
          {"radial 3, projected", "name = \"radial\"\ndimension = 3\n", "noise = { horizontal = 0.7, vertical = 0.35 }\nstep = 1e-3\n"},
          {"gram_product 5x3, projected", "name = \"gram_product\"\n", "noise = { horizontal = 0.7, vertical = 0.35 }\nstep = 1e-3\n"},
          {"conjugation 4x4, projected", "name = \"conjugation\"\n", "noise = { horizontal = 0.7, vertical = 0.35 }\nstep = 1e-3\n"},
          {"matrix_product 20x20 rank 20", "name = \"matrix_product\"\nrows = 20\ncolumns = 20\nrank = 20\n", langevin}};
}

// Particle-steps a second: the number of particles is doubled until a run takes long enough, then the median of three runs.
double measure(const Case& each, const std::string& precision, const BenchCommand& command, std::uint64_t& particles) {
  const std::uint64_t steps = 1024;
  for (particles = 8 * block_size;; particles *= 2) {
    const Spec spec = Spec::from_string("[model]\n" + each.model + "[dynamics]\n" + each.dynamics + "[ensemble]\nparticles = " +
                                            std::to_string(particles) + "\nburn_in = 0\nsteps = " + std::to_string(steps) + "\nevery = " +
                                            std::to_string(steps) + "\nprecision = \"" + precision +
                                            "\"\n[observe]\nquantiles = false\nhistogram = [{ of = \"loss\", range = [0, 1000] }]\n",
                                        "bench");
    const Problem problem = build_problem(spec);
    const auto backend = make_backend(command.backend.name, problem, {command.backend.threads, command.backend.instruction_set});
    std::vector<double> rates;
    for (int repeat = 0; repeat < 3; ++repeat) {
      Tally tally(problem);
      const auto begin = std::chrono::steady_clock::now();
      run_ensemble(problem, *backend, {}, tally);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      rates.push_back(double(particles) * double(steps) / seconds);
      if (seconds < command.seconds / 3 && particles < (1u << 24)) break;
    }
    if (rates.size() < 3) continue;
    std::sort(rates.begin(), rates.end());
    return rates[1];
  }
}

int bench(const BenchCommand& command) {
  std::vector<std::vector<std::string>> rows;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string device;
  for (const Case& each : cases()) {
    for (const std::string precision : {"float", "double"}) {
      std::uint64_t particles = 0;
      const double rate = measure(each, precision, command, particles);
      rows.push_back({each.name, precision, short_number(double(particles)), short_number(rate)});
      list.push_back({{"case", each.name}, {"precision", precision}, {"particles", particles}, {"particle_steps_per_second", rate}});
    }
  }
  if (command.json) std::cout << pretty(list) << "\n";
  else std::cout << format_table({"case", "precision", "particles", "particle-steps/s (median of 3)"}, rows, utf8_locale());
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("bench", "measure particle-steps per second on this machine");
  auto options = std::make_shared<BenchCommand>();
  options->backend.add_to(*command);
  command->add_option("--seconds", options->seconds, "least time a case")->check(CLI::PositiveNumber)->capture_default_str();
  command->add_flag("--json", options->json, "as JSON");
  command->callback([options, &action] { action = [options] { return bench(*options); }; });
}

}  // namespace orbitwalk::cli
