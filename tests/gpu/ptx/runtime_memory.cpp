// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "gpu/ptx/runtime.hpp"

// Memory of the device: pieces of the host's, each with room behind it that belongs to nobody.
namespace orbitwalk::ptx {

bool is_device_memory(std::uint64_t address, std::uint64_t bytes) {
  const auto& allocations = the_device().allocations;
  static std::uint64_t begin = 1, end = 0;  // the piece that was found last
  if (address >= begin && address + bytes <= end && allocations.contains(end)) return true;
  const auto at = allocations.upper_bound(address);
  if (at == allocations.end() || address < at->second || address + bytes > at->first) return false;
  begin = at->second, end = at->first;
  return true;
}

namespace {

bool holds(const void* memory, std::size_t bytes) {
  return bytes == 0 || is_device_memory(reinterpret_cast<std::uint64_t>(memory), bytes);
}

}  // namespace
}  // namespace orbitwalk::ptx

using namespace orbitwalk::ptx;

extern "C" {

cudaError_t CUDARTAPI cudaMalloc(void** to, std::size_t bytes) {
  Device& device = the_device();
  if (device.broken != cudaSuccess) return device.failed(device.broken);
  ++device.allocated;
  const char* failing = std::getenv("PTX_FAIL_ALLOCATION");
  const bool fails = failing && std::strtoull(failing, nullptr, 10) == device.allocated;
  if (fails || bytes > device.free()) return device.failed(cudaErrorMemoryAllocation);
  const std::size_t room = (bytes + 511) / 256 * 256;
  void* memory = std::aligned_alloc(256, room);
  if (memory == nullptr) return device.failed(cudaErrorMemoryAllocation);
  std::memset(memory, 0xff, room);  // what nobody has written is not zero
  const auto begin = reinterpret_cast<std::uint64_t>(memory);
  const std::uint64_t size = std::max<std::size_t>(bytes, 1);
  device.allocations[begin + size] = begin;
  device.used += size;
  *to = memory;
  return cudaSuccess;
}

cudaError_t CUDARTAPI cudaFree(void* memory) {
  if (memory == nullptr) return cudaSuccess;
  Device& device = the_device();
  for (auto at = device.allocations.begin(); at != device.allocations.end(); ++at) {
    if (at->second != reinterpret_cast<std::uint64_t>(memory)) continue;
    device.used -= at->first - at->second;
    device.allocations.erase(at);
    std::free(memory);
    return cudaSuccess;
  }
  return device.failed(cudaErrorInvalidValue);
}

cudaError_t CUDARTAPI cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  Device& device = the_device();
  if (device.broken != cudaSuccess) return device.failed(device.broken);
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if ((to_device && !holds(to, bytes)) || (from_device && !holds(from, bytes)))
    return device.failed(cudaErrorInvalidValue);
  if (bytes) std::memcpy(to, from, bytes);
  return cudaSuccess;
}
cudaError_t CUDARTAPI cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                                      cudaStream_t) {
  return cudaMemcpy(to, from, bytes, kind);
}

cudaError_t CUDARTAPI cudaMemset(void* to, int byte, std::size_t bytes) {
  Device& device = the_device();
  if (device.broken != cudaSuccess) return device.failed(device.broken);
  if (!holds(to, bytes)) return device.failed(cudaErrorInvalidValue);
  if (bytes) std::memset(to, byte, bytes);
  return cudaSuccess;
}
cudaError_t CUDARTAPI cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t) {
  return cudaMemset(to, byte, bytes);
}

cudaError_t CUDARTAPI cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *total = the_device().memory();
  *free = the_device().free();
  return cudaSuccess;
}

}  // extern "C"
