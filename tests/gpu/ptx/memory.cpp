// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "gpu/ptx/operations.hpp"

// Loads, stores and atomic operations. Every address is checked: it must be aligned and lie in memory that the thread
// may touch.
namespace orbitwalk::ptx {
namespace {

[[noreturn]] void fault(const Warp& w, const Instruction& i, int lane, u64 address, const char* what) {
  char text[64];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
  throw Error(std::string(what) + " at address " + text + " by " + std::string(i.text) + ", thread " +
              std::to_string(w.first_thread + lane) + " of block " + std::to_string(w.block.id[0]) + " of " +
              w.block.program.name);
}

bool inside(u64 address, u64 bytes, const u8* memory, u64 size) {
  const u64 at = address - reinterpret_cast<u64>(memory);
  return at <= size && bytes <= size - at;
}

std::uint8_t* place(Warp& w, const Instruction& i, int lane, u32 bytes) {
  Block& block = w.block;
  u64 address = 0;
  switch (i.base) {
    case Base::thread: return w.thread(lane) + i.offset;
    case Base::launch: return const_cast<u8*>(block.launch.parameters) + i.offset;
    case Base::fixed: address = i.offset; break;
    case Base::block: address = i.offset + reinterpret_cast<u64>(block.shared.data()); break;
    default: address = (i.address_is_short ? w.row<u32>(i.a)[lane] : w.row<u64>(i.a)[lane]) + i.offset;
  }
  if (i.base == Base::shared) address += reinterpret_cast<u64>(block.shared.data());
  if (address % bytes != 0) fault(w, i, lane, address, "misaligned access");
  const bool in_shared = inside(address, bytes, block.shared.data(), block.shared.size());
  const bool in_thread = inside(address, bytes, w.thread(lane), block.program.thread_bytes);
  bool good = false;
  if (i.base == Base::shared || i.base == Base::block) good = in_shared;
  else if (i.base == Base::local) good = in_thread;
  else if (i.base == Base::global) good = block.launch.is_device_memory(address, bytes);
  else
    good = in_thread || in_shared || i.base == Base::fixed || block.launch.is_device_memory(address, bytes) ||
           inside(address, bytes, block.launch.parameters, block.program.parameter_bytes);
  if (!good) fault(w, i, lane, address, "access outside of memory");
  (in_thread ? w.statistics.local : in_shared ? w.statistics.shared : w.statistics.global) += bytes;
  return reinterpret_cast<u8*>(address);
}

template <class T, class Row>
void load(Warp& w, const Instruction& i, u32 mask) {
  for (; mask; mask &= mask - 1) {
    const int lane = __builtin_ctz(mask);
    const u8* from = place(w, i, lane, u32(sizeof(T)) * i.elements);
    for (int n = 0; n < i.elements; ++n) {
      T value;
      std::memcpy(&value, from + n * sizeof(T), sizeof value);
      w.row<Row>(i.vector[n])[lane] = Row(value);
    }
  }
}

template <class T, class Row>
void store(Warp& w, const Instruction& i, u32 mask) {
  for (; mask; mask &= mask - 1) {
    const int lane = __builtin_ctz(mask);
    u8* to = place(w, i, lane, u32(sizeof(T)) * i.elements);
    for (int n = 0; n < i.elements; ++n) {
      const T value = T(w.row<Row>(i.vector[n])[lane]);
      std::memcpy(to + n * sizeof(T), &value, sizeof value);
    }
  }
}

template <class T, auto f>
void atomic(Warp& w, const Instruction& i, u32 mask) {
  if (i.base == Base::generic) w.statistics.generic_atomics += u64(__builtin_popcount(mask));
  for (; mask; mask &= mask - 1) {
    const int lane = __builtin_ctz(mask);
    u8* at = place(w, i, lane, sizeof(T));
    T old;
    std::memcpy(&old, at, sizeof old);
    const T next = f(old, w.row<T>(i.b)[lane], w.row<T>(i.c)[lane]);
    std::memcpy(at, &next, sizeof next);
    if (i.d) w.row<T>(i.d)[lane] = old;
  }
}

template <class T>
Action atomic_action(const Opcode& o) {
  if (o.has("add")) return atomic<T, [](T old, T b, T) { return T(old + b); }>;
  if (o.has("min")) return atomic<T, [](T old, T b, T) { return b < old ? b : old; }>;
  if (o.has("max")) return atomic<T, [](T old, T b, T) { return old < b ? b : old; }>;
  if (o.has("exch")) return atomic<T, [](T, T b, T) { return b; }>;
  if (o.has("cas")) return atomic<T, [](T old, T b, T c) { return old == b ? c : old; }>;
  if (o.has("and")) return atomic<T, [](T old, T b, T) { return T(old & b); }>;
  if (o.has("or")) return atomic<T, [](T old, T b, T) { return T(old | b); }>;
  if (o.has("xor")) return atomic<T, [](T old, T b, T) { return T(old ^ b); }>;
  refuse(o);
}

}  // namespace

Action memory_action(const Opcode& o, std::string_view type, std::uint32_t register_bytes) {
  const std::string_view name = o.words[0];
  if (name == "atom" || name == "red") {
    return with_type(type, [&](auto t) -> Action {
      using T = decltype(t);
      if constexpr (std::is_integral_v<T> && sizeof(T) >= 4) return atomic_action<T>(o);
      else refuse(o);
    });
  }
  if (type == "f32") type = "u32";
  if (type == "f64") type = "u64";
  return with_type(type, [&](auto t) -> Action {
    using T = decltype(t);
    if constexpr (std::is_integral_v<T>) {
      if (register_bytes < sizeof(T)) refuse(o);
      if (name == "ld") return register_bytes == 8 ? load<T, u64> : register_bytes == 4 ? load<T, u32> : load<T, u16>;
      if (name == "st")
        return register_bytes == 8 ? store<T, u64> : register_bytes == 4 ? store<T, u32> : store<T, u16>;
    }
    refuse(o);
  });
}

}  // namespace orbitwalk::ptx
