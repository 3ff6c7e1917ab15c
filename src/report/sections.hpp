// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/html.hpp"

// Parts of the page. Each takes the level that its own headings have. Json exceptions and IoError for damaged files.
namespace orbitwalk {

/// A finished run as the report knows it.
struct ReportedRun {
  std::string label, directory;
  nlohmann::ordered_json summary;
  std::string id = {};  ///< of its heading, for links
};

/// Reads DIR/summary.json and looks whether it has the shape of one.
ReportedRun read_run(const std::string& directory, const std::string& label);

/// A cell for a law's verdict: the word, and a colour.
Cell verdict_cell(const std::string& verdict);

void run_section(Page& page, const ReportedRun& run, int level);
/// Runs side by side: what they were, and the observables and laws that they have in common.
void comparison_section(Page& page, const std::vector<ReportedRun>& runs, int level);
/// What DIR/experiment.json says; runs are the caller's. `where` is its file, for messages.
void experiment_section(Page& page, const nlohmann::ordered_json& experiment, const std::string& where, int level);

/// A spec as TOML: a section a table, nested tables in one line.
std::string spec_text(const nlohmann::ordered_json& spec);

}  // namespace orbitwalk
