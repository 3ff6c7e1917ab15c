// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/result_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "orbitwalk/error.hpp"
#include "results/publication.hpp"
#include "results/result_files.hpp"
#include "support/files.hpp"

// What is in the partial folder, and what it says after a kill:
//   .orbitwalk-partial   it is ours
//   checkpoint...        an interrupted run
//   result/              files of the result, as far as they were written
//   .orbitwalk-finished  result/ is complete and on the disk: it holds a fingerprint of it. Where the result under the final
//                        name has this fingerprint, it was published, and what is left here may go.
//   replaced/            the old result, while file systems without an exchange are between two renames
namespace orbitwalk {

namespace fs = std::filesystem;
using namespace detail;

namespace {

std::string listed_files(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

ResultDirectory::ResultDirectory(const std::string& path, bool force, bool resume, ResultKind kind,
                                 std::vector<std::string> folders)
    : final_(resolve_folder(path)), partial_(final_ + ".partial"), kind_(kind), folders_(std::move(folders)),
      force_(force) {
  const std::string parent = fs::path(final_).parent_path().string();
  if (exists(final_)) {
    if (!is_folder(final_)) fail_at(final_, "create the result folder", "a file of that name is in the way");
    if (!is_mount_point(final_) && !is_empty_folder(final_)) {
      if (const std::string why = why_no_result(final_, kind_); !why.empty())
        throw SpecError(final_ + ": " + why + "; choose another");
      holds_result_ = true;
    }
  }
  const bool found = exists(partial_);
  if (holds_result_ && !found && !force_) {
    if (!resume) throw SpecError(final_ + ": a result already exists; use --force to replace it");
    finished_ = true;
    return;
  }
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) fail_at(parent, "create the folder", error.message());
  check_replaceable(final_);
  if (found && (!is_folder(partial_) || is_mount_point(partial_)))
    fail_at(partial_, "create the folder",
            std::string("a ") + (is_folder(partial_) ? "mount point" : "file") + " of that name is in the way");
  lock_partial();
  try {
    const bool ours = exists(inside(partial_marker)) || exists(inside(finished_marker));
    if (!ours && !is_empty_folder(partial_))
      fail_at(partial_, "use the folder", "it holds files that were not left by a run of this program");
    if (exists(inside(finished_marker))) recover();
    if (holds_result_ && force_) {
      if (const auto names = foreign_files(final_, {kind_, folders_}, 3); !names.empty())
        throw SpecError(final_ + ": holds files that this program did not write (" + listed_files(names) +
                        "); move them away, or choose another folder");
    }
    const bool interrupted = any_checkpoint();
    if (interrupted && !resume && !force_)
      throw SpecError(partial_ + ": an interrupted run is there; use --resume to continue it or --force to discard it");
    if (interrupted && resume && holds_result_ && !force_)
      throw SpecError(final_ + ": a result already exists, and an interrupted run is in " + partial_ +
                      "; use --resume --force to continue it and replace the result");
    resumed_ = interrupted && resume;
    finished_ = holds_result_ && !resumed_ && (resume || published_);
    if (holds_result_ && !force_ && !finished_)
      throw SpecError(final_ + ": a result already exists; use --force to replace it");
    const int fd = ::open(inside(partial_marker).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || ::close(fd) != 0) fail_at(partial_, "write to the folder", std::strerror(errno));
    for (const fs::directory_entry& entry : fs::directory_iterator(partial_)) {
      const std::string name = entry.path().filename().string();
      const bool unfinished = name.ends_with(".tmp");
      if (is_checkpoint(name) && (unfinished || !resumed_) && entry.is_regular_file()) fs::remove(entry.path());
    }
  } catch (const fs::filesystem_error& failure) {
    release();
    fail_at(partial_, "clear the folder", failure.code().message());
  } catch (...) {
    release();
    throw;
  }
}

/// Removes the partial folder if nothing is in it, and lets others have it.
void ResultDirectory::release() {
  if (lock_ < 0) return;
  ::rmdir(partial_.c_str());
  ::close(lock_);
  lock_ = -1;
}

/// Creates the partial folder if need be, and takes its lock.
void ResultDirectory::lock_partial() {
  for (;;) {
    if (::mkdir(partial_.c_str(), 0777) != 0 && errno != EEXIST)
      fail_at(partial_, "create the folder", std::strerror(errno));
    lock_ = ::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock_ < 0 && errno == ENOENT) continue;  // another run has just published its result
    if (lock_ < 0) fail_at(partial_, "open the folder", std::strerror(errno));
    int refused = 0;
    while (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && (refused = errno) == EINTR) refused = 0;
    struct stat held {
    }, there{};
    const bool same = ::fstat(lock_, &held) == 0 && ::stat(partial_.c_str(), &there) == 0 &&
                      held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    // File systems without locks go without.
    const bool without = refused == ENOLCK || refused == ENOSYS || refused == ENOTSUP || refused == EINVAL;
    if (same && (refused == 0 || without)) return;
    ::close(lock_);
    if (refused == EWOULDBLOCK) fail_at(partial_, "use the folder", "another run is writing there");
    if (refused && !without) fail_at(partial_, "lock the folder", std::strerror(refused));
  }
}

/// Continues where a process has ended after its result was complete.
void ResultDirectory::recover() {
  const std::string finished = read_file(inside(finished_marker), 1000);
  if (holds_result_ && fingerprint(final_, kind_) == finished) {
    flush(fs::path(final_).parent_path().string());
  } else if (fingerprint(result_path(), kind_) == finished) {
    if (holds_result_ && !force_)
      throw SpecError(final_ + ": a result already exists, and a finished one waits in " + result_path() +
                      "; use --force to put that in its place");
    publish();
  } else {
    fail_at(partial_, "publish the result in it", "it has changed since it was finished; move the folder away");
  }
  published_ = holds_result_ = true;
  retire();
}

/// Gives the complete result its final name.
void ResultDirectory::publish() {
  const auto waits = [&] {
    return "; the finished result is in " + result_path() + ", and the same command publishes it";
  };
  try {
    for (bool done = rename_to(result_path(), final_); !done;) {
      if (!is_folder(final_)) fail_at(final_, "create the result folder", "a file of that name has appeared");
      if (const std::string why = why_no_result(final_, kind_); !why.empty())
        fail_at(final_, "replace the folder", why);
      done = exchange(result_path(), final_) || replace_in_two_steps();
    }
    flush(fs::path(final_).parent_path().string());
  } catch (const IoError& failure) {
    throw IoError(failure.what() + waits());
  }
}

/// For file systems without an exchange. False when something took the final name in the meantime.
bool ResultDirectory::replace_in_two_steps() {
  std::string old = inside("replaced");
  for (int i = 2; exists(old); ++i) old = inside("replaced-" + std::to_string(i));
  if (!rename_to(final_, old)) fail_at(final_, "rename to " + old, "something is in the way");
  try {
    return rename_to(result_path(), final_);
  } catch (const IoError&) {
    ::rename(old.c_str(), final_.c_str());
    throw;
  }
}

/// Clears the partial folder after the publication. What fails is left to the next time: the mark of a finished result
/// goes last.
void ResultDirectory::retire() {
  std::string problem;
  std::vector<std::string> kept;
  const auto note = [&](const std::string& what) {
    if (problem.empty()) problem = what;
  };
  const auto remove = [&](const std::string& name) {
    if (::unlink(inside(name).c_str()) != 0 && errno != ENOENT) note(inside(name) + ": " + std::strerror(errno));
  };
  try {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(partial_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name == partial_marker || name == finished_marker) continue;
      if (is_checkpoint(name) || name == std::string(finished_marker) + ".tmp") {
        remove(name);
      } else if (name == "result" || name.starts_with("replaced")) {
        note(remove_own_files(inside(name), {kind_, folders_}));
        if (exists(inside(name))) kept.push_back(name);
      } else {
        kept.push_back(name);
      }
    }
  } catch (const fs::filesystem_error& failure) {
    note(partial_ + ": " + failure.code().message());
  } catch (const IoError& failure) {
    note(failure.what());
  }
  remove(partial_marker);
  if (problem.empty()) remove(finished_marker);
  if (!problem.empty())
    notices_.push_back(partial_ + " could not be cleared (" + problem + "); it is no longer needed");
  else if (!kept.empty())
    notices_.push_back(partial_ + " stays: it holds files that this program did not write (" + listed_files(kept) +
                       ")");
}

/// Makes an empty folder for the files of the result.
void ResultDirectory::prepare() {
  prepared_ = true;
  remove_own_files(result_path(), {kind_, folders_});
  if (::mkdir(result_path().c_str(), 0777) != 0 && errno != EEXIST)
    fail_at(result_path(), "create the folder", std::strerror(errno));
}

ResultDirectory::~ResultDirectory() {
  if (lock_ < 0) return;
  try {
    if (!committed_ && !keep_ && !any_checkpoint() && !exists(inside(finished_marker))) {
      remove_own_files(result_path(), {kind_, folders_});
      std::error_code ignored;
      fs::remove(inside(partial_marker), ignored);
    }
  } catch (const Error&) {  // the next run tells what is wrong there
  }
  release();
}

std::string ResultDirectory::file(std::string_view name) {
  if (is_checkpoint(name)) return inside(name);
  if (!prepared_) prepare();
  return result_path() + "/" + std::string(name);
}

std::string ResultDirectory::checkpoint_file(std::string_view label) const {
  std::string name(checkpoint_name);
  if (!label.empty()) name += '-';
  for (const char c : label) name += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ? c : '-';
  return inside(name);
}

bool ResultDirectory::has_checkpoint(std::string_view label) const { return exists(checkpoint_file(label)); }

bool ResultDirectory::any_checkpoint() const {
  std::error_code error;
  fs::directory_iterator entry(partial_, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (is_checkpoint(name) && !name.ends_with(".tmp")) return true;
  }
  if (error) fail_at(partial_, "read the folder", error.message());
  return false;
}

void ResultDirectory::commit() {
  if (committed_) return;
  if (!prepared_) prepare();
  keep_ = true;
  try {
    // What a report within this result could not clear of its own.
    const std::string inner = result_path() + "/report.partial";
    remove_own_files(inner, {ResultKind::report, {}, true});
    if (exists(inner)) rename_to(inner, inside("kept-report.partial"));
    // Only what the program has written is published.
    for (const auto& name : foreign_files(result_path(), {kind_, folders_}, 1000)) {
      std::string kept = "kept-" + name;
      std::replace(kept.begin(), kept.end(), '/', '-');
      while (exists(inside(kept))) kept += '_';
      rename_to(result_path() + "/" + name, inside(kept));
    }
    flush_tree(result_path());
    const std::string print = fingerprint(result_path(), kind_);
    if (print.empty()) fail_at(result_path(), "publish the result", "it has no " + std::string(proof_name(kind_)));
    write_file_atomically(inside(finished_marker), print);
  } catch (const IoError& failure) {
    throw IoError(failure.what() + ("; the files of the result are in " + result_path()));
  }
  // Looked at again: a result may have appeared since the start of the run.
  if (!force_ && !published_ && exists(final_) && is_folder(final_) && !is_empty_folder(final_) &&
      why_no_result(final_, kind_).empty())
    throw SpecError(final_ + ": a result has appeared in the meantime; the new one is in " + result_path() +
                    ", and --force puts it in its place");
  publish();
  committed_ = true;
  retire();
  release();
}

}  // namespace orbitwalk
