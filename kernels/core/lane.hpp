// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/core/standard.hpp"

// A lane type holds one real number a particle: float, double, or a Pack of them (kernels/core/pack.hpp). Functors are
// templates over it and call the free functions below without qualification; they then give the same bits on a scalar
// CPU, on any SIMD width and on the GPU, because each is one correctly rounded IEEE operation or an operation on bits.
//
// Two rules for generic code. Constants are written `Real(0.5)`, never `0.5` (a Pack refuses other types; a float would
// be promoted). Masks are combined with `&`, `|` and negated with `!`; `~` is for Pack masks only, since C++ promotes a
// bool.
namespace orbitwalk {

/// What generic code may ask of a lane type. Real: the number of one lane; Mask: result of a comparison; Word: one
/// uint32 value a lane; Bits: the lane's representation, unsigned and as wide as Real; width: lanes, a power of two.
template <class Lane>
struct LaneTraits;

template <class R>
struct ScalarLaneTraits {
  using Real = R;
  using Mask = bool;
  using Word = std::uint32_t;
  using Bits = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  static constexpr int width = 1;

  static ORBITWALK_HD R broadcast(R a) { return a; }
  static ORBITWALK_HD R load(const R* from) { return *from; }
  static ORBITWALK_HD Word word_broadcast(std::uint32_t a) { return a; }
  static ORBITWALK_HD void word_set(Word& a, int, std::uint32_t value) { a = value; }
  static ORBITWALK_HD R gather(const R* base, Word index) { return base[index]; }
  static ORBITWALK_HD R to_real(Word a) { return static_cast<R>(static_cast<std::int32_t>(a)); }
  static ORBITWALK_HD Bits widen(Word a) { return a; }
  static ORBITWALK_HD bool top_bit(Bits a) { return (a >> (8 * sizeof(R) - 1)) != 0; }
  static ORBITWALK_HD Bits bits(R a) {
#if defined(__CUDA_ARCH__)
    if constexpr (sizeof(R) == 4) return __float_as_uint(a);
    else return static_cast<Bits>(__double_as_longlong(a));
#else
    return __builtin_bit_cast(Bits, a);
#endif
  }
  static ORBITWALK_HD R from_bits(Bits a) {
#if defined(__CUDA_ARCH__)
    if constexpr (sizeof(R) == 4) return __uint_as_float(a);
    else return __longlong_as_double(static_cast<long long>(a));
#else
    return __builtin_bit_cast(R, a);
#endif
  }
};
template <>
struct LaneTraits<float> : ScalarLaneTraits<float> {};
template <>
struct LaneTraits<double> : ScalarLaneTraits<double> {};

template <class Lane>
using RealOf = typename LaneTraits<Lane>::Real;
template <class Lane>
using MaskOf = typename LaneTraits<Lane>::Mask;
template <class Lane>
using WordOf = typename LaneTraits<Lane>::Word;
template <class Lane>
using BitsOf = typename LaneTraits<Lane>::Bits;

// ---- Functions whose lane type is named by the caller
// -----------------------------------------------------------------

/// The same number in every lane.
template <class Lane>
ORBITWALK_HD Lane broadcast(RealOf<Lane> a) {
  return LaneTraits<Lane>::broadcast(a);
}

/// `width` consecutive numbers; no alignment is asked for.
template <class Lane>
ORBITWALK_HD Lane load(const RealOf<Lane>* from) {
  return LaneTraits<Lane>::load(from);
}

/// The same 32-bit word in every lane.
template <class Lane>
ORBITWALK_HD WordOf<Lane> word_broadcast(std::uint32_t a) {
  return LaneTraits<Lane>::word_broadcast(a);
}

template <class Lane>
ORBITWALK_HD void word_set(WordOf<Lane>& a, int lane, std::uint32_t value) {
  LaneTraits<Lane>::word_set(a, lane, value);
}

/// base[index] in every lane; index below 2^31.
template <class Lane>
ORBITWALK_HD Lane gather(const RealOf<Lane>* base, WordOf<Lane> index) {
  return LaneTraits<Lane>::gather(base, index);
}

/// The number that a word holds; exact below 2^24 in float, below 2^31 in double.
template <class Lane>
ORBITWALK_HD Lane to_real(WordOf<Lane> a) {
  return LaneTraits<Lane>::to_real(a);
}

/// A lane's IEEE representation, and back.
template <class Lane>
ORBITWALK_HD BitsOf<Lane> bits(Lane a) {
  return LaneTraits<Lane>::bits(a);
}
template <class Lane>
ORBITWALK_HD Lane from_bits(BitsOf<Lane> a) {
  return LaneTraits<Lane>::from_bits(a);
}

/// Whether the highest bit is set, a lane.
template <class Lane>
ORBITWALK_HD MaskOf<Lane> top_bit(BitsOf<Lane> a) {
  return LaneTraits<Lane>::top_bit(a);
}

/// A word as the low half of a lane's Bits (the same value for float, zero-extended for double).
template <class Lane>
ORBITWALK_HD BitsOf<Lane> widen(WordOf<Lane> a) {
  return LaneTraits<Lane>::widen(a);
}

// ---- Scalar lanes; pack.hpp gives the same names to Pack
// ---------------------------------------------------------------

/// a b + c with a single rounding.
ORBITWALK_HD float fma(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(a, b, c);
#else
  return __builtin_fmaf(a, b, c);
#endif
}
ORBITWALK_HD double fma(double a, double b, double c) {
#if defined(__CUDA_ARCH__)
  return __fma_rn(a, b, c);
#else
  return __builtin_fma(a, b, c);
#endif
}

/// Square root, correctly rounded.
ORBITWALK_HD float sqrt(float a) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(a);
#else
  return __builtin_sqrtf(a);
#endif
}
ORBITWALK_HD double sqrt(double a) {
#if defined(__CUDA_ARCH__)
  return __dsqrt_rn(a);
#else
  return __builtin_sqrt(a);
#endif
}

// Everything below is written once for both scalars; the condition keeps Packs out of these overloads.
#define ORBITWALK_SCALAR(R) std::enable_if_t<std::is_same_v<R, float> || std::is_same_v<R, double>, int> = 0

template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD void store(R* to, R a) {
  *to = a;
}
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R lane_get(R a, int) {
  return a;
}
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD void lane_set(R& a, int, R value) {
  a = value;
}

/// Where the mask holds a, elsewhere b; both are evaluated.
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R select(bool mask, R a, R b) {
  return mask ? a : b;
}

/// min(a, b) = a < b ? a : b and max(a, b) = b < a ? a : b: b where either is NaN or they are equal, on every backend.
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R min(R a, R b) {
  return a < b ? a : b;
}
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R max(R a, R b) {
  return b < a ? a : b;
}

template <class R>
inline constexpr BitsOf<R> sign_bit = BitsOf<R>(1) << (8 * sizeof(R) - 1);
template <class R>
inline constexpr BitsOf<R> exponent_bits = sizeof(R) == 4 ? BitsOf<R>(0x7f800000u) : BitsOf<R>(0x7ff0000000000000ull);

/// |a|, and |a| with the sign of b: operations on bits, so that NaN and -0 behave alike everywhere.
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R abs(R a) {
  return from_bits<R>(bits(a) & BitsOf<R>(~sign_bit<R>));
}
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD R copysign(R a, R b) {
  return from_bits<R>((bits(a) & BitsOf<R>(~sign_bit<R>)) | (bits(b) & BitsOf<R>(sign_bit<R>)));
}

/// Neither infinite nor NaN.
template <class R, ORBITWALK_SCALAR(R)>
ORBITWALK_HD bool is_finite(R a) {
  return (bits(a) & BitsOf<R>(exponent_bits<R>)) != BitsOf<R>(exponent_bits<R>);
}

ORBITWALK_HD std::uint32_t mask_bits(bool mask) { return mask ? 1 : 0; }
ORBITWALK_HD bool any(bool mask) { return mask; }
ORBITWALK_HD bool all(bool mask) { return mask; }
ORBITWALK_HD bool mask_get(bool mask, int) { return mask; }
/// How many lanes of a mask hold.
ORBITWALK_HD int count(bool mask) { return mask ? 1 : 0; }

// ---- Words: uint32 arithmetic modulo 2^32 with the usual operators, and these
// -------------------------------------------

ORBITWALK_HD std::uint32_t word_get(std::uint32_t a, int) { return a; }

/// The high 32 bits of a b: an index below b, for a uniform word a (bias below b / 2^32).
ORBITWALK_HD std::uint32_t mulhi(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(a) * b) >> 32);
}

// ---- Particle ids
// --------------------------------------------------------------------------------------------------------

/// The lanes' 48-bit particle ids: the counter of the random numbers, and so the only identity that a particle has.
template <class Lane>
struct ParticleIds {
  WordOf<Lane> low;   // bits 0..31
  WordOf<Lane> high;  // bits 32..47
};

/// Ids first, first + 1, ... (carries into the high word included).
template <class Lane>
ORBITWALK_HD ParticleIds<Lane> consecutive_ids(std::uint64_t first) {
  ParticleIds<Lane> ids{word_broadcast<Lane>(0), word_broadcast<Lane>(0)};
  for (int lane = 0; lane < LaneTraits<Lane>::width; ++lane) {
    word_set<Lane>(ids.low, lane, static_cast<std::uint32_t>(first + lane));
    word_set<Lane>(ids.high, lane, static_cast<std::uint32_t>((first + lane) >> 32));
  }
  return ids;
}

/// The same id in every lane, for draws that particles share.
template <class Lane>
ORBITWALK_HD ParticleIds<Lane> same_id(std::uint64_t id) {
  return {word_broadcast<Lane>(static_cast<std::uint32_t>(id)),
          word_broadcast<Lane>(static_cast<std::uint32_t>(id >> 32))};
}

}  // namespace orbitwalk
