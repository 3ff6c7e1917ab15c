// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace orbitwalk {

/// Exit codes of the program (docs/design.md, contract).
enum class ExitCode : int {
  done = 0,
  bad_spec = 2,           ///< bad usage or spec
  numerical_failure = 3,  ///< too many particles diverged, or a solver failed
  law_rejected = 4,       ///< a law named under [compare] expect was rejected
  io_failure = 5,         ///< input or output failed, or a resource is exhausted
  interrupted = 130,      ///< stopped by a signal, with a checkpoint on disk
};

/// An error that ends the program with one message and a documented exit code.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Bad usage or spec: the message names the file, line and key, what was expected, and the nearest valid name.
struct SpecError : Error {
  explicit SpecError(const std::string& message) : Error(ExitCode::bad_spec, message) {}
};

/// Input or output failed.
struct IoError : Error {
  explicit IoError(const std::string& message) : Error(ExitCode::io_failure, message) {}
};

/// The numerical result cannot be trusted.
struct NumericalError : Error {
  explicit NumericalError(const std::string& message) : Error(ExitCode::numerical_failure, message) {}
};

}  // namespace orbitwalk
