// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compile/cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "orbitwalk/error.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk::compile {

namespace fs = std::filesystem;

namespace {

constexpr const char* kEnding = ".kernel";
constexpr const char* kLock = ".lock";
constexpr const char* kAside = "aside-";
constexpr std::int64_t kAbandoned = 24 * 3600;  // seconds after which a file that was left aside is nobody's

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// A folder that is removed with all that is in it.
class Aside {
 public:
  /// In `parent`; empty path where it cannot be made.
  explicit Aside(const std::string& parent) {
    std::string pattern = parent + "/" + kAside + "XXXXXX";
    if (::mkdtemp(pattern.data())) path_ = pattern;
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// One process at a time, as far as the file system knows locks.
class Lock {
 public:
  explicit Lock(const std::string& path) : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ >= 0) {
      while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) continue;
    }
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() {
    if (file_ >= 0) ::close(file_);
  }

 private:
  int file_;
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string fingerprint(const std::string& bytes) { return "\n" + fnv1a(bytes); }

/// Whether the file is the user's own and whole.
bool is_whole(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() ||
      (status.st_mode & (S_IWGRP | S_IWOTH)))
    return false;
  std::string bytes = contents(path);
  const std::size_t length = fingerprint("").size();
  if (bytes.size() < length) return false;
  const std::string end = bytes.substr(bytes.size() - length);
  bytes.resize(bytes.size() - length);
  return end == fingerprint(bytes);
}

/// Appends the fingerprint and flushes; false where the disk refuses.
bool seal(const std::string& path) {
  const std::string end = fingerprint(contents(path));
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, end.data(), end.size()) == ssize_t(end.size()) && ::fsync(file) == 0;
  return ::close(file) == 0 && written;
}

bool make_folder(const std::string& path) {
  if (path.empty()) return false;
  std::error_code error;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  ::mkdir(path.c_str(), 0700);
  return ::access(path.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

std::string cache_folder() {
  if (const std::string own = variable("ORBITWALK_CACHE"); !own.empty()) return own;
  if (const std::string base = variable("XDG_CACHE_HOME"); !base.empty() && base[0] == '/') return base + "/orbitwalk";
  if (const std::string home = variable("HOME"); !home.empty()) return home + "/.cache/orbitwalk";
  return "";
}

Cache::Cache(std::string folder, std::uint64_t limit) : folder_(std::move(folder)), limit_(limit) {}

std::optional<std::string> Cache::find(const std::string& name) const {
  if (folder_.empty()) return {};
  const std::string path = folder_ + "/" + name + kEnding;
  if (!is_whole(path)) return {};
  ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now
  return path;
}

void Cache::with_file(const std::string& name, const std::function<void(const std::string& path)>& make,
                      const std::function<void(const std::string& path)>& use) const {
  if (const auto found = find(name)) return use(*found);
  if (make_folder(folder_)) {
    const Lock lock(folder_ + "/" + name + kLock);
    if (const auto found = find(name)) return use(*found);
    const Aside aside(folder_);
    if (!aside.path().empty()) {
      const std::string path = aside.path() + "/" + name;
      make(path);
      const std::string kept = folder_ + "/" + name + kEnding;
      if (!seal(path) || ::chmod(path.c_str(), 0600) != 0 || ::rename(path.c_str(), kept.c_str()) != 0)
        return use(path);
      ::unlink((folder_ + "/" + name + kLock).c_str());
      trim();
      return use(kept);
    }
  }
  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  const Aside aside(error ? "/tmp" : temporary.string());
  if (aside.path().empty()) throw IoError("no folder to compile in: neither " + folder_ + " nor the temporary folder");
  make(aside.path() + "/" + name);
  use(aside.path() + "/" + name);
}

std::vector<CacheEntry> Cache::entries() const {
  std::vector<CacheEntry> all;
  std::error_code error;
  for (fs::directory_iterator at(folder_.empty() ? "." : folder_, error), end; !error && at != end;
       at.increment(error)) {
    struct stat status {};
    const std::string path = at->path().string();
    if (folder_.empty() || at->path().extension() != kEnding || ::stat(path.c_str(), &status) != 0) continue;
    all.push_back({at->path().stem().string(), std::uint64_t(status.st_size), std::int64_t(status.st_mtime)});
  }
  std::sort(all.begin(), all.end(), [](const CacheEntry& a, const CacheEntry& b) { return a.used > b.used; });
  return all;
}

void Cache::trim() const {
  std::uint64_t total = 0;
  for (const CacheEntry& entry : entries()) {
    total += entry.bytes;
    if (total > limit_) ::unlink((folder_ + "/" + entry.name + kEnding).c_str());
  }
  // What killed processes left.
  const std::int64_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    struct stat status {};
    const std::string path = at->path().string();
    if (::stat(path.c_str(), &status) != 0 || now - status.st_mtime < kAbandoned) continue;
    std::error_code ignored;
    if (at->path().filename().string().rfind(kAside, 0) == 0) fs::remove_all(at->path(), ignored);
    else if (at->path().extension() == kLock) fs::remove(at->path(), ignored);
  }
}

std::size_t Cache::clear() const {
  std::size_t removed = 0;
  for (const CacheEntry& entry : entries()) removed += ::unlink((folder_ + "/" + entry.name + kEnding).c_str()) == 0;
  return removed;
}

}  // namespace orbitwalk::compile
