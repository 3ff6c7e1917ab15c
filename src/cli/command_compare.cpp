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
#include "support/json.hpp"

namespace orbitwalk::cli {
namespace {

struct CompareCommand {
  std::string directory;
  std::vector<std::string> settings;
};

// The laws of a model with data are those of the data that was simulated.
void check_data(const nlohmann::ordered_json& summary, const std::string& path, const Experiment* experiment) {
  try {
    if (experiment) check_data_unchanged(summary, experiment->data);
    else check_files_unchanged(summary);
  } catch (const nlohmann::json::exception& e) {
    throw IoError(path + ": not a summary of orbitwalk: " + e.what());
  }
  if (experiment && !experiment->data.empty() && !summary.contains("data")) {
    std::cerr << "orbitwalk: note: " << path
              << " does not record what its data was, so there is no telling whether it has changed\n";
  }
}

// The laws are predicted again from the spec in the result (with overrides) and held against the stored histograms.
int compare_again(const CompareCommand& command) {
  const std::string path = command.directory + "/summary.json";
  nlohmann::ordered_json summary = read_json(path);
  if (!summary.is_object() || !summary.contains("spec")) throw IoError(path + ": not a summary of orbitwalk");
  const std::string from = summary.contains("spec_directory") && summary["spec_directory"].is_string()
                               ? summary["spec_directory"].get<std::string>()
                               : "";
  Spec spec = spec_from_json(summary["spec"], path, from);
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
  check_data(summary, path, nullptr);
  const Experiment experiment = read_experiment(spec);
  check_data(summary, path, &experiment);
  const auto laws = predict_laws(experiment);
  std::vector<LawComparison> comparisons;
  try {
    const auto observables = results_from_summary(summary);
    comparisons = compare_all(laws, samples_of(observables, second_shell_from_summary(summary), experiment.compare),
                              experiment.compare);
    summary["laws"] = laws_to_json(laws, comparisons, observables, {});
    summary["conclusion"] = conclusion(experiment, summary);
    present(summary, std::cout);
  } catch (const nlohmann::json::exception& e) {
    throw IoError(path + ": not a summary of orbitwalk: " + e.what());
  } catch (const IoError& e) {
    throw IoError(path + ": " + e.what());
  }
  return report_rejected(rejected_expectations(experiment.compare, comparisons));
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
