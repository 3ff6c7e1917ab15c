// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/data_file.hpp"
#include "orbitwalk/result.hpp"

// What was read besides the spec: in summary.json, on the terminal, and when a result is looked at again.
namespace orbitwalk {

/// What is kept of each file: all but the names of columns beyond the eighth.
std::vector<DataRecord> data_records(const std::vector<DataFile>& files);

/// The same in words, one line per file and one per remark. Paths below `directory` are shown from there.
std::vector<std::string> data_lines(const std::vector<DataRecord>& data, const std::string& directory);

/// SpecError naming the first file whose content is not what the result says it was. `files` is what is there now. A
/// result without data (of an earlier version) passes.
void check_data_unchanged(const std::vector<DataRecord>& data, const std::vector<DataFile>& files);

/// The same before anything is parsed, for the files of the result that are still where they were.
void check_files_unchanged(const std::vector<DataRecord>& data);

}  // namespace orbitwalk
