// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/warp.hpp"

#include <algorithm>

// Lanes of a warp that stand at the same instruction at the same depth of calls go on together; the group that is
// deepest, and then furthest back, goes first, so that lanes meet again after a branch. Where turns are random, so is
// the group: no program may notice.
namespace orbitwalk::ptx {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

std::string where(const Warp& w, int lane) {
  return "thread " + std::to_string(w.first_thread + lane) + " of block " + std::to_string(w.block.id[0]) + " of " +
         w.block.program.name;
}

/// The group of lanes that goes on next.
int choose(const Warp& w, u32 ready, Turns& turns) {
  if (turns.are_random()) {
    for (u32 skip = turns.below(u32(__builtin_popcount(ready))); skip > 0; --skip) ready &= ready - 1;
    return __builtin_ctz(ready);
  }
  int best = __builtin_ctz(ready);
  for (u32 m = ready; m; m &= m - 1) {
    const int l = __builtin_ctz(m);
    if (w.depth[l] > w.depth[best] || (w.depth[l] == w.depth[best] && w.pc[l] < w.pc[best])) best = l;
  }
  return best;
}

void copy(Warp& w, const std::vector<Copy>& copies, u32 mask) {
  for (const Copy& c : copies) {
    for (u32 m = mask; m; m &= m - 1) {
      u8* memory = w.thread(__builtin_ctz(m));
      std::memcpy(memory + c.to, memory + c.from, c.bytes);
    }
  }
}

/// Lanes that stand at the same instruction, from there to where they part.
class Group {
 public:
  Group(Warp& warp, int leader) : w_(warp), leader_(leader), pc_(warp.pc[leader]), depth_(warp.depth[leader]) {
    const u32 among = w_.live & ~w_.at_barrier;
    for (int l = 0; l < lanes; ++l) lanes_ |= u32((among >> l & 1) && w_.pc[l] == pc_ && w_.depth[l] == depth_) << l;
    w_.waiting &= ~lanes_;
    // Where others stand at this depth, to be met there.
    for (u32 m = among & ~lanes_; m; m &= m - 1) {
      const int l = __builtin_ctz(m);
      if (w_.depth[l] == depth_ && w_.pc[l] > pc_) meet_ = std::min(meet_, w_.pc[l]);
    }
  }

  /// At most `budget` instructions; any number for -1.
  void run(int budget) {
    const std::vector<Instruction>& code = w_.block.program.code;
    for (bool together = true; together;) {
      const Instruction& i = code[pc_];
      u32 mask = lanes_;
      if (i.guarded) mask &= i.guard_is_not ? ~w_.mask(i.guard) : w_.mask(i.guard);
      ++w_.statistics.instructions;
      w_.statistics.lanes += u64(__builtin_popcount(mask));
      if (i.kind == Kind::action) {
        if (mask) i.action(w_, i, mask);
        ++pc_;
      } else {
        together = change_course(i, mask);
      }
      if (together && (pc_ >= meet_ || --budget == 0)) {
        stand(lanes_, pc_);
        together = false;
      }
    }
  }

 private:
  void stand(u32 mask, u32 at) {
    for (; mask; mask &= mask - 1) w_.pc[__builtin_ctz(mask)] = at;
  }

  /// Whether the lanes still stand together.
  bool change_course(const Instruction& i, u32 mask) {
    if (i.kind == Kind::branch) return branch(i, mask);
    if (i.kind == Kind::together) return act_together(i, mask);
    stand(lanes_ & ~mask, pc_ + 1);
    if (i.kind == Kind::call) call(i, mask);
    if (i.kind == Kind::leave) leave(mask);
    if (i.kind == Kind::stop) w_.live &= ~mask;
    if (i.kind == Kind::barrier) {
      if (i.d) w_.block.barrier_any |= (w_.mask(i.a) & mask) != 0;
      stand(mask, pc_);
      w_.at_barrier |= mask;
    }
    return false;
  }

  bool branch(const Instruction& i, u32 mask) {
    if (mask == lanes_) {
      pc_ = i.target;
    } else if (mask == 0) {
      ++pc_;
    } else {
      stand(mask, i.target);
      stand(lanes_ & ~mask, pc_ + 1);
      return false;
    }
    return true;
  }

  void call(const Instruction& i, u32 mask) {
    if (depth_ + 1 >= most_depth) throw Error("calls are too deep");
    copy(w_, i.before, mask);
    stand(mask, i.target);
    for (; mask; mask &= mask - 1) {
      const int l = __builtin_ctz(mask);
      w_.back[l][depth_] = pc_;
      w_.depth[l] = static_cast<u8>(depth_ + 1);
    }
  }

  void leave(u32 mask) {
    if (depth_ == 0) {
      w_.live &= ~mask;
      return;
    }
    for (; mask; mask &= mask - 1) {
      const int l = __builtin_ctz(mask);
      const u32 from = w_.back[l][depth_ - 1];
      w_.depth[l] = static_cast<u8>(depth_ - 1);
      w_.pc[l] = from + 1;
      copy(w_, w_.block.program.code[from].after, 1u << l);
    }
  }

  /// An instruction that waits until all lanes of its mask have come.
  bool act_together(const Instruction& i, u32 mask) {
    const u32* members = w_.row<u32>(i.members);
    u32 wanted = 0;
    for (u32 m = mask; m; m &= m - 1) {
      const int l = __builtin_ctz(m);
      wanted |= members[l];
      if (!(members[l] >> l & 1))
        throw Error("a lane that is not in its own mask, at " + std::string(i.text) + ", " + where(w_, l));
    }
    if (wanted & w_.live & ~mask) {
      if (i.guarded) throw Error("guarded instruction of several lanes");
      stand(lanes_, pc_);
      w_.waiting |= lanes_;
      return false;
    }
    if ((wanted & ~w_.live) && !i.guarded) {
      throw Error("a mask of lanes that have ended, at " + std::string(i.text) + ", " + where(w_, leader_));
    }
    // Lanes of different masks that meet by chance are different groups.
    for (u32 left = mask; left;) {
      const u32 set = members[__builtin_ctz(left)] & mask;
      i.action(w_, i, set);
      left &= ~set;
    }
    ++pc_;
    return true;
  }

  Warp& w_;
  int leader_;
  u32 lanes_ = 0, pc_, meet_ = ~0u;
  u8 depth_;
};

}  // namespace

void run_warp(Warp& w, Turns& turns) {
  for (int rounds = turns.are_random() ? 1 + int(turns.below(8)) : -1; rounds != 0; --rounds) {
    const u32 ready = w.live & ~w.at_barrier & ~w.waiting;
    if (ready == 0 && w.waiting) {
      const int lane = __builtin_ctz(w.waiting);
      throw Error("lanes wait for others that do not come, at " + std::string(w.block.program.code[w.pc[lane]].text) +
                  ", " + where(w, lane));
    }
    if (ready == 0) return;
    Group group(w, choose(w, ready, turns));
    group.run(turns.are_random() ? 1 + int(turns.below(100)) : -1);
  }
}

}  // namespace orbitwalk::ptx
