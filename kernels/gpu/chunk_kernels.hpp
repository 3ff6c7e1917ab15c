// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/gpu/walk_request.hpp"
#include "kernels/gpu/walk_thread.hpp"

#if defined(__CUDACC__)

// Kernels over the memory of a chunk, besides the walk.
namespace orbitwalk::cuda {

/// Sums of the particles' moments: blocks x of the grid are those of the chunk, blocks y share the observed quantities. Templates,
/// so that a program has one copy however many texts include this.
template <int threads>
__global__ void reduce_kernel(const MomentArrays moments, std::uint64_t stride, int observed, BlockSums* sums) {
  // BlockSums has initialisers, which shared memory cannot have.
  __shared__ alignas(BlockSums) unsigned char memory[threads * sizeof(BlockSums)];
  BlockSums* node = reinterpret_cast<BlockSums*>(memory);
  const int slot = static_cast<int>(threadIdx.x);
  for (int o = static_cast<int>(blockIdx.y); o < observed; o += static_cast<int>(gridDim.y)) {
    node[slot] = leaf(moments.load(o * stride + std::uint64_t(blockIdx.x) * threads + slot));
    for (int half = threads / 2; half > 0; half /= 2) {
      __syncthreads();
      tree_level(node, slot, half);
    }
    if (slot == 0) sums[std::uint64_t(blockIdx.x) * observed + o] = node[0];
    __syncthreads();
  }
}

/// Fills memory with a pattern of 64 bits.
template <int threads>
__global__ void fill_kernel(std::uint64_t* to, std::uint64_t pattern, std::uint64_t words) {
  const std::uint64_t stride = std::uint64_t(gridDim.x) * threads;
  for (std::uint64_t i = std::uint64_t(blockIdx.x) * threads + threadIdx.x; i < words; i += stride) to[i] = pattern;
}

}  // namespace orbitwalk::cuda

#endif
