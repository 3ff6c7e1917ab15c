// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include "gpu/ptx/interpreter.hpp"

// Decoded kernels. Every register of every function of a kernel is a row of 32 lanes in the warp's register file (no
// function calls itself, so a function's rows are the lane's frame of it); constants are rows too; a predicate is a row
// of 32 bits.
namespace orbitwalk::ptx {

inline constexpr int lanes = 32, most_depth = 16;

struct Warp;
struct Instruction;
using Action = void (*)(Warp&, const Instruction&, std::uint32_t mask);

/// action: the lanes of the mask do it; together: those of its own mask do it once all have come; the others change the
/// course.
enum class Kind : std::uint8_t { action, branch, call, leave, stop, barrier, together };
/// Which memory an address is in. generic, local, shared, global: the address is in a register. thread, launch, block,
/// fixed: it is that of a variable, an offset in the thread's memory, the launch's parameters or the block's shared
/// memory, or an address.
enum class Base : std::uint8_t { generic, local, shared, global, thread, launch, block, fixed };

struct Copy {
  std::uint32_t to, from, bytes;  ///< in a thread's memory
};

struct Instruction {
  Action action = nullptr;
  std::uint32_t d = 0, a = 0, b = 0, c = 0, e = 0;  ///< rows; 0 is none
  std::uint32_t members = 0;                        ///< row: the lanes that an instruction of several lanes waits for
  std::uint32_t guard = 0;
  bool guarded = false, guard_is_not = false;
  Kind kind = Kind::action;
  Base base = Base::generic;
  bool address_is_short = false;
  std::uint8_t elements = 1;
  std::uint32_t vector[4] = {};     ///< rows of a vector operand
  std::int64_t offset = 0;          ///< of a memory operand
  std::uint32_t target = 0;         ///< of a branch or call
  std::vector<Copy> before, after;  ///< arguments and results of a call
  std::string_view text;            ///< the opcode, for messages
};

struct Program {
  std::string name;
  std::vector<Instruction> code;
  std::vector<std::uint8_t> file;  ///< register file at the start: constants
  std::vector<Variable> parameters;
  std::vector<std::pair<std::string_view, std::uint32_t>> special;  ///< registers that the system sets, and their rows
  std::uint64_t thread_bytes = 0, local_bytes = 0, shared_bytes = 0, parameter_bytes = 0;
};

struct Block {
  const Program& program;
  const Launch& launch;
  std::uint32_t id[3] = {};
  std::vector<std::uint8_t> shared, threads;
  bool barrier_any = false;

  std::uint8_t* thread(std::uint32_t index) { return threads.data() + index * program.thread_bytes; }
};

struct Warp {
  Block& block;
  std::uint32_t first_thread = 0;
  std::uint8_t* file = nullptr;
  std::uint32_t pc[lanes] = {};
  std::uint8_t depth[lanes] = {};
  std::uint32_t back[lanes][most_depth] = {};  ///< the call that a lane returns from
  std::uint32_t live = 0, at_barrier = 0, waiting = 0;
  Statistics statistics;

  template <class T>
  T* row(std::uint32_t at) {
    return reinterpret_cast<T*>(file + at);
  }
  std::uint32_t& mask(std::uint32_t at) { return *reinterpret_cast<std::uint32_t*>(file + at); }
  std::uint8_t* thread(int lane) { return block.thread(first_thread + lane); }
};

template <class Visit>
void each_lane(std::uint32_t mask, Visit visit) {
  if (mask == ~0u) {
#pragma GCC ivdep
    for (int lane = 0; lane < lanes; ++lane) visit(lane);
  } else {
    for (; mask; mask &= mask - 1) visit(__builtin_ctz(mask));
  }
}

/// What an instruction does, from its opcode; throws where it is not known. `words` are the parts of the opcode between
/// dots.
struct Opcode {
  std::vector<std::string_view> words;
  const Options& options;
  bool has(std::string_view word) const {
    for (const auto& w : words) {
      if (w == word) return true;
    }
    return false;
  }
};
Action arithmetic(const Opcode& opcode, std::string_view type, std::string_view from);
Action integer_conversion(const Opcode& opcode, std::string_view type, std::string_view from, std::uint32_t row_bytes,
                          std::uint32_t from_bytes);
Action memory_action(const Opcode& opcode, std::string_view type, std::uint32_t register_bytes);
Action together_action(const Opcode& opcode);

}  // namespace orbitwalk::ptx
