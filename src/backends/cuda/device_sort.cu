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

DeviceMemory allocate(std::size_t bytes) {
  void* memory = nullptr;
  if (cudaMalloc(&memory, bytes) != cudaSuccess) cudaGetLastError();  // null: the caller sorts on the host
  return DeviceMemory(memory);
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
  cuda::check(cub::DeviceRadixSort::SortKeys(nullptr, temporary_bytes, keys, values.size()), "planning a sort");
  const DeviceMemory temporary = allocate(std::max<std::size_t>(temporary_bytes, 1));
  if (!temporary) return false;
  cuda::check(cudaMemcpy(keys.Current(), values.data(), bytes, cudaMemcpyHostToDevice), "copying values to sort");
  cuda::check(cub::DeviceRadixSort::SortKeys(temporary.get(), temporary_bytes, keys, values.size()), "sorting");
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
