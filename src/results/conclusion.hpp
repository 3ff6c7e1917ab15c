// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "run/read/experiment.hpp"

namespace orbitwalk {

/// What a finished run says, in sentences, most important first: which noise, which laws it bears out or rejects and by
/// how much, then what limits that (an expected law that was rejected, samples that are not or may not be stationary,
/// diverged particles). Each sentence rests on the tables of `summary` (docs/design.md, summary.json) and repeats their
/// verdicts, never forms its own. Throws Json exceptions for a summary without those tables.
std::vector<std::string> conclusion(const Experiment& experiment, const nlohmann::ordered_json& summary);

/// The same for the claims of a published experiment [{claim, holds}]: how many hold, and which do not. Empty without
/// claims.
std::string claims_in_words(const nlohmann::ordered_json& claims);

}  // namespace orbitwalk
