// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "run/read/experiment.hpp"

// What was asked for, to tell a finished result of the same.
namespace orbitwalk {

/// {`spec` (as asked for, before a pilot or `accuracy` filled in anything), `options` (on which numbers depend), `files`
/// [`role`, `path`, `hash`]}.
nlohmann::ordered_json request_of(const nlohmann::ordered_json& spec, const Experiment& experiment,
                                  const nlohmann::ordered_json& options);

/// Whether that is more than a summary's complete `spec` says.
bool says_more(const nlohmann::ordered_json& request, const nlohmann::ordered_json& spec);

/// How the request of a finished result in `folder` differs from one of now, whatever the build; empty: there is
/// nothing to do. IoError where there is no summary.
std::vector<std::string> differs_from_finished(const std::string& folder, const nlohmann::ordered_json& request);

}  // namespace orbitwalk
