// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "orbitwalk/error.hpp"
#include "report/report.hpp"
#include "results/summary.hpp"
#include "signals.hpp"
#include "support/json.hpp"

namespace orbitwalk::cli {
namespace {

struct ReportCommand {
  std::vector<std::string> directories;
  std::string out;
  bool force = false, text = false;
};

// What `orbitwalk reproduce` leaves stands for its experiments.
std::vector<std::string> experiments_of(const std::vector<std::string>& directories) {
  std::vector<std::string> result;
  for (const auto& directory : directories) {
    const std::string path = directory + "/summary.json";
    std::error_code error;
    const auto summary = std::filesystem::exists(path, error) ? read_json(path) : nlohmann::ordered_json::object();
    if (!summary.is_object() || summary.value("kind", nlohmann::ordered_json()) != "reproduce") {
      result.push_back(directory);
      continue;
    }
    try {
      for (const auto& experiment : summary.at("experiments"))
        result.push_back(directory + "/" + experiment.at("name").get<std::string>());
    } catch (const nlohmann::json::exception& e) {
      throw IoError(path + ": not what orbitwalk reproduce leaves: " + e.what());
    }
  }
  return result;
}

// The folders of the runs themselves: those of an experiment stand for it.
std::vector<std::string> runs_of(const std::vector<std::string>& directories) {
  std::vector<std::string> runs;
  for (const auto& directory : directories) {
    const std::string path = directory + "/experiment.json";
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      runs.push_back(directory);
      continue;
    }
    const auto experiment = read_json(path);
    try {
      for (const auto& run : experiment.value("runs", nlohmann::ordered_json::array()))
        runs.push_back(directory + "/" + run.at("directory").get<std::string>());
    } catch (const nlohmann::json::exception& e) {
      throw IoError(path + ": not an experiment of orbitwalk: " + e.what());
    }
  }
  return runs;
}

void print_tables(const ReportCommand& command) {
  const auto runs = runs_of(command.directories);
  for (const auto& directory : runs) {
    const std::string path = directory + "/summary.json";
    const Result result = read_summary(path);
    try {
      if (runs.size() > 1) std::cout << "== " << directory << "\n";
      present(result, std::cout, command.text);
    } catch (const IoError& e) {
      throw IoError(path + ": " + e.what());
    }
  }
}

int report(ReportCommand command) {
  const std::string single = command.directories.size() == 1 ? command.directories[0] : "";
  command.directories = experiments_of(command.directories);
  if (command.text) {
    print_tables(command);
    return 0;
  }
  if (command.out.empty() && single.empty()) {
    throw SpecError("a report on several folders needs --out FOLDER (one on a single folder goes to DIR/report)");
  }
  const std::string folder = command.out.empty() ? single + "/report" : command.out;
  catch_signals();
  for (const auto& notice : write_report(command.directories, folder, command.force, stop_requested))
    std::cerr << "orbitwalk: " << notice << "\n";
  print_tables(command);
  std::cout << "\nreport: " << folder << "/report.html\n";
  return 0;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("report", "write a report on finished runs: one HTML page, with charts");
  auto options = std::make_shared<ReportCommand>();
  command
      ->add_option("directory", options->directories,
                   "result folders of orbitwalk run or orbitwalk reproduce, or folders with an experiment.json")
      ->required();
  auto* out = command->add_option("--out", options->out,
                                  "folder for report.html and charts/ (default: DIR/report of a single DIR)");
  auto* force =
      command->add_flag("--force", options->force, "replace an existing report, once the new one is complete");
  command->add_flag("--text", options->text, "write nothing: tables and plots on the terminal")
      ->excludes(out)
      ->excludes(force);
  command->footer(
      "Charts are drawn by python3 with matplotlib (on Debian and Ubuntu: python3-matplotlib); ORBITWALK_PYTHON names "
      "another python3.");
  command->callback([options, &action] { action = [options] { return report(*options); }; });
}

}  // namespace orbitwalk::cli
