// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orbitwalk/io/data.hpp"

namespace orbitwalk {

/// What was read from one file that a spec names. The record of a whole spec is Spec::files_read(), and Experiment::data.
struct DataFile {
  std::string role;                 ///< dotted key of the spec that names it, "data.x"
  std::string path;                 ///< absolute
  std::uint64_t bytes = 0;
  std::string hash;                 ///< of the bytes that were parsed, not of a later state of the file: "fnv1a64:..."
  std::vector<std::size_t> shape;   ///< rows, columns of numbers; three numbers for an .npy of three dimensions
  std::vector<std::string> names;   ///< of the columns; none where the file has no header
  std::string header;               ///< where the names come from: "line 1", "comment in line 1"; empty without names
  std::vector<std::string> skipped; ///< what of the file was left out: "line 1 (skip)", "column 0 (row names)"
};

/// Reads the table that `key` of `section` names and records what was read, so that it is shown with the result and is part of
/// the run's identity. Every file that a spec names is read by this. Errors as of read_table.
Matrix read_data_file(const Section& section, const std::string& key);

}  // namespace orbitwalk
