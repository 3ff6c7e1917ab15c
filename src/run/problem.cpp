// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/run/problem.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/run/ensemble.hpp"
#include "orbitwalk/run/experiment.hpp"

namespace orbitwalk {

void set_range(Problem& problem, std::size_t i, int bins, double low, double high) {
  ObservedSpec& spec = problem.observed[i];
  spec.bins = bins;
  spec.lower = low;
  spec.inverse_width = bins / (high - low);
  spec.center = 0.5 * (low + high);
  problem.edges[i].resize(bins + 1);
  for (int b = 0; b <= bins; ++b) problem.edges[i][b] = b == bins ? high : low + (high - low) * b / bins;
  std::uint64_t offset = 0;
  for (ObservedSpec& each : problem.observed) {
    each.offset = offset;
    offset += each.bins + extra_cells;
  }
  problem.plan.observed = static_cast<int>(problem.observed.size());
  problem.plan.cells = offset;
}

void find_ranges(Problem& problem, const std::vector<bool>& missing) {
  if (std::find(missing.begin(), missing.end(), true) == missing.end()) return;
  // The first particles themselves: the range is then the same on every backend. It is rounded outwards.
  Problem pilot = problem;
  pilot.plan.particles = std::min<std::uint64_t>(problem.plan.particles, 4 * block_size);
  pilot.plan.batches = 1;
  pilot.plan.shared_start = false;
  pilot.quantiles = false;
  pilot.plan.series = false;
  for (std::size_t i = 0; i < pilot.observed.size(); ++i) set_range(pilot, i, 1, 0, 1);
  const auto backend = make_cpu_backend(pilot, {});
  Tally tally(pilot);
  run_ensemble(pilot, *backend, {}, tally);
  for (std::size_t i = 0; i < problem.observed.size(); ++i) {
    if (!missing[i]) continue;
    BlockSums all;
    for (std::uint64_t b = 0; b < pilot.blocks(); ++b) all = combine(all, tally.sums[b * pilot.observed.size() + i]);
    double low = all.particles > 0 ? all.minimum : 0, high = all.particles > 0 ? all.maximum : 1;
    const double margin = std::max(0.15 * (high - low), 1e-3 * std::max(std::abs(low), std::abs(high)) + 1e-12);
    const double unit = std::pow(10, std::floor(std::log10(margin)));
    const bool positive = low >= 0;
    low = std::floor((low - margin) / unit) * unit;
    high = std::ceil((high + margin) / unit) * unit;
    if (positive) low = std::max(low, 0.0);
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) low = 0, high = 1;
    set_range(problem, i, problem.observed[i].bins, low, high);
  }
}

Problem build_problem(const Spec& spec) {
  Experiment experiment = read_experiment(spec);
  find_ranges(experiment.problem, experiment.needs_range);
  return experiment.problem;
}

}  // namespace orbitwalk
