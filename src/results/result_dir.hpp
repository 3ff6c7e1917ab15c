// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run/checkpoint_store.hpp"

namespace orbitwalk {

/// What wrote a result. One kind never replaces another.
enum class ResultKind { run, reproduce, report };

/// The folder of a result under construction. Files are written to `<name>.partial/result`, beside the checkpoints, and
/// appear under the final name, all at once, at commit(). A symbolic link is followed: what it names is the final name.
///
/// Promises, whatever fails and wherever the process is killed:
/// - The final name holds nothing, the old result, or the complete new one.
/// - A complete result is never deleted, nor are checkpoints before the result that they lead to is published. A result
///   that was complete but not yet published is published by the next ResultDirectory of that name.
/// - Only a result of this program and of the same kind is replaced, and only with `force`. A file that this program
///   did not write is never deleted.
/// - What commit() would meet (a mount point, a folder that cannot be written) is refused by the constructor.
///
/// A lock on the partial folder, released with the process, keeps two runs apart.
class ResultDirectory : public CheckpointStore {
 public:
  static constexpr std::string_view checkpoint_name = "checkpoint";

  /// Missing parent folders are created. `resume` takes up an interrupted run (a partial folder with a checkpoint;
  /// without one it starts afresh: resumed() tells), `force` discards it or, with `resume`, lets it replace the result
  /// that is there.
  ///
  /// A result that is there already is left alone and finished() tells so where the command may have nothing to do:
  /// with `resume`, or when this constructor has just published it. Otherwise it takes `force`, and is untouched until
  /// commit().
  ///
  /// SpecError: a result or an interrupted run that takes an option, a folder with something else in it, a place that
  /// cannot be replaced by renaming, or a `path` that names no folder. IoError: a file in the way, a parent that cannot
  /// be written, another run at work in the partial folder. `folders`, relative to the result and parents first, are
  /// those that results of this kind may have.
  ResultDirectory(const std::string& path, bool force, bool resume, ResultKind kind = ResultKind::run,
                  std::vector<std::string> folders = {});
  /// Clears the partial folder, unless it has a checkpoint or a result that was to be published.
  ~ResultDirectory() override;
  ResultDirectory(const ResultDirectory&) = delete;
  ResultDirectory& operator=(const ResultDirectory&) = delete;

  const std::string& final_path() const { return final_; }
  const std::string& partial_path() const override { return partial_; }
  /// An interrupted run with a checkpoint is continued.
  bool resumed() const override { return resumed_; }
  /// A complete result of this kind is under the final name, and nothing is left of a run that was to replace it. The
  /// command compares what it was asked for with that result: nothing to do, or an error; it may continue only with
  /// `force`.
  bool finished() const { return finished_; }
  /// An interrupted publication was finished by the constructor.
  bool published() const { return published_; }

  /// Path of a file of the result.
  std::string file(std::string_view name);
  /// Where a checkpoint lives: `checkpoint`, or `checkpoint-<label>` (characters that a file name should not have
  /// become "-"). Write it with write_file_atomically so that the last good one survives.
  std::string checkpoint_file(std::string_view label = {}) const override;
  bool has_checkpoint(std::string_view label = {}) const override;

  /// Flushes every file to the disk, notes that the result is complete, gives it the final name, and removes the
  /// checkpoints. IoError, or SpecError (a result has appeared in the meantime and `force` was not given): the partial
  /// folder then stays as it is, and the message says where the files are.
  void commit();
  /// What the user should know but is not an error: files of theirs that were kept, a folder that could not be cleared.
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  void lock_partial();
  void recover();
  void publish();
  bool replace_in_two_steps();
  void retire();
  void release();
  void prepare();
  bool any_checkpoint() const;
  std::string result_path() const { return partial_ + "/result"; }
  std::string inside(std::string_view name) const { return partial_ + "/" + std::string(name); }

  std::string final_, partial_;
  ResultKind kind_;
  std::vector<std::string> folders_;
  bool force_, resumed_ = false, finished_ = false, published_ = false;
  bool holds_result_ = false;  // a result of this kind under the final name
  bool prepared_ = false, committed_ = false, keep_ = false;
  int lock_ = -1;  // descriptor of the partial folder
  std::vector<std::string> notices_;
};

}  // namespace orbitwalk
