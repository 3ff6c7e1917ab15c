// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "backends/cuda/cuda_check.hpp"
#include "backends/cuda/model_entry.hpp"
#include "backends/cuda/pace.hpp"
#include "kernels/gpu/chunk_kernels.hpp"

namespace orbitwalk::cuda {

inline std::string mebibytes(std::uint64_t bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB"; }

/// The GPU, with the interface that ChunkBackend expects.
class CudaDevice {
 public:
  explicit CudaDevice(const std::string& model) : model_(model), entry_(find_model(model)) {
    check(cudaGetDevice(&ordinal_), "choosing a device");
    check(cudaGetDeviceProperties(&properties_, ordinal_), "reading the device's properties");
    // If the device drives a display, the display freezes during a kernel, and the driver ends kernels that take
    // seconds.
    target_seconds_ = attribute(cudaDevAttrKernelExecTimeout) ? 0.05 : 0.2;
    largest_grid_y_ = attribute(cudaDevAttrMaxGridDimY);
  }

  std::string description() const {
    char memory[32];
    std::snprintf(memory, sizeof memory, "%.1f GiB", double(properties_.totalGlobalMem) / (1 << 30));
    return std::string(properties_.name) + " (" + memory + ", compute capability " + std::to_string(properties_.major) +
           "." + std::to_string(properties_.minor) + ")";
  }

  void* allocate(std::uint64_t bytes) {
    void* memory = nullptr;
    const cudaError_t status = cudaMalloc(&memory, bytes);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      throw IoError("cuda: out of memory on " + description() + ": " + mebibytes(bytes) + " more are needed and " +
                    mebibytes(memory_left()) + " are free; run smaller chunks of particles, or use --backend cpu");
    }
    check(status, "allocating device memory");
    return memory;
  }
  void release(void* memory) { cudaFree(memory); }  // callers could not handle an error

  void upload(void* to, const void* from, std::uint64_t bytes) {
    check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copying to the device");
  }
  void download(void* to, const void* from, std::uint64_t bytes) {
    if (bytes) check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copying from the device");
  }
  void fill(void* to, std::uint64_t pattern, std::uint64_t bytes) {
    if (bytes == 0) return;
    if (pattern == 0) return check(cudaMemsetAsync(to, 0, bytes, nullptr), "clearing device memory");
    const std::uint64_t words = bytes / sizeof pattern, blocks = std::min<std::uint64_t>((words + 255) / 256, 4096);
    fill_kernel<256><<<static_cast<unsigned>(blocks), 256>>>(static_cast<std::uint64_t*>(to), pattern, words);
    check(cudaGetLastError(), "filling device memory");
  }

  void walk(const WalkRequest& request) {
    if (request.launched_blocks > 0x7fffffffu) {
      throw IoError("cuda: too many particles in one chunk");
    }
    // Wait for earlier work (copies, clearing), so that neither its time nor its errors are attributed to the launch.
    check(cudaDeviceSynchronize(), "preparing a launch");
    const auto start = std::chrono::steady_clock::now();
    try {
      entry_(request, nullptr);
      check(cudaDeviceSynchronize(), "walking the particles");
    } catch (const IoError& error) {
      throw IoError(std::string(error.what()) + " (" + title(request) + ")");
    }
    reserved() = std::max(reserved(), local_bytes_);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    pace_.took(request.launched_blocks, request.until - request.from, seconds);
  }

  void reduce(const MomentArrays& moments, int observed, std::uint64_t blocks, BlockSums* sums) {
    const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(std::min(observed, largest_grid_y_)));
    reduce_kernel<block_size><<<grid, block_size>>>(moments, blocks * block_size, observed, sums);
    check(cudaGetLastError(), "launching the reduction");
    check(cudaDeviceSynchronize(), "reducing the moments");
  }

  std::uint64_t next_steps(std::uint64_t blocks) const { return pace_.steps(blocks); }
  std::uint64_t next_blocks(std::uint64_t steps, std::uint64_t left) const { return pace_.blocks(steps, left); }

  std::uint64_t wave(const WalkRequest& request) {
    KernelInfo info;
    entry_(request, &info);
    // At the first launch of a kernel that needs more local memory than earlier kernels, the driver reserves it for
    // every thread that the device can hold, whatever the occupancy. No limit and no attribute reduces it, and it is
    // kept.
    local_bytes_ =
        std::uint64_t(info.local_bytes) * properties_.maxThreadsPerMultiProcessor * properties_.multiProcessorCount;
    if (const std::uint64_t left = memory_left(); still_to_reserve() > left) {
      throw IoError("cuda: the threads' working memory takes " + mebibytes(still_to_reserve()) + " more on " +
                    description() + ", of which " + mebibytes(left) + " are free; a smaller model needs less, and so " +
                    "does a lower precision; or use --backend cpu");
    }
    const std::uint64_t blocks = std::uint64_t(info.blocks) * properties_.multiProcessorCount;
    pace_ = Pace(blocks, target_seconds_);
    return blocks;
  }

  std::uint64_t free_bytes() const {
    const std::uint64_t left = memory_left(), launches = still_to_reserve();
    return left > launches ? left - launches : 0;
  }

 private:
  /// Bytes of local memory that the driver has reserved for launches of this process. They belong to the device
  /// context, of which there is one per process.
  static std::uint64_t& reserved() {
    static std::uint64_t bytes = 0;
    return bytes;
  }
  std::uint64_t still_to_reserve() const { return local_bytes_ > reserved() ? local_bytes_ - reserved() : 0; }

  std::uint64_t memory_left() const {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    return free;
  }

  int attribute(cudaDeviceAttr which) const {
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, ordinal_), "reading the device's properties");
    return value;
  }

  /// Describes a launch in words. A kernel's error is reported by the next CUDA call, whose message does not name the
  /// kernel.
  std::string title(const WalkRequest& request) const {
    const std::uint64_t first = request.first_block + request.launched_before;
    return "model " + model_ + ", blocks " + std::to_string(first) + " to " +
           std::to_string(first + request.launched_blocks - 1) + " of 256 particles, steps " +
           std::to_string(request.from) + " to " + std::to_string(request.until) + ", on " + description();
  }

  std::string model_;
  ModelEntry entry_;
  int ordinal_ = 0, largest_grid_y_ = 65535;
  cudaDeviceProp properties_{};
  double target_seconds_ = 0.2;
  Pace pace_{1, 0.2};
  std::uint64_t local_bytes_ = 0;  ///< local memory that this model's kernel needs to be reserved
};

}  // namespace orbitwalk::cuda
