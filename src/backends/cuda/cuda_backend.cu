// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>

#include "backends/cuda/chunk_backend.hpp"
#include "backends/cuda/cuda_check.hpp"
#include "kernels/gpu/model_entry.hpp"

namespace orbitwalk {
namespace cuda {
namespace {

/// Block (x, y): the tree over the moments of observed quantity y of thread block x.
__global__ void reduce_kernel(const MomentArrays moments, std::uint64_t stride, BlockSums* sums) {
  // BlockSums has initialisers, which shared memory cannot have.
  __shared__ alignas(BlockSums) unsigned char memory[block_size * sizeof(BlockSums)];
  BlockSums* node = reinterpret_cast<BlockSums*>(memory);
  const int slot = static_cast<int>(threadIdx.x);
  node[slot] = leaf(moments.load(blockIdx.y * stride + std::uint64_t(blockIdx.x) * block_size + slot));
  for (int half = block_size / 2; half > 0; half /= 2) {
    __syncthreads();
    tree_level(node, slot, half);
  }
  if (slot == 0) sums[std::uint64_t(blockIdx.x) * gridDim.y + blockIdx.y] = node[0];
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB"; }

class CudaDevice {
 public:
  explicit CudaDevice(const std::string& model) : entry_(find_model(model)) {
    check(cudaGetDevice(&ordinal_), "choosing a device");
    check(cudaGetDeviceProperties(&properties_, ordinal_), "reading the device's properties");
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
  void release(void* memory) { cudaFree(memory); }  // nothing to be done about an error where this is called

  void upload(void* to, const void* from, std::uint64_t bytes) {
    check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copying to the device");
  }
  void download(void* to, const void* from, std::uint64_t bytes) {
    if (bytes) check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copying from the device");
  }
  void fill(void* to, int byte, std::uint64_t bytes) {
    if (bytes) check(cudaMemset(to, byte, bytes), "clearing device memory");
  }

  double walk(const WalkRequest& request) {
    if (request.blocks > 0x7fffffffu) throw IoError("cuda: too many particles in one chunk");
    // What was queued before (copies, clearing) is not part of the launch's time.
    check(cudaDeviceSynchronize(), "preparing a launch");
    const std::uint64_t left = launched_ ? 0 : memory_left();
    const auto start = std::chrono::steady_clock::now();
    try {
      entry_(request, nullptr);
      check(cudaDeviceSynchronize(), "walking the particles");
    } catch (const IoError& error) {
      if (launched_ || local_bytes_ <= left) throw;
      throw IoError(std::string(error.what()) + " (the threads' working memory takes about " + mebibytes(local_bytes_) +
                    " on " + description() + ", of which " + mebibytes(left) + " were free)");
    }
    launched_ = true;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  void reduce(const MomentArrays& moments, int observed, std::uint64_t blocks, BlockSums* sums) {
    const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(observed));
    reduce_kernel<<<grid, block_size>>>(moments, blocks * block_size, sums);
    check(cudaGetLastError(), "launching the reduction");
    check(cudaDeviceSynchronize(), "reducing the moments");
  }

  std::uint64_t first_steps() const { return 2 * check_interval; }  // a short launch, to see how long it takes

  // About 0.2 s a launch, so that `stop` is seen soon and a display stays alive, and the cost of a launch is nothing
  // beside it. The bound keeps 32-bit counts of a thread block below 2^32: 256 · 2^20 = 2^28 observations a cell.
  std::uint64_t next_steps(std::uint64_t steps, double seconds) const {
    const double factor = std::clamp(0.2 / std::max(seconds, 1e-6), 0.25, 8.0);
    const auto wanted = static_cast<std::uint64_t>(double(steps) * factor);
    return std::clamp<std::uint64_t>(wanted / check_interval * check_interval, check_interval, 1 << 20);
  }

  std::uint64_t wave(const WalkRequest& request) {
    KernelInfo info;
    entry_(request, &info);
    // The driver sets local memory apart for every thread that the device can hold, whatever the occupancy.
    local_bytes_ =
        std::uint64_t(info.local_bytes) * properties_.maxThreadsPerMultiProcessor * properties_.multiProcessorCount;
    return std::uint64_t(info.blocks) * properties_.multiProcessorCount;
  }

  std::uint64_t free_bytes() const {
    const std::uint64_t left = memory_left(), launches = launched_ ? 0 : local_bytes_;
    return left > launches ? left - launches : 0;
  }

 private:
  std::uint64_t memory_left() const {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    return free;
  }

  ModelEntry entry_;
  int ordinal_ = 0;
  cudaDeviceProp properties_{};
  std::uint64_t local_bytes_ = 0;  ///< that the first launch sets apart
  bool launched_ = false;
};

}  // namespace
}  // namespace cuda

std::string cuda_missing_reason() {
  int devices = 0;
  cudaError_t status = cudaGetDeviceCount(&devices);
  if (status == cudaSuccess && devices == 0) status = cudaErrorNoDevice;
  if (status == cudaSuccess) {
    // Code for other architectures only cannot run here: found now, not at the first launch.
    cudaFuncAttributes attributes;
    status = cudaFuncGetAttributes(&attributes, cuda::reduce_kernel);
  }
  if (status == cudaSuccess) return "";
  cudaGetLastError();
  return std::string("no GPU that this program can use: ") + cudaGetErrorString(status);
}

std::unique_ptr<Backend> make_cuda_backend(const Problem& problem) {
  const std::string reason = cuda_missing_reason();
  if (!reason.empty()) throw SpecError("--backend cuda: " + reason);
  return std::make_unique<cuda::ChunkBackend<cuda::CudaDevice>>(problem, problem.model.name);
}

}  // namespace orbitwalk
