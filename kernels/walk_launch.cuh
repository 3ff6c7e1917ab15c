// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda_check.hpp"
#include "kernels/model_entry.hpp"
#include "kernels/outlined.hpp"
#include "kernels/walk_thread.hpp"

// The walk kernel and its launch: a thread a particle, 256 threads = 256 particles = a block of the reduction tree.
namespace orbitwalk::cuda {

/// Histogram counts of a thread block. A block has one batch, so its cells are 2 · cells numbers: in shared memory
/// while they fit, else straight to device memory. Sums of integers: their order does not matter.
struct DeviceCounts {
  std::uint32_t* shared;      // null: not in shared memory
  unsigned long long* cells;  // of the block's batch, first half
  unsigned long long* counters;
  std::uint64_t row, half_stride;

  __device__ __forceinline__ void cell(int half, std::uint64_t cell) {
    if (shared)
      atomicAdd(shared + half * row + cell, 1u);
    else
      atomicAdd(cells + half * half_stride + cell, 1ull);
  }
  __device__ __forceinline__ void count(Counters of_thread) {
    for (int i = 0; i < Counters::size; ++i) {
      if (of_thread[i] != 0) atomicAdd(counters + i, static_cast<unsigned long long>(of_thread[i]));
    }
  }
};

template <class R, class Model, class Integrator, int capacity>
__global__ void __launch_bounds__(block_size)
    walk_kernel(const __grid_constant__ Model model, const __grid_constant__ Integrator integrator,
                const __grid_constant__ ThreadArguments<R> arguments, const __grid_constant__ WorkspaceLayout layout,
                const bool cells_in_shared) {
  extern __shared__ std::uint32_t shared_cells[];
  const Plan& plan = arguments.plan;
  const unsigned batch = static_cast<unsigned>((arguments.first_block + blockIdx.x) % plan.batches);
  const unsigned row = static_cast<unsigned>(plan.cells);
  DeviceCounts counts{cells_in_shared ? shared_cells : nullptr,
                      reinterpret_cast<unsigned long long*>(arguments.chunk.cells) + batch * plan.cells,
                      reinterpret_cast<unsigned long long*>(arguments.chunk.counters), plan.cells,
                      plan.batches * plan.cells};
  if (cells_in_shared) {
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) shared_cells[i] = 0;
    __syncthreads();
  }
  R memory[capacity];  // dynamically indexed parts lie in local memory, which the hardware interleaves by thread
  walk_thread(model, integrator, arguments, layout, memory, blockIdx.x, threadIdx.x, counts);
  if (cells_in_shared) {
    __syncthreads();
    for (unsigned i = threadIdx.x; i < 2 * row; i += block_size) {
      const std::uint32_t n = shared_cells[i];
      const unsigned half = i < row ? 0 : 1;
      if (n) atomicAdd(counts.cells + half * counts.half_stride + (i - half * row), static_cast<unsigned long long>(n));
    }
  }
}

/// Histograms up to this size keep eight thread blocks on a multiprocessor.
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
void launch_outlined(const Model& model, const Integrator& integrator, const WalkRequest& request, const WorkspaceLayout& layout,
                     KernelInfo* info) {
  const int total = layout.total();
  if (total <= medium_capacity) return launch_kernel<R, medium_capacity>(model, integrator, request, layout, info);
  if (total <= large_capacity) return launch_kernel<R, large_capacity>(model, integrator, request, layout, info);
  throw_too_large(total);
}

/// The launch of a model's translation unit. A model with few parameters, of a size known to the compiler, has kernels of its
/// own with the commonest integrators: its state stays in registers.
template <template <class, int> class Model>
void launch_model(const WalkRequest& request, KernelInfo* info) {
  with_precision(request, [&](auto real, auto compensated) {
    using R = decltype(real);
    constexpr bool is_compensated = decltype(compensated)::value;
    const ModelView<R>& view = request.model<R>();
    bool done = false;
    Model<R, 0>::dispatch(view, [&](const auto& model) {
      if constexpr (std::decay_t<decltype(model)>::fixed_parameters > 0) {
        done = with_fixed_integrator<R, is_compensated>(request.plan, [&](const auto& integrator) {
          const WorkspaceLayout layout = workspace_layout<R>(model, integrator, request.plan);
          if (layout.total() > small_capacity) throw_too_large(layout.total());
          launch_kernel<R, small_capacity>(model, integrator, request, layout, info);
        });
      }
    });
    if (done) return;
    const Outlined model(Shelled<Model<R, 0>>(Model<R, 0>(view), request.plan));
    with_outlined_integrator<R, is_compensated>(model, request.plan, [&](const auto& integrator, const WorkspaceLayout& layout) {
      launch_outlined<R>(model, integrator, request, layout, info);
    });
  });
}

}  // namespace orbitwalk::cuda
