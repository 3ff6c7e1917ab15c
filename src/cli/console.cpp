// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <iostream>

#include "exit_code.hpp"
#include "signals.hpp"

namespace orbitwalk::cli {

void Console::attach(RunOptions& options) {
  options.progress = [this](const Progress& progress) { show(progress); };
  options.log = [this](LogLevel level, const std::string& text) { say(level, text); };
  options.stop = stop_requested;
}

void Console::show(const Progress& progress) {
  switch (progress.moment) {
    case Progress::Moment::begin:
      bar_ = std::make_unique<ProgressBar>(progress.total, out_, style_,
                                           (progress.phase.empty() ? "" : progress.phase + ": ") + "particle-steps",
                                           progress.start);
      break;
    case Progress::Moment::under_way: bar_->update(progress.done); break;
    case Progress::Moment::end:
      bar_->finish();
      bar_.reset();
      break;
  }
}

void Console::say(LogLevel level, const std::string& text) {
  if (bar_ && is_terminal(out_)) out_ << "\r\x1b[K";  // over the progress line
  out_ << "orbitwalk: " << (level == LogLevel::warning ? "warning: " : "") << text << std::endl;
}

int report_rejected(const std::vector<std::string>& rejected) {
  if (rejected.empty()) return static_cast<int>(ExitCode::done);
  std::cerr << "orbitwalk: expected law rejected:";
  for (const auto& name : rejected) std::cerr << " " << name;
  std::cerr << "\n";
  return static_cast<int>(ExitCode::law_rejected);
}

}  // namespace orbitwalk::cli
