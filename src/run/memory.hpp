// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "backends/problem.hpp"
#include "support/memory.hpp"

namespace orbitwalk {

/// Bytes that a run takes at its peak: the tally, what `workers` threads hold of pieces of `blocks_at_once` blocks in
/// all, the reduction, summary.json as a tree and as text, and the model's data. result.h5 and checkpoints are written
/// and read in pieces of constant size.
double memory_needed(const Problem& problem, int workers, std::uint64_t blocks_at_once);

/// IoError where a run needs more than 0.8 of the limit: a system that overcommits would kill the program later, with
/// its results.
void check_memory(const Problem& problem, int workers, std::uint64_t blocks_at_once,
                  const MemoryLimit& limit = memory_limit());

}  // namespace orbitwalk
