// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "orbitwalk/result.hpp"
#include "report/experiment.hpp"
#include "report/html.hpp"

// Parts of the page. Each takes the level that its own headings have.
namespace orbitwalk {

/// A finished run as the report knows it.
struct ReportedRun {
  std::string label, directory;
  Result result;
  std::string id = {};  ///< of its heading, for links
};

/// Reads DIR/summary.json. IoError for one that is damaged.
ReportedRun read_run(const std::string& directory, const std::string& label);

/// A cell for a law's verdict: the word, and a colour.
Cell verdict_cell(const std::string& verdict);

/// IoError, with the file, where something in the record cannot be shown.
void run_section(Page& page, const ReportedRun& run, int level);
/// Runs side by side: what they were, and the observables and laws that they have in common.
void comparison_section(Page& page, const std::vector<ReportedRun>& runs, int level);
/// What DIR/experiment.json says; runs are the caller's.
void experiment_section(Page& page, const ExperimentRecord& experiment, int level);

}  // namespace orbitwalk
