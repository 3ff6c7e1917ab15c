// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gpu/ptx/interpreter.hpp"

// The part of the CUDA runtime that the program and CUB use, over the interpreter. The README lists the environment
// variables.
namespace orbitwalk::ptx {

/// A kernel of the program, linked when it is first asked for.
struct Kernel {
  const Module* module = nullptr;
  std::string name;
  std::shared_ptr<const Program> program;

  const Program& linked();
  const Function& text() const { return *module->find(name); }
  std::uint32_t most_threads() const { return text().most_threads ? text().most_threads : 1024; }
};

/// The modules of one object file.
using Modules = std::vector<std::unique_ptr<Module>>;

/// The one device and its state.
struct Device {
  struct Configuration {
    dim3 grid, block;
    std::size_t shared;
  };
  static constexpr int multiprocessors = 2, threads_of_multiprocessor = 2048, shared_of_block = 48 * 1024;

  std::vector<std::unique_ptr<Modules>> modules;
  std::map<const void*, Kernel> kernels;  ///< by the address of the host's stub
  std::vector<Configuration> configurations;
  std::map<std::uint64_t, std::uint64_t> allocations;  ///< end -> begin
  std::uint64_t used = 0;                              ///< bytes allocated
  std::uint64_t reserved = 0;                          ///< bytes of local memory that launches have set apart
  std::uint64_t launches = 0, allocated = 0;           ///< calls so far
  cudaError_t last = cudaSuccess;
  cudaError_t broken = cudaSuccess;  ///< an error after which nothing works, as after a fault on a device
  Statistics statistics;

  std::uint64_t memory() const;  ///< bytes in all
  std::uint64_t free() const { return memory() - used - reserved; }
  unsigned largest_grid_y() const;
  /// Records an error for cudaGetLastError and gives it back.
  cudaError_t failed(cudaError_t error);
  /// Whether launches of this kernel are to fail, by an environment variable that holds a part of its name.
  static bool names(const char* variable, const std::string& kernel);

  ~Device();
};

Device& the_device();

/// Whether all of the bytes belong to one allocation.
bool is_device_memory(std::uint64_t address, std::uint64_t bytes);

}  // namespace orbitwalk::ptx
