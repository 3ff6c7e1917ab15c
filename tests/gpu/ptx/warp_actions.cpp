// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/operations.hpp"

// Instructions that the lanes of a mask execute together.
namespace orbitwalk::ptx {
namespace {

void ballot(Warp& w, const Instruction& i, u32 mask) {
  const u32 bits = w.mask(i.a) & mask;
  each_lane(mask, [&](int l) { w.row<u32>(i.d)[l] = bits; });
}
void match_any(Warp& w, const Instruction& i, u32 mask) {
  const u32* a = w.row<u32>(i.a);
  u32 result[lanes] = {};
  each_lane(mask, [&](int l) {
    for (u32 m = mask; m; m &= m - 1) result[l] |= u32(a[__builtin_ctz(m)] == a[l]) << __builtin_ctz(m);
  });
  each_lane(mask, [&](int l) { w.row<u32>(i.d)[l] = result[l]; });
}

enum class Shuffle { idx, up, down, bfly };
template <Shuffle kind>
void shuffle(Warp& w, const Instruction& i, u32 mask) {
  const u32 *a = w.row<u32>(i.a), *b = w.row<u32>(i.b), *c = w.row<u32>(i.c);
  u32 result[lanes] = {}, inside_segment = 0;
  for (u32 m = mask; m; m &= m - 1) {
    const int lane = __builtin_ctz(m);
    const int by = b[lane] & 31, clamp = c[lane] & 31, segment = c[lane] >> 8 & 31;
    const int most = (lane & segment) | (clamp & ~segment), least = lane & segment;
    int from = 0;
    bool good = false;
    if (kind == Shuffle::up) from = lane - by, good = from >= most;
    else if (kind == Shuffle::down) from = lane + by, good = from <= most;
    else if (kind == Shuffle::bfly) from = lane ^ by, good = from <= most;
    else from = least | (by & ~segment), good = from <= most;
    if (!good) from = lane;
    result[lane] = a[from];
    inside_segment |= u32(good) << lane;
  }
  each_lane(mask, [&](int l) { w.row<u32>(i.d)[l] = result[l]; });
  if (i.e) w.mask(i.e) = (w.mask(i.e) & ~mask) | (inside_segment & mask);
}

void nothing(Warp&, const Instruction&, u32) {}

}  // namespace

Action together_action(const Opcode& o) {
  const std::string_view name = o.words[0];
  if (name == "vote" && o.has("ballot")) return ballot;
  if (name == "match" && o.has("any") && o.has("b32")) return match_any;
  if (name == "shfl" && o.has("idx")) return shuffle<Shuffle::idx>;
  if (name == "shfl" && o.has("up")) return shuffle<Shuffle::up>;
  if (name == "shfl" && o.has("down")) return shuffle<Shuffle::down>;
  if (name == "shfl" && o.has("bfly")) return shuffle<Shuffle::bfly>;
  if (name == "bar" && o.has("warp")) return nothing;
  refuse(o);
}

}  // namespace orbitwalk::ptx
