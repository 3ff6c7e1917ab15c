// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/gpu/fixed.hpp"
#include "kernels/gpu/outlined.hpp"
#include "kernels/gpu/walk_thread.hpp"

#if defined(__CUDACC__)

// The walk kernel: one thread per particle, 256 threads = 256 particles = one block of the reduction tree.
namespace orbitwalk::cuda {

/// *to += n in device memory. The address space is named: a generic addition has to find out whether it means shared memory,
/// and the hardware has no such addition of 64 bits there.
__device__ __forceinline__ void add_on_device(std::uint64_t* to, std::uint64_t n) {
  asm volatile("red.global.add.u64 [%0], %1;" ::"l"(__cvta_generic_to_global(to)), "l"(n) : "memory");
}

/// Histogram counts of a thread block. A block has one batch, so its cells are 2 · cells numbers: in shared memory
/// while they fit (the hardware adds up what the threads of a warp add to one cell), else straight to device memory,
/// one addition per warp and cell. Sums of integers: their order does not matter.
template <class R>
struct DeviceCounts {
  // Addresses are computed where they are needed, from constants of the launch and the block: a thread has no registers
  // for them all the while.
  const ThreadArguments<R>& arguments;
  const std::uint64_t* first_cell;  // of the block's batch, in shared memory
  bool in_shared;

  __device__ __forceinline__ static std::uint32_t* shared_cells() {
    extern __shared__ std::uint32_t cells[];
    return cells;
  }
  __device__ __forceinline__ std::uint64_t* device_cells(int half) const {
    const Plan& plan = arguments.plan;
    return arguments.chunk.cells + half * (plan.batches * plan.cells) + *first_cell;
  }
  __device__ __forceinline__ void cell(int half, std::uint64_t cell) {
    if (in_shared) {
      atomicAdd(shared_cells() + half * static_cast<unsigned>(arguments.plan.cells) + static_cast<unsigned>(cell), 1u);
    } else {
      // 2^31 cells would be 32 GB per batch: the low bits tell them apart.
      const unsigned same = __match_any_sync(__activemask(), static_cast<unsigned>(2 * cell + half));
      if (threadIdx.x % warpSize == __ffs(same) - 1) add_on_device(device_cells(half) + cell, __popc(same));
    }
  }
  __device__ __forceinline__ void count(Counters of_thread) {
    for (int i = 0; i < Counters::size; ++i) {
      if (of_thread[i] != 0) add_on_device(arguments.chunk.counters + i, of_thread[i]);
    }
  }
};

/// Thread blocks that a multiprocessor of 65536 registers is to hold at once: the compiler may use 65536 / (256 blocks)
/// registers per thread. Chosen so that nothing spills (scripts/kernel-report); left to itself, ptxas takes fewer
/// registers and spills.
template <class R, class Model, class Integrator>
constexpr int resident_blocks() {
  if constexpr (Model::fixed_parameters > 0)
    return sizeof(R) == 8 ? 2 : Integrator::is_gaussian && !Integrator::is_compensated ? 4 : 3;
  else return sizeof(R) == 8 || Integrator::is_on_slice || Model::takes_many_registers ? 1 : 2;
}

/// capacity: numbers of a thread's working memory where the model's size is known when running, else 0. That memory is
/// indexed when running, so it is local memory, which the hardware interleaves by thread.
template <class R, class Model, class Integrator, int capacity>
__global__ void __launch_bounds__(block_size, (resident_blocks<R, Model, Integrator>()))
    walk_kernel(const __grid_constant__ Model model, const __grid_constant__ Integrator integrator,
                const __grid_constant__ ThreadArguments<R> arguments, const __grid_constant__ WorkspaceLayout layout,
                const bool cells_in_shared) {
  const unsigned row = static_cast<unsigned>(arguments.plan.cells);
  const std::uint64_t b = arguments.launched_before + blockIdx.x;
  __shared__ std::uint64_t first_cell;
  if (threadIdx.x == 0) first_cell = arguments.batch(b) * arguments.plan.cells;
  DeviceCounts<R> counts{arguments, &first_cell, cells_in_shared};
  std::uint32_t* shared = DeviceCounts<R>::shared_cells();
  if (cells_in_shared) {
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) shared[i] = 0;
  }
  __syncthreads();
  if constexpr (capacity == 0) {
    walk_fixed_thread(model, integrator, arguments, b, threadIdx.x, counts);
  } else {
    R memory[capacity];
    walk_outlined_thread(model, integrator, arguments, layout, memory, b, threadIdx.x, counts);
  }
  if (cells_in_shared) {
    __syncthreads();
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) {
      const std::uint32_t n = shared[i];
      const unsigned half = i < row ? 0 : 1;
      if (n) add_on_device(counts.device_cells(half) + (i - half * row), n);
    }
  }
}

}  // namespace orbitwalk::cuda

#endif
