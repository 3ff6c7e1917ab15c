// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/problem.hpp"

#include "run/read/experiment.hpp"

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

Problem build_problem(const Spec& spec) {
  Experiment experiment = read_experiment(spec);
  find_ranges(experiment.problem, experiment.needs_range);
  return experiment.problem;
}

}  // namespace orbitwalk
