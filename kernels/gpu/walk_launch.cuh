// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cuda/cuda_check.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/gpu/fixed.hpp"
#include "kernels/gpu/model_entry.hpp"
#include "kernels/gpu/outlined.hpp"
#include "kernels/gpu/walk_thread.hpp"

// The walk kernel and its launch: a thread a particle, 256 threads = 256 particles = a block of the reduction tree.
namespace orbitwalk::cuda {

/// Histogram counts of a thread block. A block has one batch, so its cells are 2 · cells numbers: in shared memory
/// while they fit (the hardware adds up what the threads of a warp add to one cell), else straight to device memory,
/// one addition a warp and cell. Sums of integers: their order does not matter.
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
  __device__ __forceinline__ unsigned long long* device_cells(int half) const {
    const Plan& plan = arguments.plan;
    return reinterpret_cast<unsigned long long*>(arguments.chunk.cells) + half * (plan.batches * plan.cells) +
           *first_cell;
  }
  __device__ __forceinline__ void cell(int half, std::uint64_t cell) {
    if (in_shared) {
      atomicAdd(shared_cells() + half * static_cast<unsigned>(arguments.plan.cells) + static_cast<unsigned>(cell), 1u);
    } else {
      // 2^31 cells would be 32 GB a batch: the low bits tell them apart.
      const unsigned same = __match_any_sync(__activemask(), static_cast<unsigned>(2 * cell + half));
      if (threadIdx.x % warpSize == __ffs(same) - 1)
        atomicAdd(device_cells(half) + cell, static_cast<unsigned long long>(__popc(same)));
    }
  }
  __device__ __forceinline__ void count(Counters of_thread) {
    for (int i = 0; i < Counters::size; ++i) {
      auto* to = reinterpret_cast<unsigned long long*>(arguments.chunk.counters) + i;
      if (of_thread[i] != 0) atomicAdd(to, static_cast<unsigned long long>(of_thread[i]));
    }
  }
};

/// Thread blocks that a multiprocessor of 65536 registers is to hold at once: the compiler may use 65536 / (256 blocks)
/// registers a thread. Chosen so that nothing spills (scripts/kernel-report); left to itself, ptxas takes fewer
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
  __shared__ std::uint64_t first_cell;
  if (threadIdx.x == 0) first_cell = arguments.batch(blockIdx.x) * arguments.plan.cells;
  DeviceCounts<R> counts{arguments, &first_cell, cells_in_shared};
  std::uint32_t* shared = DeviceCounts<R>::shared_cells();
  if (cells_in_shared) {
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) shared[i] = 0;
  }
  __syncthreads();
  if constexpr (capacity == 0) {
    walk_fixed_thread(model, integrator, arguments, blockIdx.x, threadIdx.x, counts);
  } else {
    R memory[capacity];
    walk_outlined_thread(model, integrator, arguments, layout, memory, blockIdx.x, threadIdx.x, counts);
  }
  if (cells_in_shared) {
    __syncthreads();
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) {
      const std::uint32_t n = shared[i];
      const unsigned half = i < row ? 0 : 1;
      if (n) atomicAdd(counts.device_cells(half) + (i - half * row), static_cast<unsigned long long>(n));
    }
  }
}

/// Histograms up to this size fit four times into the smallest multiprocessor (100 KiB), and no kernel has more blocks
/// at once.
inline constexpr std::uint64_t shared_cells_limit = 24 * 1024;

/// Launches a kernel, or asks how many of its blocks a multiprocessor holds.
template <class R, int capacity, class Model, class Integrator>
void launch_kernel(const Model& model, const Integrator& integrator, const WalkRequest& request,
                   const WorkspaceLayout& layout, KernelInfo* info) {
  const auto kernel = walk_kernel<R, Model, Integrator, capacity>;
  const std::uint64_t bytes = 2 * request.plan.cells * sizeof(std::uint32_t);
  const bool in_shared = bytes <= shared_cells_limit;
  if (info) {
    cudaFuncAttributes attributes;
    check(cudaFuncGetAttributes(&attributes, kernel), "reading a kernel's attributes");
    check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&info->blocks, kernel, block_size, in_shared ? bytes : 0),
          "computing the occupancy");
    info->registers = attributes.numRegs;
    info->local_bytes = attributes.localSizeBytes;
    return;
  }
  kernel<<<static_cast<unsigned>(request.blocks), block_size, in_shared ? bytes : 0>>>(
      model, integrator, thread_arguments<R>(request), layout, in_shared);
  check(cudaGetLastError(), "launching the walk");
}

/// The smallest capacity that holds the working memory.
template <class R, class Model, class Integrator>
void launch_outlined(const Model& model, const Integrator& integrator, const WalkRequest& request,
                     const WorkspaceLayout& layout, KernelInfo* info) {
  const int total = layout.total();
  if (total <= medium_capacity) return launch_kernel<R, medium_capacity>(model, integrator, request, layout, info);
  if (total <= large_capacity) return launch_kernel<R, large_capacity>(model, integrator, request, layout, info);
  throw_too_large(total);
}

/// The launch of a model's translation unit.
template <template <class, int> class Model>
void launch_model(const WalkRequest& request, KernelInfo* info) {
  with_precision(request, [&](auto real, auto compensated) {
    using R = decltype(real);
    constexpr bool is_compensated = decltype(compensated)::value;
    const bool done = with_fixed_kernel<Model, R, is_compensated>(
        request, [&](const auto& model, const auto& integrator, const WorkspaceLayout& layout) {
          launch_kernel<R, 0>(model, integrator, request, layout, info);
        });
    if (done) return;
    const Outlined model(Shelled<Model<R, 0>>(Model<R, 0>(request.model<R>()), request.plan));
    with_outlined_integrator<R, is_compensated>(model, request.plan,
                                                [&](const auto& integrator, const WorkspaceLayout& layout) {
                                                  launch_outlined<R>(model, integrator, request, layout, info);
                                                });
  });
}

}  // namespace orbitwalk::cuda
