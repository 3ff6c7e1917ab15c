// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/suspended_block.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "backends/problem.hpp"
#include "dynamics/registry.hpp"

namespace orbitwalk {

SuspendedBlock SuspendedBlock::fresh(const Problem& problem, std::uint64_t block) {
  SuspendedBlock result;
  result.block = block;
  result.steps.assign(block_size, 0);
  result.diverged.assign(block_size, 0);
  result.moments.resize(std::size_t(problem.plan.observed) * block_size);
  result.cells.assign(2 * problem.plan.cells, 0);
  return result;
}

std::uint64_t SuspendedBlock::steps_taken() const {
  return std::accumulate(steps.begin(), steps.end(), std::uint64_t(0));
}

std::size_t state_values(const Problem& problem) {
  const Plan& plan = problem.plan;
  const bool velocity = integrator_of(plan).velocity != Velocity::none;
  return std::size_t(problem.model.dimension) * (1 + (plan.precision == Precision::mixed) + velocity);
}

bool plausible(const Problem& problem, const SuspendedBlock& block) {
  const Plan& plan = problem.plan;
  const std::size_t observed = problem.observed.size(), values = state_values(problem);
  if (block.block >= problem.blocks() || block.steps.size() != block_size || block.diverged.size() != block_size)
    return false;
  if (block.moments.size() != observed * block_size || block.cells.size() != 2 * plan.cells) return false;
  const std::uint64_t particles = std::min<std::uint64_t>(block_size, plan.particles - block.block * block_size);
  std::uint64_t times = 0, under_way = 0;  // observations of all particles; particles
  for (std::uint64_t i = 0; i < block_size; ++i) {
    const std::uint64_t steps = block.steps[i], diverged = block.diverged[i];
    if (steps > plan.end() || diverged > plan.end() || (diverged > 0 && steps != plan.end())) return false;
    if (i >= particles && (steps > 0 || diverged > 0)) return false;
    const std::uint64_t seen = diverged > 0 ? diverged - 1 : steps,
                        own = seen > plan.burn_in ? (seen - plan.burn_in) / plan.every : 0;
    for (std::size_t o = 0; o < observed; ++o) {
      if (block.moments[o * block_size + i].count > own) return false;  // a value that is not finite has no moments
    }
    times += own;
    if (steps == 0 || steps == plan.end()) continue;
    if (block.state.size() / values <= under_way) return false;
    const auto theta = block.state.begin() + std::ptrdiff_t(under_way * values);
    if (!std::all_of(theta, theta + problem.model.dimension, [](double x) { return std::isfinite(x); })) return false;
    ++under_way;
  }
  if (block.state.size() != under_way * values) return false;
  for (const ObservedSpec& spec : problem.observed) {
    std::uint64_t counted = 0;
    for (int half = 0; half < 2; ++half) {
      const auto first = block.cells.begin() + std::ptrdiff_t(half * plan.cells + spec.offset);
      counted = std::accumulate(first, first + spec.bins + extra_cells, counted);
    }
    if (counted != times) return false;
  }
  const Counters& counters = block.counters;
  return counters.accepted <= counters.proposals && counters.unsolved <= counters.proposals - counters.accepted;
}

}  // namespace orbitwalk
