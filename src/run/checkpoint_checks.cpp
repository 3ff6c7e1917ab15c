// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "run/checkpoint.hpp"

namespace orbitwalk {
namespace {

using Halves = std::array<std::uint64_t, 2>;  // observations in the first and in the second half of the times

/// Of one particle that is observed `times` times from the first on.
Halves halves(const Plan& plan, std::uint64_t times) {
  const std::uint64_t first = std::min(times, (plan.observations() + 1) / 2);
  return {first, times - first};
}

std::uint64_t particles_in(const Problem& problem, std::uint64_t block) {
  return std::min<std::uint64_t>(block_size, problem.plan.particles - block * block_size);
}

std::string check_divergences(const Problem& problem, const Tally& tally) {
  std::vector<Divergence> sorted = tally.diverged;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [particle, step] = sorted[i];
    if (particle >= problem.plan.particles || step < 1 || step > problem.plan.end()) return "a divergence out of range";
    if (tally.done[particle / block_size] == 0) return "a divergence in a block that is not done";
    if (i > 0 && sorted[i - 1].particle == particle) return "a particle that diverged twice";
  }
  return "";
}

std::string check_sums(const Problem& problem, const Tally& tally) {
  const std::size_t observed = problem.observed.size();
  for (std::uint64_t block = 0; block < problem.blocks(); ++block) {
    for (std::size_t o = 0; o < observed; ++o) {
      const BlockSums& sums = tally.sums[block * observed + o];
      const double most = tally.done[block] ? double(particles_in(problem, block)) : 0;
      if (!(sums.particles >= 0 && sums.particles <= most) || sums.particles != std::floor(sums.particles))
        return "sums over more particles than a block has";
    }
  }
  return "";
}

/// Observations in each batch against the cells of every observed quantity.
std::string check_cells(const Problem& problem, const Tally& tally) {
  const Plan& plan = problem.plan;
  std::vector<Halves> expected(std::size_t(plan.batches), Halves{});
  for (std::uint64_t block = 0; block < problem.blocks(); ++block) {
    if (tally.done[block] == 0) continue;
    const Halves each = halves(plan, plan.observations());
    for (int half = 0; half < 2; ++half)
      expected[block % plan.batches][half] += particles_in(problem, block) * each[half];
  }
  for (const auto& [particle, step] : tally.diverged) {
    const std::uint64_t finite = step - 1, times = finite > plan.burn_in ? (finite - plan.burn_in) / plan.every : 0;
    const Halves all = halves(plan, plan.observations()), seen = halves(plan, times);
    for (int half = 0; half < 2; ++half) expected[particle / block_size % plan.batches][half] -= all[half] - seen[half];
  }
  for (int half = 0; half < 2; ++half) {
    for (int batch = 0; batch < plan.batches; ++batch) {
      for (std::size_t o = 0; o < problem.observed.size(); ++o) {
        const ObservedSpec& spec = problem.observed[o];
        const auto first = tally.cells.begin() +
                           std::ptrdiff_t((std::uint64_t(half) * plan.batches + batch) * plan.cells + spec.offset);
        const std::uint64_t counted = std::accumulate(first, first + spec.bins + extra_cells, std::uint64_t(0));
        if (counted != expected[batch][half])
          return std::to_string(counted) + " observations of " + problem.names[o] + " where the complete blocks have " +
                 std::to_string(expected[batch][half]);
      }
    }
  }
  return "";
}

std::string check_counters(const Problem& problem, const Tally& tally) {
  const Counters& counters = tally.counters;
  const double steps = double(tally.blocks_done()) * block_size * double(problem.plan.end());
  if (double(counters.proposals) > steps || counters.accepted > counters.proposals ||
      counters.unsolved > counters.proposals - counters.accepted)
    return "more Metropolis tests than steps";
  return "";
}

}  // namespace

std::string contradiction(const Problem& problem, const Tally& tally) {
  for (const char done : tally.done) {
    if (done != 0 && done != 1) return "a block that is neither done nor not done";
  }
  for (const auto& check : {check_divergences, check_sums, check_cells, check_counters}) {
    if (std::string what = check(problem, tally); !what.empty()) return what;
  }
  return "";
}

}  // namespace orbitwalk
