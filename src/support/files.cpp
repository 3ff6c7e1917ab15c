// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "orbitwalk/error.hpp"
#include "support/memory.hpp"

namespace orbitwalk {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
  throw IoError(path + ": cannot " + what + ": " + std::strerror(error));
}

/// A file descriptor. close() reports errors (delayed writes fail there); the destructor only releases.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  int close() {
    const int result = ::close(fd);
    fd = -1;
    return result;
  }
};

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "write", errno);
    if (n == 0) fail(path, "write", ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// Pipes and devices have nothing to flush and say so.
void flush(int fd, const std::string& path) {
  if (::fsync(fd) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) fail(path, "flush to the disk", errno);
}

void write_to(const std::string& path, std::string_view bytes) {
  Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  if (file.fd < 0) fail(path, "create", errno);
  write_all(file.fd, bytes, path);
  flush(file.fd, path);
  if (file.close() != 0) fail(path, "close", errno);
}

}  // namespace

// What is made of the bytes takes as much again at least.
std::uint64_t readable_bytes() { return static_cast<std::uint64_t>(memory_limit().bytes / 2); }

std::string read_file(const std::string& path, std::uint64_t most) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would never end.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.fd < 0 && errno == ENXIO) throw IoError(path + ": not a file but a socket or a device");
  if (file.fd < 0) fail(path, "open", errno);
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) fail(path, "read", errno);
  if (S_ISDIR(status.st_mode)) fail(path, "read", EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw IoError(path + ": not a file but a " +
                  (S_ISFIFO(status.st_mode) ? "pipe; save its output to a file first" : "device"));
  }
  most = std::min(most, readable_bytes());
  const auto too_large = [&] {
    throw IoError(path + ": larger than " + std::to_string(most) +
                  " bytes, the most that is read from such a file here");
  };
  if (static_cast<std::uint64_t>(status.st_size) > most) too_large();
  std::string bytes;
  // The size is a hint only: the file may grow meanwhile, and files under /proc claim to be empty.
  std::size_t filled = 0;
  bytes.resize(static_cast<std::size_t>(status.st_size) + 1);
  for (;;) {
    if (filled == bytes.size()) bytes.resize(std::max<std::size_t>(65536, 2 * bytes.size()));
    const ssize_t n = ::read(file.fd, bytes.data() + filled, bytes.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "read", errno);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
    if (filled > most) too_large();
  }
  bytes.resize(filled);
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) { write_to(path, bytes); }

void write_file_atomically(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".tmp") {}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::open(int flags) {
  fd_ = ::open(temporary_.c_str(), flags | O_CLOEXEC, 0666);
  if (fd_ < 0) fail(temporary_, "create", errno);
}

void AtomicFile::write(std::string_view bytes) {
  if (fd_ < 0) open(O_WRONLY | O_CREAT | O_TRUNC);
  write_all(fd_, bytes, temporary_);
}

void AtomicFile::commit() {
  if (fd_ < 0) open(O_RDWR);
  flush(fd_, temporary_);
  if (::close(std::exchange(fd_, -1)) != 0) fail(temporary_, "close", errno);
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) fail(path_, "write", EISDIR);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "replace", errno);
  committed_ = true;
  // The rename itself survives a crash only once the folder is on the disk.
  const auto slash = path_.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
  Descriptor parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.fd >= 0) flush(parent.fd, folder);
}

}  // namespace orbitwalk
