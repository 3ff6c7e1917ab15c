// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// The system's part in giving a folder its final name.
namespace orbitwalk::detail {

/// IoError: "PATH: cannot WHAT: WHY".
[[noreturn]] void fail_at(const std::string& path, const std::string& what, const std::string& why);

/// The absolute path that a name given by the user stands for, links followed to where they lead, existing or not.
/// SpecError: no name, or circular links.
std::string resolve_links(const std::string& path);
/// The same for a folder that is to be replaced. SpecError also: the working directory, or one above it.
std::string resolve_folder(const std::string& path);

/// Refuses what a rename to `path` in its parent folder would meet: SpecError for a mount point, IoError for
/// permissions.
void check_replaceable(const std::string& path);
/// A mount point, or a folder on another file system than the folder it is in.
bool is_mount_point(const std::string& path);

/// Flushes a file or a folder to the disk. IoError.
void flush(const std::string& path);
/// Flushes everything below a folder, and the folder.
void flush_tree(const std::string& path);

/// Renames; false where something is in the way (a folder that is not empty). IoError.
bool rename_to(const std::string& from, const std::string& to);
/// Exchanges two folders in one step, or false where the file system has no such thing. IoError.
bool exchange(const std::string& one, const std::string& other);

}  // namespace orbitwalk::detail
