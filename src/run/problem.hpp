// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/result.hpp"
#include "run/read/experiment.hpp"
#include "spec/spec.hpp"

namespace orbitwalk {

/// The problem of a spec, with all histogram ranges known (found by a pilot run where the spec has none).
Problem build_problem(const Spec& spec);

/// Histogram cells and moment centres for observed[i] from edges low..high.
void set_range(Problem& problem, std::size_t i, int bins, double low, double high);

/// The run that finds ranges: the first particles of the problem (1024), so that it is the same on every backend, over
/// the same times, but for at most pilot_steps steps: of a longer run, 16 times between burn-in, or half of
/// pilot_steps, and pilot_steps.
Problem pilot_of(const Problem& problem);
inline constexpr std::uint64_t pilot_steps = 20000;

/// Sets the ranges that are missing from the smallest and largest values that a complete pilot saw, with a margin of 15
/// % of the width on each side, 50 % where the pilot was shorter than the run.
void set_ranges(Problem& problem, const std::vector<bool>& missing, const Problem& pilot, const Tally& tally);

/// Runs a pilot where a range is missing. `run` returns the tally of a problem's whole run, or nothing where it was
/// stopped; this then returns false. Without it, all cores of this machine do it.
bool find_ranges(Problem& problem, const std::vector<bool>& missing,
                 const std::function<std::optional<Tally>(const Problem&)>& run = {});

/// A note for each observable of whose values more than 1 % lie outside the range that a pilot found, with the remedy.
std::vector<std::string> range_notes(const Experiment& experiment, const std::vector<ObservableResult>& results);

}  // namespace orbitwalk
