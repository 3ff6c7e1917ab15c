// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/result_dir.hpp"

// Which files this program writes into result folders, and nothing else does: only those are ever deleted.
namespace orbitwalk::detail {

constexpr const char* partial_marker = ".orbitwalk-partial";    ///< a partial folder is ours
constexpr const char* finished_marker = ".orbitwalk-finished";  ///< and holds a complete result

/// `checkpoint`, `checkpoint-LABEL`, or the temporary file of one.
bool is_checkpoint(std::string_view name);

/// The file that every complete result of the kind has.
std::string_view proof_name(ResultKind kind);
/// What is wrong with a folder as a result of the kind; empty: it is one.
std::string why_no_result(const std::string& folder, ResultKind kind);
/// A fingerprint of the contents of a result's proof; empty without a proof.
std::string fingerprint(const std::string& folder, ResultKind kind);

/// Whether a file is what `orbitwalk atlas` writes, the page (.md) or the data (.json).
bool is_atlas(const std::string& path);

/// What may lie below a folder: a result, or a partial folder with a result below it.
struct Layout {
  ResultKind kind = ResultKind::run;
  std::vector<std::string> folders = {};  ///< of a result, relative: with an experiment or a run in each
  bool partial = false;
};

/// Whether this program writes a regular file of that path relative to such a folder.
bool is_own(const std::string& relative, const Layout& layout);

/// Paths below the folder, relative to it, of what this program has not written; at most `most`. IoError.
std::vector<std::string> foreign_files(const std::string& folder, const Layout& layout, std::size_t most);

/// Removes what this program has written, and the folders that this empties. Returns what failed first, or "".
std::string remove_own_files(const std::string& folder, const Layout& layout);

/// True also for a dangling link. IoError when that cannot be found out.
bool exists(const std::string& path);
bool is_folder(const std::string& path);
bool is_empty_folder(const std::string& path);

}  // namespace orbitwalk::detail
