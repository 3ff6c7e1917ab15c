// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/cuda/chunk_backend.hpp"
#include "backends/cuda/cuda_device.cuh"

namespace orbitwalk {

std::string cuda_missing_reason() {
  int devices = 0;
  cudaError_t status = cudaGetDeviceCount(&devices);
  if (status == cudaSuccess && devices == 0) status = cudaErrorNoDevice;
  if (status == cudaSuccess) {
    // Code for other architectures only cannot run here: found now, not at the first launch.
    cudaFuncAttributes attributes;
    status = cudaFuncGetAttributes(&attributes, cuda::reduce_kernel<block_size>);
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
