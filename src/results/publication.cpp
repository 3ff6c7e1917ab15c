// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/publication.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "orbitwalk/error.hpp"

namespace orbitwalk::detail {

namespace fs = std::filesystem;

namespace {

/// Attributes that only Linux tells, or 0.
std::uint64_t attributes(const std::string& path) {
#ifdef STATX_ATTR_MOUNT_ROOT
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) == 0)
    return status.stx_attributes & status.stx_attributes_mask;
#endif
  (void)path;
  return 0;
}

}  // namespace

void fail_at(const std::string& path, const std::string& what, const std::string& why) {
  throw IoError(path + ": cannot " + what + ": " + why);
}

std::string resolve_links(const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    throw SpecError("output folder: " + why + ", got \"" + path + "\"");
  };
  std::error_code error;
  fs::path name = fs::absolute(path, error);
  if (path.empty() || error || path.find('\0') != std::string::npos) refuse("expected the name of a folder to create");
  for (int links = 0;; ++links) {
    if (links == 40) refuse("expected a name without circular links");
    if (!name.has_filename()) name = name.parent_path();
    // Links along the way are followed before ".." is applied, as the system does.
    if (name.filename() == "." || name.filename() == "..") name = fs::weakly_canonical(name, error);
    else name = fs::weakly_canonical(name.parent_path(), error) / name.filename();
    if (error) fail_at(name.string(), "find the folder", error.message());
    if (!name.has_filename()) refuse("expected the name of a folder to create");
    const fs::file_type type = fs::symlink_status(name, error).type();
    if (type == fs::file_type::none) fail_at(name.string(), "look at the folder", error.message());
    if (type != fs::file_type::symlink) return name.string();
    const fs::path target = fs::read_symlink(name, error);
    if (error) fail_at(name.string(), "read the link", error.message());
    name = name.parent_path() / target;
  }
}

std::string resolve_folder(const std::string& path) {
  std::error_code error;
  const fs::path name = resolve_links(path);
  const fs::path here = fs::current_path(error);
  const auto relative = error ? fs::path("..") : here.lexically_relative(name);
  if (*relative.begin() != "..")
    throw SpecError(
        name.string() + ": " + (here == name ? "is the working directory" : "contains the working directory") +
        ", which cannot be exchanged for the result; give the name of a folder to create in it, such as --out " + path +
        (path.back() == '/' ? "" : "/") + "result");
  return name.string();
}

bool is_mount_point(const std::string& path) {
#ifdef STATX_ATTR_MOUNT_ROOT
  if (attributes(path) & STATX_ATTR_MOUNT_ROOT) return true;
#endif
  struct stat inner {
  }, outer{};
  return ::lstat(path.c_str(), &inner) == 0 && ::stat((path + "/..").c_str(), &outer) == 0 &&
         inner.st_dev != outer.st_dev;
}

void check_replaceable(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  if (is_mount_point(path))
    throw SpecError(path +
                    ": is a mount point, which cannot be exchanged for the result; give the name of a folder to create "
                    "in it, such as --out " +
                    path + "/result");
  if (::access(parent.c_str(), W_OK | X_OK) != 0)
    fail_at(parent, "write to the folder",
            std::string(std::strerror(errno)) + ", and the result is assembled there" +
                (::access(path.c_str(), W_OK | X_OK) == 0
                     ? "; give the name of a folder to create, such as --out " + path + "/result"
                     : ""));
  struct stat inner {
  }, outer{};
  if (::lstat(path.c_str(), &inner) != 0 || !S_ISDIR(inner.st_mode)) return;
  const uid_t user = ::geteuid();
  const bool sticky = ::stat(parent.c_str(), &outer) == 0 && (outer.st_mode & S_ISVTX) && user != 0 &&
                      user != inner.st_uid && user != outer.st_uid;
  bool fixed = false;
#ifdef STATX_ATTR_IMMUTABLE
  fixed = (attributes(path) | attributes(parent)) & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND);
#endif
  if (sticky || fixed)
    fail_at(path, "replace the folder",
            std::string(sticky ? "it belongs to another user" : "it is marked immutable") + "; choose another name");
}

void flush(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_at(path, "flush to the disk", std::strerror(errno));
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  // Some file systems refuse to flush a folder; there is nothing more to be done then.
  if (result != 0 && error != EINVAL && error != ENOTSUP) fail_at(path, "flush to the disk", std::strerror(error));
}

void flush_tree(const std::string& path) {
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file() || entry.is_directory()) flush(entry.path().string());
  } catch (const fs::filesystem_error& failure) {
    fail_at(path, "read the folder", failure.code().message());
  }
  flush(path);
}

bool rename_to(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) return false;
  fail_at(from, "rename to " + to, std::strerror(errno));
}

bool exchange(const std::string& one, const std::string& other) {
#ifdef RENAME_EXCHANGE
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
    fail_at(one, "exchange with " + other, std::strerror(errno));
#else
  (void)one, (void)other;
#endif
  return false;
}

}  // namespace orbitwalk::detail
