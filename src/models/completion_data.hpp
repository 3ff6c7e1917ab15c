// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/dataset.hpp"
#include "models/description.hpp"

namespace orbitwalk {

/// Reads the keys of `completion` (host): sizes n, m, r, singular values shown, whether each particle draws its truth,
/// rank of that truth, observed entries (0 without data); numbers keep; arrays truth (n×m), mask (n×m, 0 or 1),
/// singular values. Also samples, initial state and how SGD steps. SpecError for bad keys, and for files whose shapes
/// do not fit.
ModelDescription describe_completion(const Section& model, const DataSource& source);

}  // namespace orbitwalk
