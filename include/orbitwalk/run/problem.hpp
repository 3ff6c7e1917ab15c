// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/backends/problem.hpp"
#include "orbitwalk/io/spec.hpp"

namespace orbitwalk {

/// The problem of a spec, with all histogram ranges known (found by a pilot run where the spec has none).
Problem build_problem(const Spec& spec);

/// Histogram cells and moment centres for observed[i] from edges low..high.
void set_range(Problem& problem, std::size_t i, int bins, double low, double high);

/// Finds the ranges that are missing from the smallest and largest values of a pilot run of the first particles.
void find_ranges(Problem& problem, const std::vector<bool>& missing);

}  // namespace orbitwalk
