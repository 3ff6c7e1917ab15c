// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "compare/compare.hpp"
#include "compare/sample.hpp"
#include "orbitwalk/result.hpp"
#include "run/read/experiment.hpp"

// The results of a run held against its laws, as [compare] asks for.
namespace orbitwalk {

/// What the laws are held against: the results, extrapolated to a shell of no width where there are results at a second
/// one. A result without a value (all particles diverged) gives a sample without cells.
std::vector<Sample> samples_of(const std::vector<ObservableResult>& results,
                               const std::vector<ObservableResult>& at_second_shell, const CompareSettings& settings);

/// Each law held against the observable it is a law of, p-values adjusted over all that are expected. A sample without
/// cells gives "inconclusive".
std::vector<LawComparison> compare_all(const std::vector<Law>& laws, const std::vector<Sample>& samples,
                                       const CompareSettings& settings);

/// Laws named under `expect` that were rejected somewhere.
std::vector<std::string> rejected_expectations(const CompareSettings& settings,
                                               const std::vector<LawComparison>& comparisons);

/// Mean density of a law over each bin, per unit of the observable; NaN for a law that does not exist.
std::vector<double> law_density(const Law& law, const std::vector<double>& edges);

/// Formula, window and density of each law, over the bins of its observable, for reports. One comparison per law.
void describe_laws(std::vector<LawComparison>& comparisons, const std::vector<Law>& laws,
                   const std::vector<ObservableResult>& results);

}  // namespace orbitwalk
