// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orbitwalk {

/// The most that is read from one file: half of the memory.
std::uint64_t readable_bytes();

/// The whole content of a regular file. IoError: missing, a directory, a pipe or device (which might never end, or
/// never begin), unreadable, larger than `most` bytes or than readable_bytes().
std::string read_file(const std::string& path, std::uint64_t most = std::uint64_t{1} << 36);

/// Replaces a file so that a reader, or a crash at any time, sees either the old content or the new: the bytes go to
/// `path` + ".tmp", are flushed to the disk, and that file is renamed. IoError names the file when anything fails (disk
/// full included); the temporary file is then removed and the old file untouched.
void write_file_atomically(const std::string& path, std::string_view bytes);

/// The same for a file that is written in pieces, or by a library under the temporary name: it appears under its own
/// name at commit(), complete, or not at all. IoError from every function, naming the file.
class AtomicFile {
 public:
  /// `path` + ".tmp" is created by the first write(), so that a library may create it instead.
  explicit AtomicFile(std::string path);
  /// Removes the temporary file unless commit() was called.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& temporary() const { return temporary_; }
  void write(std::string_view bytes);
  /// Flushes what is in the temporary file to the disk and gives it its name.
  void commit();

 private:
  void open(int flags);

  std::string path_, temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

/// Writes to a path directly, creating or truncating it, for what cannot be renamed (a device, a pipe). IoError.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace orbitwalk
