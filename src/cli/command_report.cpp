// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/json.hpp"
#include "orbitwalk/run/summary.hpp"

namespace orbitwalk::cli {

void add_report(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("report", "show the tables and plots of finished runs");
  auto directories = std::make_shared<std::vector<std::string>>();
  command->add_option("directory", *directories, "result folders of orbitwalk run")->required();
  command->callback([directories, &action] {
    action = [directories] {
      for (const auto& directory : *directories) {
        const std::string path = directory + "/summary.json";
        const auto summary = read_json(path);
        try {
          results_from_summary(summary);  // histograms of the right shape
          if (directories->size() > 1) std::cout << "== " << directory << "\n";
          present(summary, std::cout);
        } catch (const nlohmann::json::exception& e) {
          throw IoError(path + ": not a summary of orbitwalk: " + e.what());
        } catch (const IoError& e) {
          throw IoError(path + ": " + e.what());
        }
      }
      return 0;
    };
  });
}

}  // namespace orbitwalk::cli
