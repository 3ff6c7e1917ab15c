// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/suspended_arrays.hpp"

#include <algorithm>
#include <utility>

namespace orbitwalk {
namespace {

template <class T>
void append(std::vector<T>& all, const std::vector<T>& values) {
  all.insert(all.end(), values.begin(), values.end());
}

// Part i of as many equal parts as there are blocks.
template <class T>
std::vector<T> slice(const std::vector<T>& all, std::size_t i, std::size_t size) {
  return {all.begin() + std::ptrdiff_t(i * size), all.begin() + std::ptrdiff_t((i + 1) * size)};
}

}  // namespace

SuspendedArrays::SuspendedArrays(const std::vector<SuspendedBlock>& blocks) {
  for (const SuspendedBlock& each : blocks) {
    blocks_.push_back(each.block);
    append(steps_, each.steps);
    append(diverged_, each.diverged);
    append(moments_, each.moments);
    append(cells_, each.cells);
    counters_.push_back(each.counters);
    append(state_, each.state);
  }
}

bool SuspendedArrays::give_back(const Problem& problem, Tally& tally) const {
  const std::size_t count = blocks_.size(), moments = problem.observed.size() * block_size,
                    cells = 2 * problem.plan.cells;
  const std::size_t values = state_values(problem);
  if (count > tally.done.size() || steps_.size() != count * block_size || diverged_.size() != steps_.size() ||
      moments_.size() != count * moments || cells_.size() != count * cells || counters_.size() != count) {
    return false;
  }
  std::vector<SuspendedBlock> blocks;
  auto state = state_.begin();
  for (std::size_t i = 0; i < count; ++i) {
    SuspendedBlock each;
    each.block = blocks_[i];
    each.steps = slice(steps_, i, block_size);
    each.diverged = slice(diverged_, i, block_size);
    each.moments = slice(moments_, i, moments);
    each.cells = slice(cells_, i, cells);
    each.counters = counters_[i];
    const auto under_way = std::count_if(each.steps.begin(), each.steps.end(),
                                         [&](std::uint64_t k) { return k > 0 && k < problem.plan.end(); });
    if (std::size_t(state_.end() - state) < std::size_t(under_way) * values) return false;
    each.state.assign(state, state + under_way * std::ptrdiff_t(values));
    state += under_way * std::ptrdiff_t(values);
    if ((i > 0 && each.block <= blocks.back().block) || !plausible(problem, each) || tally.done[each.block])
      return false;
    blocks.push_back(std::move(each));
  }
  if (state != state_.end()) return false;
  tally.suspended = std::move(blocks);
  return true;
}

}  // namespace orbitwalk
