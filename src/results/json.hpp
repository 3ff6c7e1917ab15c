// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "orbitwalk/result.hpp"

// summary.json and the record that it is the text of (docs/design.md, contract). JSON is known here and nowhere else of what
// deals with results; results/summary_file.hpp reads and writes the file.
namespace orbitwalk {

/// Keys in the order of the contract; those that have nothing to say are left out, and numbers that do not exist are null.
nlohmann::ordered_json to_json(const Result& result);

/// The inverse: to_json(result_from_json(json)) is json, for what this version wrote. Keys that earlier versions did not
/// write may be missing, and unknown ones are passed over. What is not part of a summary is as in a new record, null is NaN.
/// IoError ("not a summary of orbitwalk: ...", or what has the wrong shape) for anything else.
Result result_from_json(const nlohmann::ordered_json& json);

/// True or false, or null where nothing was tested.
nlohmann::ordered_json stationary_to_json(Stationarity stationary);

}  // namespace orbitwalk
