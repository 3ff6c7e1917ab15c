// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/chart.hpp"
#include "report/experiment.hpp"

// Charts and experiments as JSON: what the drawer takes, and experiment.json (docs/design.md, Reports).
namespace orbitwalk {

/// The keys are the names of the members, `kind` is the enumerator's name; what is empty or as by default is left out.
nlohmann::ordered_json chart_to_json(const Chart& chart);

/// The inverse; unknown keys are passed over. IoError for what cannot be drawn (lengths that differ, an unknown kind or
/// scale, no panel), with `where` in front.
Chart chart_from_json(const nlohmann::ordered_json& json, const std::string& where);

nlohmann::ordered_json experiment_to_json(const ExperimentRecord& experiment);

/// The inverse, of what any program may have written: cells of tables may be any value, and all but `name` and `title` may
/// be missing. IoError with `where` in front.
ExperimentRecord experiment_from_json(const nlohmann::ordered_json& json, const std::string& where);

}  // namespace orbitwalk
