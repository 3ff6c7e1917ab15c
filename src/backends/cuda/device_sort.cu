// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cub/device/device_radix_sort.cuh>
#include <memory>

#include "backends/backend.hpp"
#include "backends/cuda/cuda_check.hpp"
#include "backends/device_sort.hpp"

namespace orbitwalk {
namespace {

struct CudaFree {
  void operator()(void* memory) const { cudaFree(memory); }
};
using DeviceMemory = std::unique_ptr<void, CudaFree>;

/// Whether a call failed: the caller sorts on the host then, so the error is not kept for the next to find.
bool failed(cudaError_t status) {
  if (status != cudaSuccess) cudaGetLastError();
  return status != cudaSuccess;
}

DeviceMemory allocate(std::size_t bytes) {
  void* memory = nullptr;
  return DeviceMemory(failed(cudaMalloc(&memory, bytes)) ? nullptr : memory);
}

// Below this size a host sort is done before the copies are.
constexpr std::size_t smallest = 1 << 16;

template <class R>
bool sort_on_device(std::vector<R>& values) {
  if (values.size() < smallest || !cuda_missing_reason().empty()) return false;
  const std::size_t bytes = values.size() * sizeof(R);
  const DeviceMemory first = allocate(bytes), second = allocate(bytes);
  if (!first || !second) return false;
  cub::DoubleBuffer<R> keys(static_cast<R*>(first.get()), static_cast<R*>(second.get()));
  std::size_t temporary_bytes = 0;
  if (failed(cub::DeviceRadixSort::SortKeys(nullptr, temporary_bytes, keys, values.size()))) return false;
  const DeviceMemory temporary = allocate(std::max<std::size_t>(temporary_bytes, 1));
  if (!temporary || failed(cudaMemcpy(keys.Current(), values.data(), bytes, cudaMemcpyHostToDevice)) ||
      failed(cub::DeviceRadixSort::SortKeys(temporary.get(), temporary_bytes, keys, values.size())) ||
      failed(cudaDeviceSynchronize())) {
    return false;
  }
  // Only here values are touched: half a copy would not be those that were given.
  cuda::check(cudaMemcpy(values.data(), keys.Current(), bytes, cudaMemcpyDeviceToHost), "copying sorted values");
  return true;
}

}  // namespace

void device_sort(std::vector<float>& values) {
  if (!sort_on_device(values)) std::sort(values.begin(), values.end());
}
void device_sort(std::vector<double>& values) {
  if (!sort_on_device(values)) std::sort(values.begin(), values.end());
}

}  // namespace orbitwalk
