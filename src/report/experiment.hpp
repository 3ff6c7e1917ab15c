// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "report/chart.hpp"
#include "results/conclusion.hpp"

// What an experiment says: several runs, and what is asked of them together.
namespace orbitwalk {

/// A claim that does not apply to the data or the start of a run.
struct LeftOut {
  std::string claim, reason;
};

struct FindingsTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::string note;
};

/// What the ensembles say.
struct Findings {
  std::vector<std::string> text;  ///< paragraphs
  std::vector<Claim> claims;
  std::vector<LeftOut> left_out;
  std::vector<FindingsTable> tables;
  std::vector<Chart> charts;
};

/// A folder with an experiment.json.
struct ExperimentRecord {
  struct Run {
    std::string label, directory;  ///< a folder below
  };
  std::string name, title;
  std::vector<Run> runs;
  Findings findings;
  std::string reduced;     ///< what was made smaller than the original, or empty
  std::string provenance;  ///< JSON text of an object, or empty
};

/// IoError for a file that is missing, or no experiment, with its path.
ExperimentRecord read_experiment_record(const std::string& path);

}  // namespace orbitwalk
