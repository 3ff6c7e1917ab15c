// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "backends/probe.hpp"
#include "commands.hpp"
#include "orbitwalk/error.hpp"
#include "run/problem.hpp"
#include "run/session.hpp"
#include "support/json.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {
namespace {

struct BenchCommand {
  RunOptions run;
  double seconds = 1.0;
  int repeat = 5;
  double particles = 0;
  std::vector<std::string> only;
  bool json = false;
};

/// What is measured. `flops`: operations in floating point of the gradient and the update of one step, without the
/// variates; 0 where they are not counted.
struct Case {
  std::string name, model, dynamics;
  Variates kind;
  double flops;
};

// Problems whose cost matters: the smallest two-parameter model, projections, published problems, and hundreds of
// parameters.
std::vector<Case> cases() {
  const std::string hadamard = "name = \"hadamard\"\nweight_decay = 0.5\n";
  const std::string langevin = "temperature = 0.5\nstep = 1e-3\n",
                    projected = "noise = { horizontal = 0.7, vertical = 0.35 }\nstep = 1e-3\n";
  const std::string lm = langevin + "scheme = \"leimkuhler_matthews\"\n", dyadic = "variates = \"dyadic\"\n";
  const std::string radial = "name = \"radial\"\ndimension = 3\n";
  const std::string growth = "name = \"linear\"\ncoordinates = 3\nloss = { target = [0.0], stiffness = -1.5 }\n";
  const std::string geometric = "name = \"geometric\"\nvolatility = 0.01\nstep = 0.00390625\n";
  const std::string product = "name = \"matrix_product\"\nrows = 20\ncolumns = 20\nrank = 20\n";
  const double product_flops = 3 * 2 * 8000 + 3 * 400 + 4 * 800;
  using V = Variates;
  return {{"hadamard, gaussian", hadamard, langevin, V::gaussian, 17},
          {"hadamard, dyadic", hadamard, langevin + dyadic, V::dyadic, 17},
          {"hadamard, rademacher", hadamard, langevin + "variates = \"rademacher\"\n", V::rademacher, 17},
          {"hadamard, leimkuhler_matthews, dyadic", hadamard, lm + dyadic, V::dyadic, 19},
          {"hadamard, underdamped", hadamard, "name = \"underdamped\"\n" + langevin, V::gaussian, 31},
          {"hadamard, mala", hadamard, "name = \"mala\"\n" + langevin, V::gaussian, 0},
          {"linear_sde, gaussian", growth, geometric, V::gaussian, 27},
          {"linear_sde, dyadic", growth, geometric + dyadic, V::dyadic, 27},
          {"radial 3, gaussian", radial, langevin, V::gaussian, 0},
          {"radial 3, projected", radial, projected, V::gaussian, 0},
          {"gram_product 5x3, projected", "name = \"gram_product\"\n", projected, V::gaussian, 0},
          {"conjugation 4x4, projected", "name = \"conjugation\"\n", projected, V::gaussian, 0},
          {"matrix_product 20x20 rank 20, gaussian", product, langevin, V::gaussian, product_flops},
          {"matrix_product 20x20 rank 20, dyadic", product, langevin + dyadic, V::dyadic, product_flops}};
}

struct Measured {
  std::uint64_t particles = 0;
  int variates_a_step = 0;
  std::vector<double> rates;  ///< particle-steps a second, sorted
  std::string device;
  double median() const { return rates[rates.size() / 2]; }
};

// The number of particles is doubled until a run takes long enough, unless it is given; then all repeats.
Measured measure(const Case& each, const std::string& precision, const BenchCommand& command) {
  const std::uint64_t steps = 1024;
  Measured result;
  result.particles = command.particles > 0 ? std::uint64_t(command.particles) : 8 * block_size;
  for (;; result.particles *= 2) {
    const Spec spec = Spec::from_string("[model]\n" + each.model + "[dynamics]\n" + each.dynamics +
                                            "[ensemble]\nparticles = " + std::to_string(result.particles) +
                                            "\nburn_in = 0\nsteps = " + std::to_string(steps) +
                                            "\nevery = " + std::to_string(steps) + "\nprecision = \"" + precision +
                                            "\"\n[observe]\nquantiles = false\nhistogram = [{ of = \"loss\", range = "
                                            "[0, 1000] }]\n[compare]\nlaws = []\n",
                                        "bench");
    const Problem problem = build_problem(spec);
    result.variates_a_step = problem.model.dimension;
    result.rates.clear();
    for (int repeat = 0; repeat < command.repeat; ++repeat) {
      const Simulation simulation = Session(command.run).run({}, problem);
      result.device = simulation.device;
      result.rates.push_back(double(result.particles) * double(steps) / simulation.seconds);
      if (command.particles == 0 && simulation.seconds < command.seconds / command.repeat &&
          result.particles < (1u << 24))
        break;
    }
    if (int(result.rates.size()) < command.repeat) continue;
    std::sort(result.rates.begin(), result.rates.end());
    return result;
  }
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
  return text;
}

// The limits are those of the cpu backend: they are measured beside each case, since a machine's clock wanders.
int bench(const BenchCommand& command) {
  std::vector<Case> chosen;
  for (const Case& each : cases()) {
    const auto wanted = [&](const std::string& part) { return each.name.find(part) != std::string::npos; };
    if (command.only.empty() || std::any_of(command.only.begin(), command.only.end(), wanted)) chosen.push_back(each);
  }
  if (chosen.empty()) {
    std::string names;
    for (const Case& each : cases()) names += (names.empty() ? "" : "; ") + each.name;
    throw SpecError("--case: no case has such a name; there are: " + names);
  }
  std::vector<std::vector<std::string>> rows;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Case& each : chosen) {
    for (const std::string precision : {"float", "double"}) {
      const Measured measured = measure(each, precision, command);
      const double rate = measured.median();
      const bool on_cpu = command.run.backend != "reference" && measured.device.rfind("NVIDIA", 0) != 0;
      nlohmann::ordered_json entry = {{"case", each.name},
                                      {"precision", precision},
                                      {"device", measured.device},
                                      {"particles", measured.particles},
                                      {"particle_steps_per_second", rate},
                                      {"minimum", measured.rates.front()},
                                      {"maximum", measured.rates.back()},
                                      {"variates_per_second", rate * measured.variates_a_step}};
      std::string of_variates = "-", of_flops = "-";
      if (on_cpu) {
        const MachineLimit limit = measure_limit({command.run.threads, command.run.instruction_set}, each.kind,
                                                 precision == "double", std::min(0.25, command.seconds / 4));
        const double share = rate * measured.variates_a_step / limit.variates_per_second;
        entry["variates_alone_per_second"] = limit.variates_per_second;
        entry["share_of_variates_alone"] = share;
        of_variates = percent(share);
        entry["multiply_add_flops"] = limit.flops;
        if (each.flops > 0) {
          entry["flops"] = rate * each.flops;
          entry["share_of_multiply_adds"] = rate * each.flops / limit.flops;
          of_flops = percent(rate * each.flops / limit.flops);
        }
      }
      list.push_back(entry);
      rows.push_back({each.name, precision, short_number(double(measured.particles)), short_number(rate),
                      short_number(measured.rates.front()) + " .. " + short_number(measured.rates.back()),
                      short_number(rate * measured.variates_a_step), of_variates, of_flops});
    }
  }
  if (command.json) std::cout << pretty(list) << "\n";
  else
    std::cout << format_table({"case", "precision", "particles", "particle-steps/s", "min .. max", "variates/s",
                               "of variates alone", "of multiply-adds"},
                              rows, utf8_locale());
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("bench", "measure particle-steps per second on this machine");
  auto options = std::make_shared<BenchCommand>();
  options->run.compile = "always";  // as a long run would have it
  add_backend_options(*command, options->run);
  command->add_option("--case", options->only, "only cases whose name holds this (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--particles", options->particles, "particles of a run (0: as many as take long enough)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--repeat", options->repeat, "runs a case; the median is shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "least time of the runs of a case together")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options->json, "as JSON");
  command->footer(
      "Shares: of the random numbers alone, drawn in the same loop, and of multiply-adds in registers, both measured "
      "beside each\n"
      "case with the same threads and instruction set (cpu backend). Medians; bench/README.md has more.");
  command->callback([options, &action] { action = [options] { return bench(*options); }; });
}

}  // namespace orbitwalk::cli
