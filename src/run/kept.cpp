// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <limits>

#include "run/ensemble.hpp"

namespace orbitwalk {

void Tally::suspend(SuspendedBlock block) {
  const auto at =
      std::lower_bound(suspended.begin(), suspended.end(), block.block,
                       [](const SuspendedBlock& each, std::uint64_t number) { return each.block < number; });
  if (at != suspended.end() && at->block == block.block) *at = std::move(block);
  else suspended.insert(at, std::move(block));
}

const SuspendedBlock* Tally::find_suspended(std::uint64_t block) const {
  const auto at =
      std::find_if(suspended.begin(), suspended.end(), [&](const SuspendedBlock& each) { return each.block == block; });
  return at == suspended.end() ? nullptr : &*at;
}

Kept kept(const Problem& problem, const Tally& tally, bool continues_blocks) {
  Kept result;
  result.blocks = tally.blocks_done();
  result.blocks_of = problem.blocks();
  const double all = double(problem.plan.particles) * double(problem.plan.end());
  // A run whose end nobody will see may have more steps than 64 bits can count.
  result.all = all < 0x1p64 ? problem.plan.particles * problem.plan.end() : std::numeric_limits<std::uint64_t>::max();
  result.steps = result.blocks * block_size * problem.plan.end();
  // The last block may not be full.
  if (!tally.done.empty() && tally.done.back())
    result.steps -= (problem.blocks() * block_size - problem.plan.particles) * problem.plan.end();
  if (!continues_blocks) return result;
  result.begun = tally.suspended.size();
  for (const SuspendedBlock& each : tally.suspended) result.steps += each.steps_taken();
  return result;
}

std::string kept_text(const Kept& kept) {
  std::string text = std::to_string(kept.blocks) + " of " + std::to_string(kept.blocks_of) +
                     (kept.blocks_of == 1 ? " block" : " blocks");
  if (kept.begun > 0)
    text += kept.begun == 1 ? " and part of one more" : " and parts of " + std::to_string(kept.begun) + " more";
  char share[64];
  std::snprintf(share, sizeof share, ", %.3g %% of all particle-steps", 100 * kept.share());
  return text + share;
}

}  // namespace orbitwalk
