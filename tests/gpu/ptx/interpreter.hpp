// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// An interpreter of PTX: the text that nvcc makes of a kernel runs on the host, 32 lanes at a time. It takes the
// instructions that this project's kernels are made of and refuses every other by name, among them all whose result PTX
// leaves open (approximations, flushed subnormals, additions and multiplications that an assembler might fuse).
namespace orbitwalk::ptx {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Tokens = std::vector<std::string_view>;

/// A variable in memory, with the number of its bytes.
struct Variable {
  std::string_view name;
  std::uint32_t bytes = 0, align = 1;
};

/// A function as its text says it: one entry of `body` a statement, label, brace or declaration.
struct Function {
  std::string_view name;
  bool is_entry = false;
  std::vector<Variable> parameters, results;
  std::vector<Tokens> body;
  std::uint32_t most_threads = 0, least_blocks = 0;  ///< .maxntid, .minnctapersm
};

/// A translation unit.
class Module {
 public:
  explicit Module(std::string text);
  const Function* find(std::string_view name) const;
  const std::map<std::string_view, Function>& functions() const { return functions_; }
  std::uint8_t* global(std::string_view name) const;  ///< memory of a variable of the module, or null
  bool is_dynamic_shared(std::string_view name) const { return name == dynamic_shared_; }
  std::string_view version, target;

 private:
  std::string text_;
  std::map<std::string_view, Function> functions_;
  std::map<std::string_view, std::unique_ptr<std::uint8_t[]>> globals_;
  std::string_view dynamic_shared_;
};

struct Program;

/// What a kernel may be made of. The defaults are what this project promises; the others are for tests that must fail.
struct Options {
  bool contraction = false;  ///< takes additions and multiplications that an assembler might fuse, as they stand
  bool barriers = true;      ///< false: barriers of a block do nothing
};

/// A kernel with everything that it calls, ready to run. Throws Error where an instruction is not emulated.
std::shared_ptr<const Program> link(const Module& module, std::string_view entry, const Options& options = {});

const std::vector<Variable>& parameters(const Program& program);
std::uint64_t local_bytes(const Program& program);   ///< of a thread
std::uint64_t shared_bytes(const Program& program);  ///< that the kernel declares

/// Says whether all bytes from `address` on belong to the program: memory of the device.
using IsDeviceMemory = bool (*)(std::uint64_t address, std::uint64_t bytes);

struct Launch {
  std::uint32_t grid[3], block[3];
  std::uint32_t dynamic_shared = 0;
  const std::uint8_t* parameters = nullptr;  ///< laid out as parameters(program) says, each aligned
  IsDeviceMemory is_device_memory = nullptr;
  std::uint64_t schedule =
      0;  ///< 0: lanes stay together where they can; else a seed by which groups of lanes take turns
};

struct Statistics {
  std::uint64_t instructions = 0, lanes = 0;        ///< that warps executed, and lanes in them
  std::uint64_t local = 0, shared = 0, global = 0;  ///< bytes that lanes loaded and stored
  std::uint64_t generic_atomics = 0;                ///< that lanes executed without naming the memory
  void add(const Statistics& other) {
    instructions += other.instructions, lanes += other.lanes;
    local += other.local, shared += other.shared, global += other.global;
    generic_atomics += other.generic_atomics;
  }
};

/// Runs all blocks of a launch. Throws Error where a thread does what it may not.
Statistics run(const Program& program, const Launch& launch);

}  // namespace orbitwalk::ptx
