// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "backends/backend.hpp"
#include "orbitwalk/result.hpp"
#include "run/checkpoint.hpp"

namespace orbitwalk {

struct EnsembleOptions {
  /// blocks of 256 particles a piece of work; 0: the backend's choice
  std::uint64_t chunk_blocks = 0;
  const bool* stop = nullptr;  ///< set by a signal handler
  /// Called now and then, with all blocks and all particle-steps done so far, of Kept::all.
  std::function<void(std::uint64_t blocks, std::uint64_t particle_steps)> progress;
  std::function<void(const Tally&)> checkpoint;  ///< called every checkpoint_seconds while pieces complete
  double checkpoint_seconds = 60;
  /// particle-steps in each thread between two calls of progress, at least
  std::uint64_t report_every = 1 << 16;
};

/// How much of a run a tally holds.
struct Kept {
  std::uint64_t blocks = 0, blocks_of = 0;  ///< complete ones, and all
  /// blocks that were stopped midway, and are kept as far as they have come
  std::uint64_t begun = 0;
  std::uint64_t steps = 0, all = 0;  ///< particle-steps in all of these, and of the whole run
  double share() const { return all == 0 ? 1 : double(steps) / double(all); }
};
/// Leaves out what suspended blocks hold if the backend does not continue them.
Kept kept(const Problem& problem, const Tally& tally, bool continues_blocks = true);
/// "37 of 160 blocks and parts of 2 more, 24.1 % of all particle-steps".
std::string kept_text(const Kept& kept);

/// Runs all blocks that `tally` lacks, in pieces handed to the backend's workers. Returns false when it was stopped;
/// the tally then holds the blocks that were completed and, as far as the backend continues blocks, the state inside of
/// those under way. The same call continues from there to the same bits, even with another backend, instruction set or
/// number of threads.
bool run_ensemble(const Problem& problem, Backend& backend, const EnsembleOptions& options, Tally& tally);

/// What the complete tally says about each observed quantity: moments with standard errors over particles, histogram,
/// effective sample size, nested R-hat, drift. The order of all sums is fixed by particle ids.
std::vector<ObservableResult> reduce(const Problem& problem, const Tally& tally);

/// Quantiles (linear interpolation between order statistics) of the last observation over particles; empty where the
/// last observations were not kept. Particles without one are left out.
std::vector<double> last_quantiles(const Problem& problem, Tally& tally, std::size_t observed,
                                   const std::vector<double>& levels);

/// Hash over names, edges and all histogram counts: "fnv1a64:…". Equal for equal specs and seeds on every backend.
std::string digest(const std::vector<ObservableResult>& results);

}  // namespace orbitwalk
