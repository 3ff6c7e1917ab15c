// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace orbitwalk::cli {

/// The spec of a published experiment on the files of a folder instead of problems that are drawn: [data] names them, [model] has
/// their sizes, and [observe] keeps what exists at these sizes, with ranges from a pilot run. Files, NAME.npy or NAME.csv:
///   linear, hadamard, mapped_hadamard   design (N × c), measurements (N), truth (c)
///   completion                          truth (n × m), mask (n × m of 0 and 1)
///   relu, attention                     inputs, targets (a sample a row)
/// IoError for a folder or file that is missing or unreadable.
nlohmann::ordered_json with_own_data(nlohmann::ordered_json spec, const std::string& folder);

}  // namespace orbitwalk::cli
