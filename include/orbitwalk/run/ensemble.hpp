// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "orbitwalk/backends/backend.hpp"
#include "orbitwalk/observables/result.hpp"
#include "orbitwalk/run/checkpoint.hpp"

namespace orbitwalk {

struct EnsembleOptions {
  std::uint64_t chunk_blocks = 0;                    ///< blocks of 256 particles a piece of work; 0: the backend's choice
  const bool* stop = nullptr;                        ///< set by a signal handler
  /// Called now and then, with all blocks and all particle-steps (whole blocks of particles) done so far.
  std::function<void(std::uint64_t blocks, std::uint64_t particle_steps)> progress;
  std::function<void(const Tally&)> checkpoint;      ///< called every checkpoint_seconds while pieces complete
  double checkpoint_seconds = 60;
};

/// Runs all blocks that `tally` lacks, in pieces handed to the backend's workers. Returns false when it was stopped; the
/// tally then holds the pieces that were completed, and the same call goes on from there to the same bits.
bool run_ensemble(const Problem& problem, Backend& backend, const EnsembleOptions& options, Tally& tally);

/// What the complete tally says about each observed quantity: moments with standard errors over particles, histogram,
/// effective sample size, nested R-hat, drift. The order of all sums is fixed by particle ids.
std::vector<ObservableResult> reduce(const Problem& problem, const Tally& tally);

/// Quantiles (linear interpolation between order statistics) of the last observation over particles; empty where the last
/// observations were not kept. Particles without one are left out.
std::vector<double> last_quantiles(const Problem& problem, Tally& tally, std::size_t observed, const std::vector<double>& levels);

/// Hash over names, edges and all histogram counts: "fnv1a64:…". Equal for equal specs and seeds on every backend.
std::string digest(const std::vector<ObservableResult>& results);

}  // namespace orbitwalk
