// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/problem.hpp"

namespace orbitwalk {

/// One observable at one time, over the particles that have not diverged and whose value is finite.
struct SeriesPoint {
  std::vector<double> quantiles;  ///< at the series' levels, linear between order statistics; empty without a particle
  double mean = 0, standard_error = 0;  ///< NaN without two particles
  std::uint64_t count = 0;
};

/// The observables over time: [observe] series.
struct Series {
  std::vector<std::uint64_t> steps;  ///< increasing; 0 is the initial state
  bool logarithmic = true;
  std::vector<double> levels = {0.05, 0.25, 0.5, 0.75, 0.95};
  std::vector<std::string> names;
  std::vector<std::vector<SeriesPoint>> points;  ///< by observable, then by time
};

/// Times, names and spacing alone. Empty where the problem has no series.
Series series_without_points(const Problem& problem);

/// Sums run over particles by id, so that the bits do not depend on how the work was divided. Empty where the problem
/// has none.
Series reduce_series(const Problem& problem, const Tally& tally);

}  // namespace orbitwalk
