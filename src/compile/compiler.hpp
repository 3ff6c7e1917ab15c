// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

// The system's C++ compiler.
namespace orbitwalk::compile {

/// Found on PATH: $ORBITWALK_CXX, $CXX, c++, g++, clang++, the first that is there. Empty: none.
std::string find_compiler();

/// What the compiler says that it is, its path and its time of change: for the name of what it makes. Empty where it does
/// not run.
std::string compiler_identity(const std::string& compiler);

struct Command {
  int status = -1;     ///< exit status; -1: it did not start, or was killed
  std::string output;  ///< both streams, at most 4000 characters
};

/// Runs a program with arguments, without a shell, and waits. `stop`: gives it up, and ends the program.
Command run_command(const std::vector<std::string>& words, const std::atomic<bool>* stop = nullptr);

}  // namespace orbitwalk::compile
