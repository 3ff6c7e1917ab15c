// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gpu/ptx/runtime.hpp"

// The device: its properties, its errors, and what was executed on it.
namespace orbitwalk::ptx {

Device& the_device() {
  static Device device;
  return device;
}

std::uint64_t Device::memory() const {
  const char* mebibytes = std::getenv("PTX_MEMORY");
  return (mebibytes ? std::strtoull(mebibytes, nullptr, 10) : 4096) << 20;
}

unsigned Device::largest_grid_y() const {
  const char* largest = std::getenv("PTX_MAX_GRID_Y");
  return largest ? static_cast<unsigned>(std::strtoul(largest, nullptr, 10)) : 65535;
}

cudaError_t Device::failed(cudaError_t error) {
  if (error != cudaSuccess) last = error;
  return error;
}

bool Device::names(const char* variable, const std::string& kernel) {
  const char* part = std::getenv(variable);
  return part && *part && kernel.find(part) != std::string::npos;
}

Device::~Device() {
  if (!std::getenv("PTX_STATISTICS")) return;
  const Statistics& s = statistics;
  const double lanes_each = double(s.lanes) / double(std::max<std::uint64_t>(s.instructions, 1));
  std::fprintf(
      stderr,
      "ptx: %llu launches, %llu warp instructions, %.2f lanes each; bytes: local %llu, shared %llu, global %llu\n",
      static_cast<unsigned long long>(launches), static_cast<unsigned long long>(s.instructions), lanes_each,
      static_cast<unsigned long long>(s.local), static_cast<unsigned long long>(s.shared),
      static_cast<unsigned long long>(s.global));
}

}  // namespace orbitwalk::ptx

using orbitwalk::ptx::Device;
using orbitwalk::ptx::the_device;

extern "C" {

cudaError_t CUDARTAPI cudaDeviceSynchronize() { return the_device().failed(the_device().broken); }
cudaError_t CUDARTAPI cudaStreamSynchronize(cudaStream_t) { return the_device().failed(the_device().broken); }
cudaError_t CUDARTAPI cudaGetDeviceCount(int* count) {
  *count = std::getenv("PTX_NO_DEVICE") ? 0 : 1;
  return *count ? cudaSuccess : the_device().failed(cudaErrorNoDevice);
}
cudaError_t CUDARTAPI cudaGetDevice(int* device) { return *device = 0, cudaSuccess; }
cudaError_t CUDARTAPI cudaSetDevice(int) { return cudaSuccess; }

cudaError_t CUDARTAPI cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor: return *value = 8, cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor: return *value = 0, cudaSuccess;
    case cudaDevAttrMultiProcessorCount: return *value = Device::multiprocessors, cudaSuccess;
    case cudaDevAttrMaxThreadsPerMultiProcessor: return *value = Device::threads_of_multiprocessor, cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlock: return *value = Device::shared_of_block, cudaSuccess;
    case cudaDevAttrMaxThreadsPerBlock: return *value = 1024, cudaSuccess;
    case cudaDevAttrMaxGridDimX: return *value = 0x7fffffff, cudaSuccess;
    case cudaDevAttrMaxGridDimY: return *value = static_cast<int>(the_device().largest_grid_y()), cudaSuccess;
    case cudaDevAttrKernelExecTimeout: return *value = std::getenv("PTX_WATCHDOG") ? 1 : 0, cudaSuccess;
    case cudaDevAttrWarpSize: return *value = 32, cudaSuccess;
    default:
      std::fprintf(stderr, "ptx: attribute %d is not emulated\n", int(attribute));
      return the_device().failed(cudaErrorInvalidValue);
  }
}

cudaError_t CUDARTAPI cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  std::memset(static_cast<void*>(properties), 0, sizeof *properties);
  std::snprintf(properties->name, sizeof properties->name, "interpreter of PTX");
  properties->totalGlobalMem = the_device().memory();
  properties->major = 8;
  properties->multiProcessorCount = Device::multiprocessors;
  properties->maxThreadsPerMultiProcessor = Device::threads_of_multiprocessor;
  properties->warpSize = 32;
  return cudaSuccess;
}

cudaError_t CUDARTAPI cudaGetLastError() {
  const cudaError_t error = the_device().last;
  the_device().last = the_device().broken;
  return error;
}
cudaError_t CUDARTAPI cudaPeekAtLastError() { return the_device().last; }
const char* CUDARTAPI cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorNoDevice: return "no CUDA-capable device is detected";
    case cudaErrorInvalidConfiguration: return "invalid configuration argument";
    case cudaErrorInvalidValue: return "invalid argument";
    case cudaErrorInvalidDeviceFunction: return "invalid device function";
    case cudaErrorLaunchFailure: return "unspecified launch failure";
    default: return "error of the emulated runtime";
  }
}

}  // extern "C"
