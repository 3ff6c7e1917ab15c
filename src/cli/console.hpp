// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "orbitwalk/run.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {

/// A run as the terminal shows it: a progress line for each of its phases, and messages. Signals stop it.
class Console {
 public:
  /// `quiet`: no progress.
  Console(std::ostream& out, bool quiet) : out_(out), style_(progress_style(out, quiet)) {}

  /// Sets the callbacks of `options`; the console must outlive the run.
  void attach(RunOptions& options);

 private:
  void show(const Progress& progress);
  void say(LogLevel level, const std::string& text);

  std::ostream& out_;
  const ProgressStyle style_;
  std::unique_ptr<ProgressBar> bar_;  // while a phase is under way
};

/// "orbitwalk: expected law rejected: ..." where there are any; the exit code.
int report_rejected(const std::vector<std::string>& rejected);

}  // namespace orbitwalk::cli
