// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/model.hpp"
#include "kernels/walk/walk_particles.hpp"

namespace orbitwalk {

/// What goes into the code of one instruction set: numbers and pointers only. That code may not use containers, since
/// an out-of-line copy of a library function compiled for AVX-512 could be linked into the rest of the program.
struct KernelRequest {
  Plan plan;
  ModelView<float> model_float;
  ModelView<double> model_double;
  InitialView<float> initial_float;
  InitialView<double> initial_double;
  const ObservedSpec* observed;
  std::uint64_t first_block, blocks;
  /// particles of each block: all, or with one block some of them (multiples of the widest pack)
  int first_slot, end_slot;
  /// blocks × observed; null: the caller closes the block, whose parts go to several threads
  BlockSums* sums;
  std::uint64_t* totals;    ///< half × batch × cells; those of complete blocks are added
  double* last;             ///< observed × (blocks · block_size), or null
  float* series;            ///< times × rows × (blocks · block_size)
  std::uint64_t* diverged;  ///< blocks · block_size
  Counters* counters;       ///< those of complete blocks are added
  std::uint64_t* complete;  ///< blocks that are, counted up

  // The block under way: for a block that is continued, how far it had come; for a fresh one, zeros. A complete block
  // leaves zeros.
  /// block_size: steps that each particle has taken, plan.end() once there is nothing left to do
  std::uint64_t* steps;
  ParticleMoments* moments;  ///< observed × block_size
  std::uint64_t* cells;      ///< half × cells
  Counters* block_counters;
  const double* const* states;  ///< block_size: of particles with 0 < steps < plan.end(), as suspend() was given them
  /// Where `values` numbers of a stopped particle are to be kept: theta, then compensation (mixed precision), then
  /// velocity.
  double* (*suspend)(void* context, int slot, int values);

  const bool* stop;
  void (*advanced)(void* context, std::uint64_t particle_steps);  ///< called about every report_every particle-steps
  std::uint64_t report_every;
  void* context;                            ///< of suspend and advanced
  void* (*workspace)(std::uint64_t bytes);  ///< aligned to 64 bytes, valid until the next call in this thread
};

}  // namespace orbitwalk
