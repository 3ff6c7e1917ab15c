// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "data/data_file.hpp"
#include "orbitwalk/spec.hpp"
#include "spec/section.hpp"

// A spec as those see it that read it: a tree of values, where each came from, and which of them the program has read.
//   ... everybody reads root_section(spec).section("...") ...;  check_all_used(spec);  summary["spec"] = to_json(spec);
namespace orbitwalk {

/// Sections keep viewing the spec that they were taken from.
Section root_section(const Spec& spec);

/// The spec with the defaults filled in so far. Keys come in the order in which the program asked for them, so that
/// equal runs give equal text whatever the order in the file; keys that nobody asked for follow.
nlohmann::ordered_json to_json(const Spec& spec);

/// Reads a spec again from the `spec` of a summary.json; the rest as of Spec::from_string. SpecError when it is not an
/// object.
Spec spec_from_json(const nlohmann::ordered_json& json, const std::string& name = "summary.json",
                    const std::string& directory = "");

/// What has been read so far of the files that the spec names (read_data_file), in the order of reading.
std::vector<DataFile> files_read(const Spec& spec);

/// Throws SpecError for the first key (in the order of the file) that nobody read, with the nearest key that was asked
/// for in its section.
void check_all_used(const Spec& spec);

}  // namespace orbitwalk
