// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gpu/ptx/runtime.hpp"

// Kernels: how nvcc's objects announce them, and how they are launched.
namespace orbitwalk::ptx {

const Program& Kernel::linked() {
  if (!program)
    program =
        link(*module, name, {std::getenv("PTX_CONTRACTION") != nullptr, std::getenv("PTX_NO_BARRIERS") == nullptr});
  return *program;
}

namespace {

/// What an object holds of its device code: text by text, each ending with a zero byte.
std::unique_ptr<Modules> read_modules(const char* data) {
  struct Header {
    std::uint32_t magic;
    std::uint16_t version, header_bytes;
    std::uint64_t bytes;
  };
  Header header;
  std::memcpy(&header, data, sizeof header);
  const std::string_view all(data, header.header_bytes + header.bytes);
  auto modules = std::make_unique<Modules>();
  for (std::size_t at = 0; (at = all.find("\n.version ", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    modules->push_back(std::make_unique<Module>(std::string(all.substr(at, end - at))));
    at = end;
  }
  return modules;
}

bool is_launchable(Kernel& kernel, dim3 grid, dim3 block) {
  const std::uint64_t threads = std::uint64_t(block.x) * block.y * block.z;
  const bool good_block = threads > 0 && threads <= kernel.most_threads();
  const bool good_grid = grid.x > 0 && grid.y > 0 && grid.z > 0 && grid.x <= 0x7fffffffu &&
                         grid.y <= the_device().largest_grid_y() && grid.z <= 65535;
  return good_block && good_grid;
}

/// The parameters as the kernel sees them, each aligned.
std::vector<std::uint8_t> parameter_memory(const Program& program, void** arguments) {
  std::vector<std::uint8_t> memory;
  for (std::size_t i = 0; i < parameters(program).size(); ++i) {
    const Variable& p = parameters(program)[i];
    memory.resize((memory.size() + p.align - 1) / p.align * p.align);
    const auto* from = static_cast<const std::uint8_t*>(arguments[i]);
    memory.insert(memory.end(), from, from + p.bytes);
  }
  return memory;
}

/// The driver sets local memory apart for every thread that the device can hold, and keeps it.
bool reserve_local(Device& device, const Program& program) {
  const std::uint64_t wanted = local_bytes(program) * Device::multiprocessors * Device::threads_of_multiprocessor;
  if (wanted <= device.reserved) return true;
  if (wanted - device.reserved > device.free()) return false;
  device.reserved = wanted;
  return true;
}

}  // namespace
}  // namespace orbitwalk::ptx

using namespace orbitwalk::ptx;

extern "C" {

void** CUDARTAPI __cudaRegisterFatBinary(void* binary) {
  struct Wrapper {
    int magic, version;
    const char* data;
  };
  std::unique_ptr<Modules> modules;
  try {
    modules = read_modules(static_cast<const Wrapper*>(binary)->data);
  } catch (const Error& error) {
    std::fprintf(stderr, "ptx: %s\n", error.what());
    modules = std::make_unique<Modules>();
  }
  the_device().modules.push_back(std::move(modules));
  return reinterpret_cast<void**>(the_device().modules.back().get());
}
void CUDARTAPI __cudaRegisterFatBinaryEnd(void**) {}
void CUDARTAPI __cudaUnregisterFatBinary(void**) {}
void CUDARTAPI __cudaRegisterVar(void**, char*, char*, const char*, int, std::size_t, int, int) {}
void CUDARTAPI __cudaRegisterFunction(void** modules, const char* stub, char*, const char* name, int, uint3*, uint3*,
                                      dim3*, dim3*, int*) {
  for (const auto& module : *reinterpret_cast<Modules*>(modules)) {
    if (module->find(name)) the_device().kernels[stub] = {module.get(), name, nullptr};
  }
}
cudaError_t CUDARTAPI __cudaGetKernel(cudaKernel_t* kernel, const void* stub) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(stub));
  return the_device().kernels.contains(stub) ? cudaSuccess : cudaErrorInvalidDeviceFunction;
}
unsigned CUDARTAPI __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared, cudaStream_t) {
  the_device().configurations.push_back({grid, block, shared});
  return 0;
}
cudaError_t CUDARTAPI __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared, void* stream) {
  const auto top = the_device().configurations.back();
  the_device().configurations.pop_back();
  *grid = top.grid, *block = top.block, *shared = top.shared;
  *static_cast<cudaStream_t*>(stream) = nullptr;
  return cudaSuccess;
}

cudaError_t CUDARTAPI cudaLaunchKernel(const void* stub, dim3 grid, dim3 block, void** arguments, std::size_t shared,
                                       cudaStream_t) {
  Device& device = the_device();
  const auto at = device.kernels.find(stub);
  if (at == device.kernels.end()) return device.failed(cudaErrorInvalidDeviceFunction);
  if (device.broken != cudaSuccess) return device.failed(device.broken);
  Kernel& kernel = at->second;
  try {
    const Program& program = kernel.linked();
    if (!is_launchable(kernel, grid, block)) return device.failed(cudaErrorInvalidConfiguration);
    if (Device::names("PTX_REFUSE_LAUNCH", kernel.name)) {
      std::fprintf(stderr, "ptx: launch of %s refused as asked for\n", kernel.name.c_str());
      return device.failed(cudaErrorInvalidConfiguration);
    }
    if (Device::names("PTX_BREAK_LAUNCH", kernel.name))
      throw Error("launch of " + kernel.name + " broken as asked for");
    const std::vector<std::uint8_t> memory = parameter_memory(program, arguments);
    if (shared_bytes(program) + shared > Device::shared_of_block || memory.size() > 4096)
      return device.failed(cudaErrorInvalidValue);
    if (!reserve_local(device, program)) return device.failed(cudaErrorMemoryAllocation);
    Launch launch{{grid.x, grid.y, grid.z}, {block.x, block.y, block.z}};
    launch.dynamic_shared = static_cast<std::uint32_t>(shared);
    launch.parameters = memory.data();
    launch.is_device_memory = is_device_memory;
    const char* seed = std::getenv("PTX_SCHEDULE");
    const bool random = seed && *seed;
    if (random) launch.schedule = (std::strtoull(seed, nullptr, 10) + device.launches) * 0x9e3779b97f4a7c15u | 1;
    ++device.launches;
    device.statistics.add(run(program, launch));
  } catch (const Error& error) {
    std::fprintf(stderr, "ptx: %s\n", error.what());
    device.broken = cudaErrorLaunchFailure;  // found out by the next synchronisation, as on a device
  }
  return cudaSuccess;
}
cudaError_t CUDARTAPI __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments,
                                         std::size_t shared, cudaStream_t stream) {
  return cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, block, arguments, shared, stream);
}

cudaError_t CUDARTAPI cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* stub) {
  const auto at = the_device().kernels.find(stub);
  if (at == the_device().kernels.end()) return the_device().failed(cudaErrorInvalidDeviceFunction);
  std::memset(attributes, 0, sizeof *attributes);
  try {
    const Program& program = at->second.linked();
    attributes->localSizeBytes = local_bytes(program);
    attributes->sharedSizeBytes = shared_bytes(program);
    attributes->maxThreadsPerBlock = static_cast<int>(at->second.most_threads());
    attributes->numRegs = 64;  // nobody knows without an assembler
    attributes->ptxVersion = attributes->binaryVersion = 80;
  } catch (const Error& error) {
    std::fprintf(stderr, "ptx: %s\n", error.what());
    return the_device().failed(cudaErrorInvalidPtx);
  }
  return cudaSuccess;
}
cudaError_t CUDARTAPI cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* stub, int threads,
                                                                             std::size_t, unsigned) {
  if (!the_device().kernels.contains(stub)) return the_device().failed(cudaErrorInvalidDeviceFunction);
  *blocks = std::max(1, Device::threads_of_multiprocessor / threads / 2);
  return cudaSuccess;
}
cudaError_t CUDARTAPI cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* stub, int threads,
                                                                    std::size_t shared) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, stub, threads, shared, 0);
}

}  // extern "C"
