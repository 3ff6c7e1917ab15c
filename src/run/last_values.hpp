// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "backends/problem.hpp"

namespace orbitwalk {

/// Every particle's last observation of the quantity `observed` (NaN: diverged); none with [observe] quantiles = false.
inline std::vector<double> last_values(const Problem& problem, const Tally& tally, std::size_t observed) {
  const std::size_t n = problem.plan.particles, from = observed * n;
  if (!tally.last_double.empty())
    return {tally.last_double.begin() + long(from), tally.last_double.begin() + long(from + n)};
  if (!tally.last_float.empty())
    return {tally.last_float.begin() + long(from), tally.last_float.begin() + long(from + n)};
  return {};
}

}  // namespace orbitwalk
