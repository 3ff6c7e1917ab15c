// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "orbitwalk/export.hpp"

// The exceptions that the library throws. A rejected law is not an error but part of the result.
namespace orbitwalk {

/// Base of all errors; the message is meant for people.
struct ORBITWALK_API Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A spec or an option is wrong. The message gives the file, line and key, what was expected, and the nearest valid
/// name.
struct ORBITWALK_API SpecError : Error {
  using Error::Error;
};

/// Input or output failed, or a resource is exhausted.
struct ORBITWALK_API IoError : Error {
  using Error::Error;
};

/// A solver failed, or the numerical result cannot be trusted.
struct ORBITWALK_API NumericalError : Error {
  using Error::Error;
};

/// The caller stopped the run before its end. The message says what was kept and how to continue.
struct ORBITWALK_API Interrupted : Error {
  explicit Interrupted(const std::string& message, bool checkpoint_failed_ = false)
      : Error(message), checkpoint_failed(checkpoint_failed_) {}
  bool checkpoint_failed;  ///< the state could not be written; work since the last checkpoint is lost
};

}  // namespace orbitwalk
