// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/io/result_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "orbitwalk/core/error.hpp"

namespace orbitwalk {

namespace fs = std::filesystem;

namespace {

/// Marks a partial folder as ours, so that nothing else of that name is ever cleared.
constexpr const char* marker = ".orbitwalk-partial";

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& why) {
  throw IoError(path + ": cannot " + what + ": " + why);
}

fs::file_status status_of(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) fail(path, "look at the folder", error.message());
  return status;
}

bool is_empty(const std::string& path) {
  std::error_code error;
  const bool empty = fs::is_empty(path, error);
  if (error) fail(path, "read the folder", error.message());
  return empty;
}

void flush(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, "flush to the disk", std::strerror(errno));
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  // Some file systems refuse to flush a folder; there is nothing more to be done then.
  if (result != 0 && error != EINVAL && error != ENOTSUP) fail(path, "flush to the disk", std::strerror(error));
}

void rename_to(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail(from, "rename to " + to, std::strerror(errno));
}

}  // namespace

ResultDirectory::ResultDirectory(const std::string& path, bool force, bool resume, std::string_view proof) : force_(force) {
  std::error_code error;
  fs::path normal = fs::absolute(path, error).lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  if (path.empty() || error || !normal.has_filename() || path.find('\0') != std::string::npos)
    throw SpecError("output folder: expected the name of a folder to create, got \"" + path + "\"");
  final_ = normal.string();
  partial_ = final_ + ".partial";

  if (const fs::file_status status = status_of(final_); fs::exists(status)) {
    if (!fs::is_directory(status)) fail(final_, "create the result folder", "a file of that name is in the way");
    if (!is_empty(final_)) {
      if (!fs::exists(status_of(final_ + "/" + std::string(proof))))
        throw SpecError(final_ + ": the folder exists and holds no result of this program; choose another");
      if (!force) throw SpecError(final_ + ": a result exists already; use --force to replace it");
    }
  }
  fs::create_directories(normal.parent_path(), error);
  if (error) fail(normal.parent_path().string(), "create the folder", error.message());

  const bool found = fs::exists(status_of(partial_));
  if (found && !fs::is_directory(status_of(partial_)))
    fail(partial_, "create the folder", "a file of that name is in the way");
  if (!found && ::mkdir(partial_.c_str(), 0777) != 0 && errno != EEXIST)
    fail(partial_, "create the folder", std::strerror(errno));
  lock_ = ::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) fail(partial_, "open the folder", std::strerror(errno));
  try {
    // File systems without locks (ENOLCK and the like) go without.
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      fail(partial_, "use the folder", "another run is writing there");
    const std::string mark = partial_ + "/" + marker;
    const bool ours = fs::exists(status_of(mark));
    if (!ours && !is_empty(partial_))
      fail(partial_, "use the folder", "it holds files that no run of this program has left");
    resumed_ = resume && has_checkpoint();
    if (ours && has_checkpoint() && !resume && !force)
      throw SpecError(partial_ + ": an interrupted run is there; use --resume to go on or --force to discard it");
    if (ours && !resumed_)
      for (const fs::directory_entry& entry : fs::directory_iterator(partial_))
        if (entry.path().filename() != marker) fs::remove_all(entry.path());
    const int fd = ::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) fail(partial_, "write to the folder", std::strerror(errno));
    ::close(fd);
  } catch (const fs::filesystem_error& failure) {
    ::close(lock_);
    fail(partial_, "clear the folder", failure.code().message());
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

ResultDirectory::~ResultDirectory() {
  if (!committed_) {
    std::error_code ignored;  // an exception is under way, most likely; what is left does no harm
    if (!fs::exists(partial_ + "/" + std::string(checkpoint_name), ignored)) fs::remove_all(partial_, ignored);
  }
  if (lock_ >= 0) ::close(lock_);
}

bool ResultDirectory::has_checkpoint() const {
  return fs::exists(status_of(checkpoint_file()));
}

void ResultDirectory::commit() {
  if (committed_) return;
  std::error_code error;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(partial_))
      if (entry.is_regular_file() || entry.is_directory()) flush(entry.path().string());
  } catch (const fs::filesystem_error& failure) {
    fail(partial_, "read the folder", failure.code().message());
  }
  const std::string old = final_ + ".replaced";
  const bool exists = fs::exists(status_of(final_));
  if (exists && !is_empty(final_)) {
    // Looked at again: the result may have appeared since the start of the run.
    if (!force_) throw SpecError(final_ + ": a result has appeared meanwhile; the new one is in " + partial_);
    fs::remove_all(old, error);  // left by a crash between the renames below
    rename_to(final_, old);
  }
  // Hidden bookkeeping goes last, so that a failure above leaves a folder that can still be resumed.
  for (const std::string& name : {checkpoint_file(), partial_ + "/" + marker})
    if (::unlink(name.c_str()) != 0 && errno != ENOENT) fail(name, "remove", std::strerror(errno));
  flush(partial_);
  rename_to(partial_, final_);
  committed_ = true;
  flush(fs::path(final_).parent_path().string());
  fs::remove_all(old, error);
}

}  // namespace orbitwalk
