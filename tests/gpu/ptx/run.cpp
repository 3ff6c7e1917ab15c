// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>

#include "gpu/ptx/warp.hpp"

// A launch: block after block, and the warps of a block in turn until all wait at its barrier or have ended.
namespace orbitwalk::ptx {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;

/// Registers that the system sets: places of the thread, sizes of the launch.
u32 special_value(std::string_view name, const Warp& w, const Launch& launch, u32 lane) {
  const u32 *n = launch.block, t = w.first_thread + lane;
  const int axis = name.back() == 'y' ? 1 : name.back() == 'z' ? 2 : 0;
  if (name.starts_with("%tid.")) return axis == 0 ? t % n[0] : axis == 1 ? t / n[0] % n[1] : t / n[0] / n[1];
  if (name.starts_with("%ntid.")) return n[axis];
  if (name.starts_with("%ctaid.")) return w.block.id[axis];
  if (name.starts_with("%nctaid.")) return launch.grid[axis];
  if (name == "%laneid") return lane;
  if (name == "%lanemask_eq") return 1u << lane;
  if (name == "%lanemask_lt") return (1u << lane) - 1;
  if (name == "%lanemask_le") return (2u << lane) - 1;
  if (name == "%lanemask_ge") return ~((1u << lane) - 1);
  if (name == "%lanemask_gt") return ~((2u << lane) - 1);
  throw Error("PTX register that is not emulated: " + std::string(name));
}

/// Register files, aligned for the widest vectors.
struct Files {
  explicit Files(std::size_t bytes) : memory(static_cast<u8*>(::operator new(bytes, std::align_val_t(64)))) {}
  ~Files() { ::operator delete(memory, std::align_val_t(64)); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  u8* memory;
};

std::vector<Warp> start_warps(Block& block, u32 threads, const Files& files) {
  const Program& program = block.program;
  std::vector<Warp> warps;
  for (u32 first = 0; first < threads; first += lanes) {
    Warp& w = warps.emplace_back(block);
    w.first_thread = first;
    w.file = files.memory + first / lanes * program.file.size();
    const u32 here = std::min<u32>(lanes, threads - first);
    w.live = here == 32 ? ~0u : (1u << here) - 1;
    std::memcpy(w.file, program.file.data(), program.file.size());
    for (const auto& [name, row] : program.special) {
      for (int l = 0; l < lanes; ++l) w.row<u32>(row)[l] = special_value(name, w, block.launch, u32(l));
    }
  }
  return warps;
}

/// Lets those who wait at the barrier go on; false where nobody is left.
bool pass_barrier(Block& block, std::vector<Warp>& warps) {
  bool any = false;
  for (Warp& w : warps) {
    for (u32 m = w.at_barrier & w.live; m; m &= m - 1) {
      const int l = __builtin_ctz(m);
      const Instruction& i = block.program.code[w.pc[l]];
      if (i.d) w.mask(i.d) = (w.mask(i.d) & ~(1u << l)) | u32(block.barrier_any) << l;
      ++w.pc[l];
    }
    w.at_barrier = 0;
    any |= w.live != 0;
  }
  block.barrier_any = false;
  return any;
}

void run_block(Block& block, std::vector<Warp>& warps, Turns& turns) {
  for (bool any = true; any;) {
    bool all_blocked = true;
    const std::size_t first = turns.are_random() ? turns.below(u32(warps.size())) : 0;
    for (std::size_t i = 0; i < warps.size(); ++i) {
      Warp& w = warps[(first + i) % warps.size()];
      run_warp(w, turns);
      all_blocked &= (w.live & ~w.at_barrier) == 0;
    }
    if (all_blocked) any = pass_barrier(block, warps);
  }
}

}  // namespace

Statistics run(const Program& program, const Launch& launch) {
  const u32 threads = launch.block[0] * launch.block[1] * launch.block[2], warps = (threads + lanes - 1) / lanes;
  Block block{program, launch, {}, {}, {}};
  block.shared.resize(program.shared_bytes + launch.dynamic_shared);
  block.threads.resize(program.thread_bytes * warps * lanes);
  const Files files(program.file.size() * warps);
  Turns turns(launch.schedule);
  Statistics statistics;
  for (u32 z = 0; z < launch.grid[2]; ++z) {
    for (u32 y = 0; y < launch.grid[1]; ++y) {
      for (u32 x = 0; x < launch.grid[0]; ++x) {
        block.id[0] = x, block.id[1] = y, block.id[2] = z;
        // What nobody has written is not zero.
        std::fill(block.shared.begin(), block.shared.end(), 0xff);
        std::fill(block.threads.begin(), block.threads.end(), 0xff);
        std::vector<Warp> all = start_warps(block, threads, files);
        run_block(block, all, turns);
        for (const Warp& w : all) statistics.add(w.statistics);
      }
    }
  }
  return statistics;
}

}  // namespace orbitwalk::ptx
