// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/problem.hpp"
#include "orbitwalk/observable_result.hpp"

namespace orbitwalk {

/// Times, names and spacing alone. Empty where the problem has no series.
Series series_without_points(const Problem& problem);

/// Sums run over particles by id, so that the bits do not depend on how the work was divided. Empty where the problem
/// has none.
Series reduce_series(const Problem& problem, const Tally& tally);

}  // namespace orbitwalk
