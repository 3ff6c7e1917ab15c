// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orbitwalk/export.hpp"
#include "orbitwalk/result.hpp"
#include "orbitwalk/spec.hpp"

namespace orbitwalk {

/// Progress of a run. A run consists of consecutive phases: a pilot if a histogram has no range, the ladder of step
/// sizes for `accuracy`, the run itself, and the additional runs that were asked for (a second shell width, a second
/// and a third step).
struct Progress {
  enum class Moment { begin, under_way, end };
  Moment moment = Moment::under_way;
  std::string phase;        ///< in words, such as "second step size"; empty: the run itself
  std::uint64_t done = 0;   ///< particle-steps of this phase, including those of a checkpoint
  std::uint64_t start = 0;  ///< particle-steps in the checkpoint that it continues from
  std::uint64_t total = 0;
};

enum class LogLevel { info, warning };

/// How a spec is run, and what is done with the result. Only `accuracy` and `extrapolation` change numbers: the same
/// spec and seed give the same histograms and trajectories on every backend, with any number of threads.
struct RunOptions {
  std::string backend = "auto";  ///< "auto" (a GPU if there is one), "cpu", "cuda" or "reference"
  int threads = 0;               ///< of the cpu backend; 0: all cores
  std::string instruction_set;   ///< of the cpu backend: "generic", "avx2" or "avx512"; empty: the best available
  /// When the cpu backend has the system's C++ compiler make a kernel for the run, with the same bits: "auto" (once the run
  /// is seen to last longer than that takes), "always" or "never". Without a compiler the run goes on as it is.
  std::string compile = "auto";
  std::uint64_t chunk = 0;  ///< particles per piece of work; 0: chosen automatically

  /// Folder for summary.json and result.h5, which appear there once complete. Empty: nothing is written.
  std::string out;
  /// Continue an interrupted run in `out`. Start the run if there is none, and do nothing if it is complete.
  bool resume = false;
  bool force = false;  ///< replace an existing result in `out`; discard an interrupted run (with `resume`: continue it)
  double checkpoint_seconds = 60;  ///< between two checkpoints in `out`

  /// Choose scheme, step and number of particles such that |step bias| + 2 standard errors of every mean is at most
  /// this number of standard deviations of the observable. A scheme or variates named in the spec are kept.
  std::optional<double> accuracy;
  bool extrapolation = true;  ///< with `accuracy`: also consider means extrapolated from several steps

  // All three are called from threads of the run, by one thread at a time, at most every 10 ms (`log`: when there is
  // something to say). An exception thrown by one of them ends the run. Empty: not called.
  std::function<void(const Progress&)> progress;
  std::function<void(LogLevel, const std::string&)> log;
  std::function<bool()> stop;  ///< true: the run ends as soon as it can, with a checkpoint in `out` and Interrupted
};

/// A finished run, and how it ended.
struct RunResult : Result {
  enum class Origin {
    computed,   ///< by this call
    found,      ///< with `resume`: the complete result was already in `out`
    published,  ///< it was complete, and this call finished its interrupted publication
  };
  Origin origin = Origin::computed;
  std::string folder;                 ///< where the result is; empty: it was not written
  std::string summary;                ///< the text of summary.json
  std::vector<std::string> rejected;  ///< laws under [compare] expect that were rejected: "projected (r)"
  /// Why the numbers cannot be trusted: too many particles were lost, or `accuracy` was not reached. Empty: they can.
  std::string failure;
};

/// Runs a spec: simulates the ensemble, compares it with the laws that [compare] names, and publishes the result in
/// `options.out` if that is given. Rejected laws and numbers that cannot be trusted are part of the result.
///
/// SpecError: the spec or an option is wrong, or `out` holds something that may not be replaced; nothing has been
/// simulated. IoError: a file, the memory or a device failed. NumericalError: a law could not be computed. Interrupted:
/// `stop` returned true. Several runs may be active in one process, in different folders.
ORBITWALK_API RunResult run(const Spec& spec, const RunOptions& options = {});

}  // namespace orbitwalk
