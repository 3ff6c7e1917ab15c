// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "gpu/ptx/program.hpp"

// Shapes that instructions share: what each does to a lane is a function, a template argument of one of these.
namespace orbitwalk::ptx {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;

[[noreturn]] inline void refuse(const Opcode& opcode) {
  std::string text;
  for (const auto& word : opcode.words) text += (text.empty() ? "" : ".") + std::string(word);
  throw Error("PTX instruction that is not emulated: " + text);
}

template <class D, class A, auto f>
void one(Warp& w, const Instruction& i, u32 mask) {
  D* d = w.row<D>(i.d);
  const A* a = w.row<A>(i.a);
  each_lane(mask, [=](int l) { d[l] = f(a[l]); });
}
template <class D, class A, class B, auto f>
void two(Warp& w, const Instruction& i, u32 mask) {
  D* d = w.row<D>(i.d);
  const A* a = w.row<A>(i.a);
  const B* b = w.row<B>(i.b);
  each_lane(mask, [=](int l) { d[l] = f(a[l], b[l]); });
}
template <class D, class A, class C, auto f>
void three(Warp& w, const Instruction& i, u32 mask) {
  D* d = w.row<D>(i.d);
  const A *a = w.row<A>(i.a), *b = w.row<A>(i.b);
  const C* c = w.row<C>(i.c);
  each_lane(mask, [=](int l) { d[l] = f(a[l], b[l], c[l]); });
}

/// d = f(a, b) where d is a predicate.
template <class T, auto f>
void compare(Warp& w, const Instruction& i, u32 mask) {
  const T *a = w.row<T>(i.a), *b = w.row<T>(i.b);
  u32 bits = 0;
  for (int l = 0; l < lanes; ++l) bits |= u32(f(a[l], b[l])) << l;
  u32& d = w.mask(i.d);
  d = (d & ~mask) | (bits & mask);
}

/// An operation on predicates: 32 lanes at once.
template <auto f>
void of_masks(Warp& w, const Instruction& i, u32 mask) {
  u32& d = w.mask(i.d);
  d = (d & ~mask) | (f(w.mask(i.a), w.mask(i.b)) & mask);
}

template <class T>
void select(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.row<T>(i.d);
  const T *a = w.row<T>(i.a), *b = w.row<T>(i.b);
  const u32 which = w.mask(i.c);
  each_lane(mask, [=](int l) { d[l] = which >> l & 1 ? a[l] : b[l]; });
}

/// Calls visit(T()) with the type of that name; b names of bits are unsigned numbers.
template <class Visit>
auto with_type(std::string_view type, Visit visit) -> decltype(visit(u32())) {
  if (type == "u8" || type == "b8") return visit(u8());
  if (type == "u16" || type == "b16") return visit(u16());
  if (type == "u32" || type == "b32") return visit(u32());
  if (type == "u64" || type == "b64") return visit(u64());
  if (type == "s8") return visit(s8());
  if (type == "s16") return visit(s16());
  if (type == "s32") return visit(s32());
  if (type == "s64") return visit(s64());
  if (type == "f32") return visit(float());
  if (type == "f64") return visit(double());
  throw Error("PTX type that is not emulated: " + std::string(type));
}

/// The unsigned number with as many bits as T.
template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 8, u64, std::conditional_t<sizeof(T) == 4, u32, u16>>;

// One file each: integers.cpp, floats.cpp.
Action integer_operation(const Opcode& opcode, std::string_view type);
Action float_operation(const Opcode& opcode, std::string_view type);
Action comparison(const Opcode& opcode, std::string_view type);
Action float_conversion(const Opcode& opcode, std::string_view type, std::string_view from);

}  // namespace orbitwalk::ptx
