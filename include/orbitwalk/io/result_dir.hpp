// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace orbitwalk {

/// The folder of a result under construction. Files are written to the sibling `<name>.partial` and appear under the
/// final name, all at once, at commit(). The partial folder survives an interruption if it holds a checkpoint, and is
/// otherwise removed by the destructor. A lock on it (released with the process) keeps two runs apart.
class ResultDirectory {
 public:
  static constexpr std::string_view checkpoint_name = "checkpoint";
  static constexpr std::string_view summary_name = "summary.json";

  /// Missing parent folders are created. `proof` is the file that tells a result of this kind.
  ///
  /// An existing result is refused without `force`; with it, it is replaced at commit() and untouched until then. Only
  /// an empty folder or one with the file `proof` is ever replaced. An interrupted run (a partial folder with a
  /// checkpoint) is taken up with `resume`, discarded with `force`, and refused with neither. `resume` without an
  /// interrupted run starts afresh: resumed() tells.
  ///
  /// SpecError: refused as above, or `path` names no folder. IoError: a file in the way, a parent that cannot be
  /// written, another run at work in the partial folder.
  ResultDirectory(const std::string& path, bool force, bool resume, std::string_view proof = summary_name);
  ~ResultDirectory();
  ResultDirectory(const ResultDirectory&) = delete;
  ResultDirectory& operator=(const ResultDirectory&) = delete;

  const std::string& final_path() const { return final_; }
  const std::string& partial_path() const { return partial_; }
  bool resumed() const { return resumed_; }

  /// Path of a file inside the partial folder.
  std::string file(std::string_view name) const { return partial_ + "/" + std::string(name); }
  /// Where the checkpoint lives; write it with write_file_atomically so that the last good one survives.
  std::string checkpoint_file() const { return file(checkpoint_name); }
  bool has_checkpoint() const;

  /// Flushes every file to the disk, removes the checkpoint, and gives the folder its final name. IoError; the partial
  /// folder then stays as it is.
  void commit();

 private:
  std::string final_, partial_;
  bool force_ = false, resumed_ = false, committed_ = false;
  int lock_ = -1;  // descriptor of the partial folder
};

}  // namespace orbitwalk
