// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace orbitwalk {

/// Takes NaN and infinite values out: those of particles that diverged.
template <class R>
void drop_non_finite(std::vector<R>& values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](R x) { return !std::isfinite(x); }), values.end());
}

/// The quantile at `level` in [0, 1] of increasing values, at least one: linear between order statistics, the least
/// value at 0 and the largest at 1.
template <class R>
double quantile_of_sorted(const std::vector<R>& values, double level) {
  const double position = level * double(values.size() - 1);
  const auto low = std::size_t(position), high = std::min(low + 1, values.size() - 1);
  const double share = position - double(low);
  return (1 - share) * double(values[low]) + share * double(values[high]);
}

}  // namespace orbitwalk
