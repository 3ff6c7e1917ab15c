// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orbitwalk/result.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

/// What a finished run says, in sentences, most important first: which noise, which laws it bears out or rejects and by
/// how much, then what limits that (an expected law that was rejected, samples that are not or may not be stationary,
/// diverged particles). Each sentence rests on the numbers of `result` and repeats their verdicts, never forms its own.
std::vector<std::string> conclusion(const Experiment& experiment, const Result& result);

/// Sentences on the observables that are not shown to be stationary, one for each reason: "w1, w2: stationarity not
/// tested: ...".
std::vector<std::string> stationarity_reasons(const std::vector<ObservableResult>& observables);

/// What was claimed of an experiment, and what its ensemble says about it.
struct Claim {
  std::string claim, measured;
  std::optional<bool> holds;  ///< nothing: the ensemble does not decide it
  std::string detail;
};

/// How many claims hold, and which do not. Empty without claims.
std::string claims_in_words(const std::vector<Claim>& claims);

}  // namespace orbitwalk
