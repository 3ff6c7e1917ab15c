// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/memory.hpp"

#include <algorithm>
#include <cstdio>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

double memory_needed(const Problem& problem, int workers, std::uint64_t blocks_at_once) {
  const double observed = double(problem.observed.size()), particles = double(problem.plan.particles),
               blocks = double(problem.blocks());
  const double at_once = std::min(1.0, double(blocks_at_once) / blocks),
               workers_at_once = std::min(double(std::max(1, workers)), blocks);
  const double value = problem.plan.precision == Precision::float64 ? 8 : 4;
  const double sums = blocks * (1 + (1 + at_once) * observed * sizeof(BlockSums)) + blocks * sizeof(BlockSums);
  // Each piece under way counts in cells of its own. Later the reduction copies those of one observable, in all and in
  // halves, with the edges to each: 3 times as much, and something for what is made of them.
  const double cells =
      2.0 * problem.plan.batches * double(problem.plan.cells) * 8 * (1 + std::max(workers_at_once, 3.5));
  // a sorted copy of one observable
  const double last = problem.quantiles ? observed * particles * (value + 8 * at_once) + 8 * particles : 0;
  const double series = double(problem.series_values()) * (4 * particles * (1 + at_once) + 400) +
                        (problem.plan.series ? 8 * particles : 0);
  const double json = 250 * double(problem.plan.cells);
  double numbers = 0;
  for (const auto& array : problem.model.parameters.arrays()) numbers += double(array.size());
  // as read, as described, in the backend as float and double, and again for a second run
  const double data = 60 * numbers;
  return sums + cells + last + series + json + data + 8 * particles * at_once;
}

void check_memory(const Problem& problem, int workers, std::uint64_t blocks_at_once, const MemoryLimit& limit) {
  const double bytes = memory_needed(problem, workers, blocks_at_once);
  if (bytes <= 0.8 * limit.bytes) return;
  char text[300];
  std::snprintf(text, sizeof text,
                "the results need %.2f GiB, but of the %.2f GiB of %.100s only 80 %% may be used: take fewer "
                "particles, bins or times of [observe] series, fewer "
                "--threads, or quantiles = false",
                bytes / 1073741824.0, limit.bytes / 1073741824.0, limit.of.c_str());
  throw IoError(text);
}

}  // namespace orbitwalk
