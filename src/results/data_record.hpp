// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "data/data_file.hpp"

// What was read besides the spec: in summary.json, on the terminal, and when a result is looked at again.
namespace orbitwalk {

/// `data` of summary.json, one entry per file (docs/design.md, contract).
nlohmann::ordered_json data_to_json(const std::vector<DataFile>& files);

/// The same in words, one line per file and one per remark. Paths below `directory` are shown from there.
/// json::exception when it is not `data` of a summary.
std::vector<std::string> data_lines(const nlohmann::ordered_json& data, const std::string& directory);

/// SpecError naming the first file whose content is not what the summary says it was. `files` is what is there now. A
/// summary without `data` (of an earlier version) passes.
void check_data_unchanged(const nlohmann::ordered_json& summary, const std::vector<DataFile>& files);

/// The same before anything is parsed, for the files of the summary that are still where they were.
void check_files_unchanged(const nlohmann::ordered_json& summary);

}  // namespace orbitwalk
