// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/standard.hpp"

// SIMD lanes for the CPU: one native GCC vector a Pack. The width is part of the type, so the translation units of
// several instruction sets meet in one program; a Pack wider than the machine's registers still computes the same bits,
// slowly.
#if !defined(__CUDACC__)

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace orbitwalk {

namespace isa {
struct Generic {
  static constexpr int bytes = 16;
};  // the baseline of the machine: SSE2, NEON
struct Avx2 {
  static constexpr int bytes = 32;
};  // x86-64-v3, with FMA
struct Avx512 {
  static constexpr int bytes = 64;
};  // x86-64-v4: F, VL, BW, DQ
}  // namespace isa

/// Result of comparing Packs: all bits of a lane set or clear.
template <class R, class Isa>
struct PackMask {
  using Int = std::conditional_t<sizeof(R) == 4, std::int32_t, std::int64_t>;
  using Vector [[gnu::vector_size(Isa::bytes)]] = Int;
  Vector m;

  friend ORBITWALK_HD PackMask operator&(PackMask a, PackMask b) { return {a.m & b.m}; }
  friend ORBITWALK_HD PackMask operator|(PackMask a, PackMask b) { return {a.m | b.m}; }
  friend ORBITWALK_HD PackMask operator^(PackMask a, PackMask b) { return {a.m ^ b.m}; }
  friend ORBITWALK_HD PackMask operator~(PackMask a) { return {~a.m}; }
  friend ORBITWALK_HD PackMask operator!(PackMask a) { return {~a.m}; }
  /// Bit i of the result is lane i.
  friend ORBITWALK_HD std::uint32_t mask_bits(PackMask a) {
#if defined(__SSE2__)
    if constexpr (Isa::bytes == 16 && sizeof(R) == 4) return _mm_movemask_ps((__m128)a.m);
    if constexpr (Isa::bytes == 16 && sizeof(R) == 8) return _mm_movemask_pd((__m128d)a.m);
#endif
#if defined(__AVX__)
    if constexpr (Isa::bytes == 32 && sizeof(R) == 4) return _mm256_movemask_ps((__m256)a.m);
    if constexpr (Isa::bytes == 32 && sizeof(R) == 8) return _mm256_movemask_pd((__m256d)a.m);
#endif
#if defined(__AVX512DQ__)
    if constexpr (Isa::bytes == 64 && sizeof(R) == 4) return _mm512_movepi32_mask((__m512i)a.m);
    if constexpr (Isa::bytes == 64 && sizeof(R) == 8) return _mm512_movepi64_mask((__m512i)a.m);
#endif
    std::uint32_t result = 0;
    for (int i = 0; i < Isa::bytes / static_cast<int>(sizeof(R)); ++i)
      result |= static_cast<std::uint32_t>(a.m[i] & 1) << i;
    return result;
  }
  friend ORBITWALK_HD bool any(PackMask a) { return mask_bits(a) != 0; }
  friend ORBITWALK_HD bool all(PackMask a) { return mask_bits(a) == (1u << (Isa::bytes / sizeof(R))) - 1; }
  friend ORBITWALK_HD bool mask_get(PackMask a, int lane) { return a.m[lane] != 0; }
  friend ORBITWALK_HD int count(PackMask a) { return __builtin_popcount(mask_bits(a)); }
};

/// One uint32 value a lane, arithmetic modulo 2^32. For double it lies in the low half of a 64-bit element whose high
/// half is always zero, so that words and numbers of a particle share an element.
template <class R, class Isa>
struct PackWord {
  using Element = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  using Vector [[gnu::vector_size(Isa::bytes)]] = Element;
  using Mask = PackMask<R, Isa>;
  Vector v;

  static ORBITWALK_HD PackWord wrapped(Vector v) {
    if constexpr (sizeof(R) == 8) return {v & Element(0xffffffffu)};
    else return {v};
  }
  static ORBITWALK_HD PackWord all_of(std::uint32_t a) { return {Vector{} + Element(a)}; }
  friend ORBITWALK_HD PackWord operator^(PackWord a, PackWord b) { return {a.v ^ b.v}; }
  friend ORBITWALK_HD PackWord operator&(PackWord a, PackWord b) { return {a.v & b.v}; }
  friend ORBITWALK_HD PackWord operator|(PackWord a, PackWord b) { return {a.v | b.v}; }
  friend ORBITWALK_HD PackWord operator+(PackWord a, PackWord b) { return wrapped(a.v + b.v); }
  friend ORBITWALK_HD PackWord operator-(PackWord a, PackWord b) { return wrapped(a.v - b.v); }
  friend ORBITWALK_HD PackWord operator*(PackWord a, PackWord b) { return wrapped(a.v * b.v); }
  friend ORBITWALK_HD PackWord operator^(PackWord a, std::uint32_t b) { return {a.v ^ Element(b)}; }
  friend ORBITWALK_HD PackWord operator&(PackWord a, std::uint32_t b) { return {a.v & Element(b)}; }
  friend ORBITWALK_HD PackWord operator|(PackWord a, std::uint32_t b) { return {a.v | Element(b)}; }
  friend ORBITWALK_HD PackWord operator+(PackWord a, std::uint32_t b) { return wrapped(a.v + Element(b)); }
  friend ORBITWALK_HD PackWord operator-(PackWord a, std::uint32_t b) { return wrapped(a.v - Element(b)); }
  friend ORBITWALK_HD PackWord operator*(PackWord a, std::uint32_t b) { return wrapped(a.v * Element(b)); }
  friend ORBITWALK_HD PackWord operator<<(PackWord a, int n) { return wrapped(a.v << n); }
  friend ORBITWALK_HD PackWord operator>>(PackWord a, int n) { return {a.v >> n}; }
  friend ORBITWALK_HD Mask operator==(PackWord a, PackWord b) { return {a.v == b.v}; }
  friend ORBITWALK_HD Mask operator<(PackWord a, PackWord b) { return {a.v < b.v}; }
  friend ORBITWALK_HD Mask operator==(PackWord a, std::uint32_t b) { return {a.v == Element(b)}; }
  friend ORBITWALK_HD Mask operator<(PackWord a, std::uint32_t b) { return {a.v < Element(b)}; }
  friend ORBITWALK_HD std::uint32_t word_get(PackWord a, int lane) { return static_cast<std::uint32_t>(a.v[lane]); }
};

/// Low halves of the 64-bit elements times a 32-bit constant: full 64-bit products; high halves of a are ignored.
template <class Vector>
ORBITWALK_HD Vector multiply_low_halves(Vector a, std::uint32_t b) {
  [[maybe_unused]] const Vector factor = Vector{} + std::uint64_t(b);
#if defined(__SSE2__)
  if constexpr (sizeof(Vector) == 16) return (Vector)_mm_mul_epu32((__m128i)a, (__m128i)factor);
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(Vector) == 32) return (Vector)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#endif
#if defined(__AVX512F__)  // the form with a full mask: the plain one warns of GCC 12's own uninitialised variable
  if constexpr (sizeof(Vector) == 64) return (Vector)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)factor);
#endif
  return (a & std::uint64_t(0xffffffffu)) * factor;
}

template <class Isa>
struct WideVector {
  using type [[gnu::vector_size(Isa::bytes)]] = std::uint64_t;
};

template <class R, class Isa>
ORBITWALK_HD PackWord<R, Isa> mulhi(PackWord<R, Isa> a, std::uint32_t b) {
  using Wide = typename WideVector<Isa>::type;
  if constexpr (sizeof(R) == 8) {
    return {multiply_low_halves(a.v, b) >> 32};
  } else {
    const Wide even = (Wide)a.v;
    const Wide high_odd = multiply_low_halves(Wide(even >> 32), b) & ~std::uint64_t(0xffffffffu);
    return {(typename PackWord<R, Isa>::Vector)((multiply_low_halves(even, b) >> 32) | high_odd)};
  }
}

/// `width` particles' numbers in one native vector. Implicit from a Real, and only from it, so that `2.0 * x` on floats
/// is an error here as it would be a silent promotion on a scalar lane.
template <class R, class Isa>
struct Pack {
  static constexpr int width = Isa::bytes / static_cast<int>(sizeof(R));
  using Vector [[gnu::vector_size(Isa::bytes)]] = R;
  using Mask = PackMask<R, Isa>;
  using BitVector = typename PackWord<R, Isa>::Vector;
  Vector v;

  Pack() = default;
  ORBITWALK_HD explicit Pack(Vector from) : v(from) {}
  template <class S, std::enable_if_t<std::is_same_v<S, R>, int> = 0>
  ORBITWALK_HD Pack(S a) : v((Vector)(BitVector{} + __builtin_bit_cast(typename PackWord<R, Isa>::Element, a))) {}
  // (through the bits, because Vector{} + a would turn -0 into +0)

  friend ORBITWALK_HD Pack operator+(Pack a, Pack b) { return Pack(a.v + b.v); }
  friend ORBITWALK_HD Pack operator-(Pack a, Pack b) { return Pack(a.v - b.v); }
  friend ORBITWALK_HD Pack operator*(Pack a, Pack b) { return Pack(a.v * b.v); }
  friend ORBITWALK_HD Pack operator/(Pack a, Pack b) { return Pack(a.v / b.v); }
  friend ORBITWALK_HD Pack operator-(Pack a) { return Pack((Vector)((BitVector)a.v ^ sign_bit<R>)); }
  ORBITWALK_HD Pack& operator+=(Pack b) {
    v = v + b.v;
    return *this;
  }
  ORBITWALK_HD Pack& operator-=(Pack b) {
    v = v - b.v;
    return *this;
  }
  ORBITWALK_HD Pack& operator*=(Pack b) {
    v = v * b.v;
    return *this;
  }
  ORBITWALK_HD Pack& operator/=(Pack b) {
    v = v / b.v;
    return *this;
  }
  friend ORBITWALK_HD Mask operator<(Pack a, Pack b) { return {a.v < b.v}; }
  friend ORBITWALK_HD Mask operator<=(Pack a, Pack b) { return {a.v <= b.v}; }
  friend ORBITWALK_HD Mask operator>(Pack a, Pack b) { return {a.v > b.v}; }
  friend ORBITWALK_HD Mask operator>=(Pack a, Pack b) { return {a.v >= b.v}; }
  friend ORBITWALK_HD Mask operator==(Pack a, Pack b) { return {a.v == b.v}; }
  friend ORBITWALK_HD Mask operator!=(Pack a, Pack b) { return {a.v != b.v}; }

  friend ORBITWALK_HD void store(R* to, Pack a) { __builtin_memcpy(to, &a.v, sizeof a.v); }
  friend ORBITWALK_HD R lane_get(Pack a, int lane) { return a.v[lane]; }
  friend ORBITWALK_HD void lane_set(Pack& a, int lane, R value) { a.v[lane] = value; }
  friend ORBITWALK_HD Pack select(Mask mask, Pack a, Pack b) { return Pack(mask.m ? a.v : b.v); }
  friend ORBITWALK_HD Pack min(Pack a, Pack b) { return Pack(a.v < b.v ? a.v : b.v); }
  friend ORBITWALK_HD Pack max(Pack a, Pack b) { return Pack(b.v < a.v ? a.v : b.v); }
  friend ORBITWALK_HD Pack abs(Pack a) { return Pack((Vector)((BitVector)a.v & ~sign_bit<R>)); }
  friend ORBITWALK_HD Pack copysign(Pack a, Pack b) {
    return Pack((Vector)(((BitVector)a.v & ~sign_bit<R>) | ((BitVector)b.v & sign_bit<R>)));
  }
  friend ORBITWALK_HD Mask is_finite(Pack a) { return {((BitVector)a.v & exponent_bits<R>) != exponent_bits<R>}; }

  friend ORBITWALK_HD Pack fma(Pack a, Pack b, Pack c) {
#if defined(__FMA__)
    if constexpr (Isa::bytes == 16 && sizeof(R) == 4) return Pack((Vector)_mm_fmadd_ps(a.v, b.v, c.v));
    if constexpr (Isa::bytes == 16 && sizeof(R) == 8) return Pack((Vector)_mm_fmadd_pd(a.v, b.v, c.v));
    if constexpr (Isa::bytes == 32 && sizeof(R) == 4) return Pack((Vector)_mm256_fmadd_ps(a.v, b.v, c.v));
    if constexpr (Isa::bytes == 32 && sizeof(R) == 8) return Pack((Vector)_mm256_fmadd_pd(a.v, b.v, c.v));
#endif
#if defined(__AVX512F__)
    if constexpr (Isa::bytes == 64 && sizeof(R) == 4) return Pack((Vector)_mm512_fmadd_ps(a.v, b.v, c.v));
    if constexpr (Isa::bytes == 64 && sizeof(R) == 8) return Pack((Vector)_mm512_fmadd_pd(a.v, b.v, c.v));
#endif
    Pack result = c;
    for (int i = 0; i < width; ++i) result.v[i] = orbitwalk::fma(R(a.v[i]), R(b.v[i]), R(c.v[i]));
    return result;
  }
  friend ORBITWALK_HD Pack sqrt(Pack a) {
#if defined(__SSE2__)
    if constexpr (Isa::bytes == 16 && sizeof(R) == 4) return Pack((Vector)_mm_sqrt_ps(a.v));
    if constexpr (Isa::bytes == 16 && sizeof(R) == 8) return Pack((Vector)_mm_sqrt_pd(a.v));
#endif
#if defined(__AVX__)
    if constexpr (Isa::bytes == 32 && sizeof(R) == 4) return Pack((Vector)_mm256_sqrt_ps(a.v));
    if constexpr (Isa::bytes == 32 && sizeof(R) == 8) return Pack((Vector)_mm256_sqrt_pd(a.v));
#endif
#if defined(__AVX512F__)
    if constexpr (Isa::bytes == 64 && sizeof(R) == 4) return Pack((Vector)_mm512_maskz_sqrt_ps(0xffff, a.v));
    if constexpr (Isa::bytes == 64 && sizeof(R) == 8) return Pack((Vector)_mm512_maskz_sqrt_pd(0xff, a.v));
#endif
    Pack result = a;
    for (int i = 0; i < width; ++i) result.v[i] = orbitwalk::sqrt(R(a.v[i]));
    return result;
  }
};

template <class R, class Isa>
struct LaneTraits<Pack<R, Isa>> {
  using Lane = Pack<R, Isa>;
  using Real = R;
  using Mask = PackMask<R, Isa>;
  using Word = PackWord<R, Isa>;
  using Bits = typename Word::Vector;
  static constexpr int width = Lane::width;

  static ORBITWALK_HD Lane broadcast(R a) { return Lane(a); }
  static ORBITWALK_HD Lane load(const R* from) {
    Lane result;
    __builtin_memcpy(&result.v, from, sizeof result.v);
    return result;
  }
  static ORBITWALK_HD Word word_broadcast(std::uint32_t a) { return Word::all_of(a); }
  static ORBITWALK_HD void word_set(Word& a, int lane, std::uint32_t value) { a.v[lane] = value; }
  static ORBITWALK_HD Lane gather(const R* base, Word index) {
#if defined(__AVX2__)
    if constexpr (Isa::bytes == 32 && sizeof(R) == 4)
      return Lane((typename Lane::Vector)_mm256_i32gather_ps(base, (__m256i)index.v, 4));
    if constexpr (Isa::bytes == 32 && sizeof(R) == 8)
      return Lane((typename Lane::Vector)_mm256_i64gather_pd(base, (__m256i)index.v, 8));
#endif
    Lane result = broadcast(R(0));
    for (int i = 0; i < width; ++i) result.v[i] = base[index.v[i]];
    return result;
  }
  static ORBITWALK_HD Lane to_real(Word a) {
    if constexpr (sizeof(R) == 4) {
      return Lane(__builtin_convertvector((typename Mask::Vector)a.v, typename Lane::Vector));
    } else {
      // AVX2 has no 64-bit conversion: the word becomes the low bits of 2^52 + word, which is exact, and 2^52 is taken
      // off.
      return Lane((typename Lane::Vector)(a.v | std::uint64_t(0x4330000000000000)) - 4503599627370496.0);
    }
  }
  static ORBITWALK_HD Bits widen(Word a) { return a.v; }
  static ORBITWALK_HD Mask top_bit(Bits a) { return {(typename Mask::Vector)a < 0}; }
  static ORBITWALK_HD Bits bits(Lane a) { return (Bits)a.v; }
  static ORBITWALK_HD Lane from_bits(Bits a) { return Lane((typename Lane::Vector)a); }
};

}  // namespace orbitwalk

#endif  // !defined(__CUDACC__)
