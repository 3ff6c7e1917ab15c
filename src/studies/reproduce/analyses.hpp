// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "studies/reproduce/published.hpp"

namespace orbitwalk::reproduce {

Findings analyse_relu(const std::vector<FinishedRun>& runs);
Findings analyse_attention(const std::vector<FinishedRun>& runs);
Findings analyse_completion(const std::vector<FinishedRun>& runs);
Findings analyse_spectrum(const std::vector<FinishedRun>& runs);
Findings analyse_signal(const std::vector<FinishedRun>& runs);
Findings analyse_gauge(const std::vector<FinishedRun>& runs);

/// The series' times as the x of a chart: steps, with 0 shown at half a step where the axis is logarithmic.
std::vector<double> times_of(const Series& series);
/// Median and bands of an observable over time.
Layer fan_of(const FinishedRun& run, const std::string& name, const std::string& label, int style);
/// How many particles the run has that did not diverge, and a sentence on those that did.
std::string about_seeds(const FinishedRun& run);
/// Whether all seeds have the same problem: data from files, or one instance for all.
bool same_for_all(const FinishedRun& run);

}  // namespace orbitwalk::reproduce
