// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "gpu/ptx/interpreter.hpp"

// Small kernels for the interpreter's own tests.
namespace orbitwalk::ptx::test {

/// A kernel of one parameter, the address of the device's memory. `body` finds it in %rd1, the thread's index in %r1 and the
/// address of the thread's own 8 bytes in %rd2. `functions` stand before the kernel.
inline std::string kernel_text(const std::string& body, const std::string& functions = "") {
  return "\n.version 8.7\n.target sm_80\n.address_size 64\n" + functions +
         ".visible .entry k(.param .u64 k_param_0)\n.maxntid 256\n{\n"
         ".reg .pred %p<8>;\n.reg .b16 %rs<8>;\n.reg .b32 %r<32>;\n.reg .b64 %rd<16>;\n.reg .f32 %f<16>;\n.reg .f64 "
         "%d<16>;\n"
         "ld.param.u64 %rd1, [k_param_0];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %rd2, %r1, 8;\nadd.s64 %rd2, %rd1, "
         "%rd2;\n" +
         body + "\nret;\n}\n";
}

struct Conditions {
  std::uint32_t threads = 1, blocks = 1, dynamic_shared = 0;
  std::uint64_t schedule = 0;
  Options options = {};
  std::vector<std::uint64_t> memory = std::vector<std::uint64_t>(256, 0);
};

/// The only memory that a kernel may touch while it runs.
inline std::pair<std::uint64_t, std::uint64_t>& device_range() {
  static std::pair<std::uint64_t, std::uint64_t> range;
  return range;
}

/// Runs a text of kernel_text() and returns what the memory holds then.
inline std::vector<std::uint64_t> run_text(const std::string& text, const Conditions& with = {},
                                           Statistics* statistics = nullptr) {
  const Module module(text);
  const auto program = link(module, "k", with.options);
  std::vector<std::uint64_t> memory = with.memory;
  const auto begin = reinterpret_cast<std::uint64_t>(memory.data());
  device_range() = {begin, begin + 8 * memory.size()};
  Launch launch{{with.blocks, 1, 1}, {with.threads, 1, 1}};
  launch.dynamic_shared = with.dynamic_shared;
  launch.schedule = with.schedule;
  std::uint8_t parameters[8];
  std::memcpy(parameters, &begin, sizeof begin);
  launch.parameters = parameters;
  launch.is_device_memory = [](std::uint64_t address, std::uint64_t bytes) {
    return address >= device_range().first && address + bytes <= device_range().second;
  };
  const Statistics done = run(*program, launch);
  if (statistics) *statistics = done;
  return memory;
}

inline std::vector<std::uint64_t> run_body(const std::string& body, const Conditions& with = {},
                                           Statistics* statistics = nullptr) {
  return run_text(kernel_text(body), with, statistics);
}

/// What the interpreter says where it refuses to link or to go on; empty where it does neither.
inline std::string refusal(const std::string& text, const Conditions& with = {}) {
  try {
    run_text(text, with);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace orbitwalk::ptx::test
