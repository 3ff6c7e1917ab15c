// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/table.hpp"

namespace orbitwalk {

/// What was read from one file that a spec names. The record of a whole spec is Spec::files_read(), and
/// Experiment::data.
struct DataFile {
  std::string role;  ///< dotted key of the spec that names it, "data.x"
  std::string path;  ///< absolute
  std::uint64_t bytes = 0;
  std::string hash;                  ///< of the bytes that were parsed, not of a later state of the file: "fnv1a64:..."
  std::vector<std::size_t> shape;    ///< rows, columns of numbers; three numbers for an .npy of three dimensions
  std::vector<std::string> names;    ///< of the columns; none where the file has no header
  std::string header;                ///< where the names come from: "line 1", "comment in line 1"; empty without names
  std::vector<std::string> skipped;  ///< what was left out of the file: "line 1", "column 0 (row names)"
  std::vector<std::string> remarks;  ///< what may be a mistake, but was read as it stands
  std::uint64_t missing = 0;         ///< missing values (NaN in the matrix)
};

/// Whether a key must, may or need not have its value in every cell.
enum class Missing { refused, accepted };

/// Reads the table in a file that no spec names, as read_data_file() does without any key.
Matrix read_table(const std::string& path, Missing missing = Missing::refused);

/// Reads the table that `key` of `section` names and records what was read, so that it is shown with the result and is
/// part of the run's identity. Every file that a spec names is read here. The value of the key is a path, or a table {
/// file = path, header = ..., skip = ..., decimal = ..., separator = ..., encoding = ..., ignore = ... }; what the
/// table does not say is taken from the same keys of `section`, except for `ignore`. Errors as in read_table; SpecError
/// for those keys.
Matrix read_data_file(const Section& section, const std::string& key, Missing missing = Missing::refused);
/// The same with all columns, and which of them are ignored; where `columns_are_named` the spec says which are used, so
/// that no column is doubtful because it lacks a name.
Table read_whole_table(const Section& section, const std::string& key, Missing missing = Missing::refused,
                       bool columns_are_named = false);
/// The path of the file that `key` of `section` names.
std::string data_path(const Section& section, const std::string& key);

}  // namespace orbitwalk
