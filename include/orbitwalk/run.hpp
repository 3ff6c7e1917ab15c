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

/// How far a run has come. It consists of phases, one after the other: a pilot where a histogram has no range, the ladder
/// that `accuracy` climbs, the run itself, and what is asked for beside it (a second width of the shell, a second and a
/// third step).
struct Progress {
  enum class Moment { begin, under_way, end };
  Moment moment = Moment::under_way;
  std::string phase;        ///< in words, "second step size"; empty: the run itself
  std::uint64_t done = 0;   ///< particle-steps of this phase, those of a checkpoint included
  std::uint64_t start = 0;  ///< those of the checkpoint that it continues from
  std::uint64_t total = 0;
};

enum class LogLevel { info, warning };

/// How a spec is run, and what becomes of the result. Of these only `accuracy` and `extrapolation` change numbers: the
/// same spec and seed give the same histograms and trajectories on every backend, with any number of threads.
struct RunOptions {
  std::string backend = "auto";  ///< "auto" (a GPU where there is one), "cpu", "cuda" or "reference"
  int threads = 0;               ///< of the cpu backend; 0: all cores
  std::string instruction_set;   ///< of the cpu backend: "generic", "avx2" or "avx512"; empty: the best there is
  std::uint64_t chunk = 0;       ///< particles in a piece of work; 0: chosen automatically

  std::string
      out;  ///< folder for summary.json and result.h5, which appear there once complete; empty: nothing is written
  bool resume =
      false;  ///< continue an interrupted run in `out`; start it where there is none, do nothing where it is complete
  bool force = false;  ///< replace an existing result in `out`; discard an interrupted run (with `resume`: continue it)
  double checkpoint_seconds = 60;  ///< between two checkpoints in `out`

  /// Choose scheme, step and number of particles such that |step bias| + 2 standard errors of every mean are at most this
  /// many of the observable's standard deviations. A scheme or variates that the spec names are kept.
  std::optional<double> accuracy;
  bool extrapolation = true;  ///< with `accuracy`: means that are extrapolated from several steps are candidates

  // All three are called from threads of the run, by one at a time, every 10 ms at most (`log`: where there is something to
  // say). An exception that one of them throws ends the run. Empty: not called.
  std::function<void(const Progress&)> progress;
  std::function<void(LogLevel, const std::string&)> log;
  std::function<bool()> stop;  ///< true: the run ends as soon as it can, with a checkpoint in `out`, and Interrupted
};

/// A finished run, and how it ended.
struct RunResult : Result {
  enum class Origin {
    computed,   ///< by this call
    found,      ///< `resume`: the result was complete in `out`
    published,  ///< it was complete, and the interrupted publication has been completed by this call
  };
  Origin origin = Origin::computed;
  std::string folder;                 ///< where the result is now; empty: it was not written
  std::string summary;                ///< the text of summary.json
  std::vector<std::string> rejected;  ///< laws under [compare] expect that were rejected: "projected (r)"
  /// Why the numbers cannot be trusted: too many particles were lost, or `accuracy` was not reached. Empty: they can.
  std::string failure;
};

/// Runs a spec: simulates the ensemble, holds it against the laws that [compare] names, and publishes the result in
/// `options.out` where that is given. Laws that are rejected and numbers that cannot be trusted are part of the result.
///
/// SpecError: the spec or an option is wrong, or `out` holds something that may not be replaced; nothing has been simulated
/// then. IoError: a file, the memory or a device fails. NumericalError: a law could not be computed. Interrupted: `stop`
/// returned true. Several runs may be under way in one process, in different folders.
ORBITWALK_API RunResult run(const Spec& spec, const RunOptions& options = {});

}  // namespace orbitwalk
