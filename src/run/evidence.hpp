// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "orbitwalk/observable_result.hpp"
#include "run/blow_up.hpp"
#include "run/lost_increments.hpp"

namespace orbitwalk {

/// What speaks against a run as evidence for anything, besides its results.
struct Evidence {
  std::optional<BlowUp> blow_up;
  std::optional<LostIncrements> lost_increments;
  std::uint64_t lost = 0;          ///< particles that diverged or blew up
  std::vector<std::string> notes;  ///< in words, for people
};

/// Looks at a finished run; `results` are told where increments are lost.
Evidence gather_evidence(const Problem& problem, const Tally& tally, std::vector<ObservableResult>& results);

}  // namespace orbitwalk
