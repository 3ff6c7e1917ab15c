// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orbitwalk/result.hpp"
#include "report/experiment.hpp"
#include "run/read/experiment.hpp"
#include "run/series.hpp"
#include "run/session.hpp"

// The published experiments (arXiv 2601.06597 v2) as ensembles: which specs they consist of, and what is asked of their
// results.
namespace orbitwalk {

/// One run of an experiment.
struct PublishedRun {
  std::string label;             ///< in tables, and the name of its folder
  std::string file;              ///< in examples/published/, without .toml
  std::uint64_t full_steps = 0;  ///< of the extended run; 0: no other than in the file
};

/// A run that has ended.
struct FinishedRun {
  std::string label;
  Experiment experiment;
  Tally tally;
  Series series;
  Result result;

  /// The last observation of each particle; NaN for those that diverged. std::invalid_argument for a name that is not
  /// observed, and where they were not kept.
  std::vector<double> last(const std::string& name) const;
  /// The values at time `index` of the series.
  std::vector<double> at(const std::string& name, std::size_t index) const;
};

struct PublishedExperiment {
  std::string name, title;
  std::vector<PublishedRun> runs;
  Findings (*analyse)(const std::vector<FinishedRun>& runs);  ///< in the order of `runs`
};

/// relu, attention, completion, spectrum, signal, gauge.
const std::vector<PublishedExperiment>& published_experiments();

/// The text of examples/published/FILE.toml as the program was built with it.
std::string published_spec(const std::string& file);

/// What becomes of it: experiment.json and its page in a report. `reduced`: what was made smaller than published.
ExperimentRecord experiment_record(const PublishedExperiment& experiment, Findings findings,
                                   const std::vector<FinishedRun>& runs, const std::string& reduced);

/// Runs one of an experiment's specs; `label` is shown with its progress. The result and the published spec go to
/// `folder`, which is created; empty: nothing is written. A finished run leaves its checkpoint, so that --resume takes it
/// up at once.
FinishedRun run_published(const PublishedRun& published, const Spec& spec, Session& session, const std::string& label,
                          const std::string& folder = "");

}  // namespace orbitwalk
