// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk::cli {

/// Exit codes of the program (docs/design.md, contract).
enum class ExitCode : int {
  done = 0,
  bad_spec = 2,           ///< bad usage or spec
  numerical_failure = 3,  ///< too many particles diverged, or a solver failed
  law_rejected = 4,       ///< a law named under [compare] expect was rejected
  io_failure = 5,         ///< input or output failed, or a resource is exhausted
  interrupted = 130,      ///< stopped by a signal, with a checkpoint on disk
};

}  // namespace orbitwalk::cli
