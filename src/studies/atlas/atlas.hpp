// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compare/compare.hpp"
#include "orbitwalk/observable_result.hpp"
#include "orbitwalk/run.hpp"
#include "spec/spec.hpp"

// The atlas: a declared matrix of (model × noise × law), each cell an ensemble held against laws. Which law holds under
// which noise, for which symmetry, with figures.
namespace orbitwalk {

/// One law in one cell, for one observable.
struct AtlasVerdict {
  LawComparison comparison;
  bool exists = true;  ///< false: the law says nothing here, for `reason`
  std::string law, observable, reason;
  bool holds_in_theory = false;
};

/// One ensemble: a model under one noise.
struct AtlasCell {
  std::string noise;
  std::string spec;  ///< as it was run, defaults filled in, as JSON
  std::vector<ObservableResult> observables;
  std::vector<AtlasVerdict> verdicts;
  std::optional<double> temperature;  ///< of the Gibbs-type laws; for SGD the effective one where it is known
  double accept_rate = -1;            ///< of a Metropolis test; negative: none
  std::vector<std::string> notes;     ///< what speaks against the run as evidence (run/evidence.hpp)
  std::uint64_t particles = 0, steps = 0, diverged = 0;
  double seconds = 0;
  std::string absent;  ///< why the cell was not run
};

struct AtlasRow {
  std::string title, symmetry;
  std::vector<AtlasCell> cells;  ///< in the order of Atlas::noises
};

struct Atlas {
  std::string title, source;  ///< the declaration's file
  std::vector<std::string> noises;
  std::vector<AtlasRow> rows;
  std::string device;
  int threads = 1;
  std::uint64_t seed = 0;
  double seconds = 0;
};

struct AtlasOptions {
  RunOptions run;                   ///< how the cells are run; of the callbacks, log and stop
  std::optional<double> particles;  ///< over the declaration's
  std::optional<std::int64_t> seed;
  std::vector<std::string> only;  ///< titles of rows; empty: all
  std::function<void(const std::string& what, std::size_t done, std::size_t all)> progress;
};

/// Runs the matrix that a file declares (docs/spec.md, "The atlas"). SpecError with the place for bad declarations;
/// Interrupted when it was stopped.
Atlas run_atlas(const Spec& declaration, const AtlasOptions& options);

/// The data behind the report.
nlohmann::ordered_json atlas_json(const Atlas& atlas);
/// The report: a matrix of verdicts, a table for each row, a sentence for each disagreement.
std::string atlas_markdown(const Atlas& atlas, const std::string& command);

}  // namespace orbitwalk
