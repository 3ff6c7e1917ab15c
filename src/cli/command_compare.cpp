// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "console.hpp"
#include "orbitwalk/error.hpp"
#include "results/conclusion.hpp"
#include "results/data_record.hpp"
#include "results/summary.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk::cli {
namespace {

struct CompareCommand {
  std::string directory;
  std::vector<std::string> settings;
};

// The laws of a model with data are those of the data that was simulated.
void check_data(const Result& result, const std::string& path, const Experiment& experiment) {
  check_data_unchanged(result.data, experiment.data);
  if (!experiment.data.empty() && result.data.empty()) {
    std::cerr << "orbitwalk: note: " << path
              << " does not record what its data was, so there is no telling whether it has changed\n";
  }
}

// The laws are predicted again from the spec in the result (with overrides) and held against the stored histograms.
int compare_again(const CompareCommand& command) {
  const std::string path = command.directory + "/summary.json";
  Result result = read_summary(path);
  Spec spec = spec_from_json(nlohmann::ordered_json::parse(result.spec), path, result.spec_directory);
  // Other laws are asked for: what was expected of the old ones is not a question any more.
  const auto names = [&](const std::string& key) {
    return std::any_of(command.settings.begin(), command.settings.end(),
                       [&](const auto& s) { return s.rfind(key + "=", 0) == 0; });
  };
  if (names("compare.laws") && !names("compare.expect")) spec.set("compare.expect=[]");
  for (const auto& setting : command.settings) {
    if (setting.rfind("compare.", 0) != 0) {
      throw SpecError("--set " + setting + ": only keys of [compare] can change after a run");
    }
    spec.set(setting);
  }
  check_files_unchanged(result.data);
  const Experiment experiment = read_experiment(spec);
  check_data(result, path, experiment);
  const auto laws = predict_laws(experiment);
  const auto second = result.shell_extrapolation ? result.shell_extrapolation->second : std::vector<ObservableResult>();
  try {
    result.laws = compare_all(laws, samples_of(result.observables, second, experiment.compare), experiment.compare);
    describe_laws(result.laws, laws, result.observables);
    result.conclusion = conclusion(experiment, result);
    present(result, std::cout);
  } catch (const IoError& e) {
    throw IoError(path + ": " + e.what());
  }
  return report_rejected(rejected_expectations(experiment.compare, result.laws));
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("compare", "compare a finished run with laws again, without simulating");
  auto options = std::make_shared<CompareCommand>();
  command->add_option("directory", options->directory, "result folder of orbitwalk run")->required();
  command
      ->add_option("--set", options->settings,
                   "override under [compare], such as compare.laws='[\"uncorrected\"]' (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command->callback([options, &action] { action = [options] { return compare_again(*options); }; });
}

}  // namespace orbitwalk::cli
