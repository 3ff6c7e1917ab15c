// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/block_work.hpp"

#include <stdexcept>
#include <utility>

namespace orbitwalk {

BlockWork::BlockWork(const Problem& problem, std::uint64_t first_block, ChunkResult& result)
    : problem_(problem), first_block_(first_block),
      block_(result.suspended ? std::move(*result.suspended) : SuspendedBlock::fresh(problem, first_block)) {
  result.suspended.reset();
  result.complete = 0;
  if (block_.block != first_block) throw std::logic_error("a suspended block was resumed as another one");
  taken_up_.swap(block_.state);
  const std::size_t values = state_values(problem);
  const double* state = taken_up_.data();
  for (int slot = 0; slot < block_size; ++slot) {
    if (block_.steps[slot] == 0 || block_.steps[slot] == problem.plan.end()) continue;
    states_[slot] = state;
    state += values;
  }
}

double* BlockWork::suspend(int slot, std::size_t values) {
  if (values != state_values(problem_))
    throw std::logic_error("the state of a particle has another size than expected");
  stopped_[slot] = std::make_unique<double[]>(values);
  return stopped_[slot].get();
}

void BlockWork::close(std::uint64_t b, ChunkResult& result) {
  const Plan& plan = problem_.plan;
  const std::uint64_t batch = (first_block_ + b) % plan.batches;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t* totals = result.cells.data() + (half * plan.batches + batch) * plan.cells;
    for (std::uint64_t i = 0; i < plan.cells; ++i) totals[i] += block_.cells[half * plan.cells + i];
  }
  result.counters += block_.counters;
  result.complete = b + 1;
  block_ = SuspendedBlock::fresh(problem_, first_block_ + b + 1);
}

void BlockWork::leave(std::uint64_t b, ChunkResult& result) {
  const std::size_t values = state_values(problem_);
  block_.block = first_block_ + b;
  for (int slot = 0; slot < block_size; ++slot) {
    if (block_.steps[slot] == 0 || block_.steps[slot] == problem_.plan.end()) continue;
    const double* state = stopped_[slot] ? stopped_[slot].get() : states_[slot];
    block_.state.insert(block_.state.end(), state, state + values);
  }
  const auto first = result.diverged.begin() + std::ptrdiff_t(b * block_size);
  block_.diverged.assign(first, first + block_size);
  result.suspended = std::move(block_);
}

}  // namespace orbitwalk
