// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "orbitwalk/error.hpp"
#include "orbitwalk/law.hpp"
#include "orbitwalk/spec.hpp"
#include "support/json.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {
namespace {

struct PredictCommand {
  std::string spec_path;
  std::vector<std::string> settings;
  bool json = false;
};

int predict_spec(const PredictCommand& command) {
  Spec spec = Spec::from_file(command.spec_path);
  for (const auto& setting : command.settings) spec.set(setting);
  const std::vector<Law> laws = predict(spec);
  if (laws.empty())
    throw SpecError(command.spec_path + ": no law to predict; name some under [compare] laws (see: orbitwalk laws)");
  if (command.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Law& law : laws) {
      if (!law.exists()) {
        list.push_back({{"name", law.name},
                        {"observable", law.observable},
                        {"exists", false},
                        {"reason", law.reason},
                        {"mean", nullptr},
                        {"variance", nullptr}});
        continue;
      }
      nlohmann::ordered_json quantiles;
      for (const double p : {0.05, 0.25, 0.5, 0.75, 0.95}) quantiles.push_back(json_number(law.quantile(p)));
      list.push_back({{"name", law.name},
                      {"observable", law.observable},
                      {"mean", json_number(law.mean())},
                      {"variance", json_number(law.variance())},
                      {"lower", json_number(law.lower)},
                      {"upper", json_number(law.upper)},
                      {"quantiles", quantiles},
                      {"formula", law.formula},
                      {"quadrature_error", json_number(law.quadrature_error)}});
    }
    std::cout << pretty(list) << "\n";
    return 0;
  }
  const PlotStyle style = PlotStyle::of(std::cout);
  std::vector<std::vector<std::string>> rows;
  const auto text = [](double value) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.8g", value);
    return std::string(buffer);
  };
  for (const Law& law : laws) {
    if (!law.exists()) continue;
    rows.push_back({law.observable, law.name, text(law.mean()), text(law.variance()), text(law.quantile(0.05)),
                    text(law.quantile(0.5)), text(law.quantile(0.95)), law.formula});
  }
  for (const Law& law : laws) {
    if (!law.exists()) std::cout << "no law: " << law.reason << "\n";
  }
  if (rows.empty()) return 0;
  std::cout << format_table({"observable", "law", "mean", "variance", "5 %", "median", "95 %", "density"}, rows,
                            style.unicode);
  for (const Law& law : laws) {
    if (!law.exists()) continue;
    constexpr int bins = 24;
    const double low = law.quantile(5e-4), high = law.quantile(1 - 5e-4);
    std::vector<double> edges(bins + 1), density(bins);
    for (int i = 0; i <= bins; ++i) edges[i] = low + (high - low) * i / bins;
    for (int i = 0; i < bins; ++i) density[i] = (law.cdf(edges[i + 1]) - law.cdf(edges[i])) / (edges[i + 1] - edges[i]);
    std::cout << "\n" << law.name << " law of " << law.observable << "\n" << density_bars(edges, density, {}, style);
  }
  return 0;
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("predict", "the laws that a spec's symmetry predicts, without simulating");
  auto options = std::make_shared<PredictCommand>();
  command->add_option("spec", options->spec_path, "run spec (TOML)")->required();
  command->add_option("--set", options->settings, "override one value: dotted.key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "as JSON");
  command->callback([options, &action] { action = [options] { return predict_spec(*options); }; });
}

}  // namespace orbitwalk::cli
