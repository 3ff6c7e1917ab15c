// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cuda/cuda_check.hpp"
#include "backends/cuda/model_entry.hpp"
#include "kernels/gpu/walk_kernel.hpp"

// The launch of a walk: which of a model's kernels a request takes.
namespace orbitwalk::cuda {

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
  kernel<<<static_cast<unsigned>(request.launched_blocks), block_size, in_shared ? bytes : 0>>>(
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
    const auto launch = [&](const auto& integrator, const WorkspaceLayout& layout) {
      launch_outlined<R>(model, integrator, request, layout, info);
    };
    if (!with_outlined_integrator<R, is_compensated>(model, request.plan, launch)) {
      throw SpecError("the model has no gauge whose slice a sampler could stay on");
    }
  });
}

}  // namespace orbitwalk::cuda
