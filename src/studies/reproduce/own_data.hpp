// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "studies/reproduce/published.hpp"

// A published experiment on the files of a folder instead of on drawn problems. Files are NAME.npy, .csv, .tsv or .txt:
//   spectrum    times (N) or design (N × c, columns cos(2πkt)); measurements (N); truth (c), if known
//   signal      design (N × c); measurements (N); truth (c), if known
//   completion  truth (n × m), or observed (the same, known in the observed entries only); mask (n × m of 0 and 1)
//   relu        inputs and targets (one sample per row); or teacher_W (h × n) and teacher_V (h × m), a teacher that labels fresh inputs
//   attention   inputs, targets (one sample per row)
// and the start of every run of the experiment, if all runs are to share it: start_w (spectrum, signal), start_p and
// start_q (the same), start_P and start_Q (completion), start_W and start_V (relu), start_theta (attention);
// models/parameter_parts.hpp.
namespace orbitwalk {

/// The experiment with the runs that make sense on the files: for completion a single one, with the files' mask; for
/// signal one start fewer if the files give it. IoError for a folder that is missing or has files that are not of this
/// experiment; SpecError for an experiment that takes no data.
PublishedExperiment on_own_data(PublishedExperiment experiment, const std::string& folder);

/// The spec of one of its runs on the files: [data] names them, [model] has their sizes, [observe] what exists at these
/// sizes, with ranges from a pilot run, [ensemble] the start. Where nothing is random any more there is a single
/// particle. IoError for a file that is missing, SpecError (named `name`) for one that does not fit.
nlohmann::ordered_json with_own_data(nlohmann::ordered_json spec, const std::string& experiment,
                                     const std::string& folder, const std::string& name);

/// A sentence on which files were used.
std::string about_own_data(const std::string& experiment, const std::string& folder);

}  // namespace orbitwalk
