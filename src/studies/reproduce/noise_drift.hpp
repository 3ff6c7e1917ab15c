// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "studies/reproduce/published.hpp"

namespace orbitwalk::reproduce {

/// How far gradient noise has moved the imbalances I_j = |v_j|² - |w_j|² of a ReLU network n -> hidden -> m, against
/// what it does at white inputs (docs/theory.md, section 5): in a step of size h with batches of B, residual variance
/// s² of an output, strength S and ratio ρ,
///   ΔI = κ h² s²/(2B) (m |w|² - n |v|²) = κ h² s²/(2B) S (m/ρ - n ρ),
/// κ = 1 where the residual does not depend on the input (label noise) and (n + 2)/n where it is proportional to its
/// length (misfit). The table has κ = Σ_j (change of I_j) / Σ_j (what κ = 1 gives), seed by seed, over parts of the
/// run. s² is 2L/m + (label noise)². Nothing where that does not apply: inputs that are not fresh normal numbers,
/// momentum, weight decay, fewer than three times.
std::optional<FindingsTable> noise_drift(const FinishedRun& run);

}  // namespace orbitwalk::reproduce
