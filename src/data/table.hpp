// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/data.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {

/// What is said about a data file besides its name. Whatever is not said is detected, and the file is refused where
/// that leaves a doubt.
struct TableFormat {
  std::optional<bool> header;                    ///< whether the first line names the columns
  std::optional<std::vector<std::size_t>> skip;  ///< lines, numbered from 1, that are left out unread
  std::optional<char> decimal;                   ///< '.' or ','
  std::optional<char> separator;                 ///< ' ' is any run of blanks
  std::string encoding;                          ///< one of encoding_names(); empty: a byte order mark, else UTF-8
  std::optional<std::vector<std::string>>
      ignore;                    ///< columns left out, by name or index from 0; given but empty: all columns are meant
  bool missing = false;          ///< values may be missing ("", NA, NaN): they become NaN
  std::string keys = "[data] ";  ///< in front of the keys that messages name
};

/// A table and what was made of its file.
struct Table {
  Matrix matrix;                     ///< of all columns; those ignored hold 0
  std::vector<bool> ignored;         ///< columns
  std::vector<std::size_t> shape;    ///< that of an .npy file; else rows × columns that are not ignored
  std::string header;                ///< "line 1", "comment in line 1": where the names come from; empty: none
  std::vector<std::string> skipped;  ///< what was left out: "line 1", "column 0 (row names)"
  std::vector<std::string> remarks;  ///< what may be a mistake, but is read as it stands

  /// The columns that are not ignored.
  Matrix kept() const;
};

/// Text: see docs/spec.md, [data]. IoError names the file, line and column, what was expected, and the key that settles
/// a doubt.
Table parse_text(const std::string& bytes, const std::string& name, const TableFormat& format);
/// .npy, versions 1 to 3: bool, integers, float16, float32, float64; one to three dimensions; either order. The third
/// and the second dimension become one: row s holds [s, 0, 0], [s, 0, 1], ...
Table parse_array(const std::string& bytes, const std::string& name, bool missing = false);

/// The bytes as UTF-8, without a byte order mark. IoError where they are not of that encoding.
std::string decoded(const std::string& bytes, const std::string& encoding, const std::string& name,
                    const std::string& keys);
const std::vector<std::string>& encoding_names();

namespace detail {
[[noreturn]] inline void refuse(const std::string& name, const std::string& message) {
  throw IoError(name + ": " + message);
}
}  // namespace detail

}  // namespace orbitwalk
