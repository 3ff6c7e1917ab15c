// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/random/philox.hpp"

// Numbers of mean 0 and variance 1 from the 128 bits of a block.
namespace orbitwalk {

/// gaussian: N(0, 1) by Box-Muller. dyadic: four values +-a, +-b with the moments 1 to 5 of N(0, 1), enough for weak
/// order 2. rademacher: +-1, moments 1 to 3, enough for weak order 1. None of the three changes the other properties of
/// a run.
enum class Variates { gaussian, dyadic, rademacher };

/// How many variates a block of four words gives: gaussian 4 (float) or 2 (double), dyadic 32, rademacher 128.
template <class R>
ORBITWALK_HD constexpr int variates_per_block(Variates kind) {
  return kind == Variates::gaussian ? (sizeof(R) == 4 ? 4 : 2) : kind == Variates::dyadic ? 32 : 128;
}

/// |a| with probability 7/8 and |b| with 1/8, sign apart. Variance 1 and fourth moment 3 ask 7 a^2 + b^2 = 8 and
/// 7 a^4 + b^4 = 24, hence a^2 = 1 - sqrt(2/7), b^2 = 8 - 7 a^2. The usual law for weak order 2 is 0 and +-sqrt(3) with
/// probabilities 2/3 and 1/6 (Kloeden and Platen, ch. 14); this one needs four bits and no division.
template <class R>
struct DyadicValues {
  static constexpr R a = R(0.68225912685368395039), b = R(2.1775347039195360743);
};

/// Largest |normal| that Box-Muller can give here: sqrt(64 ln 2) = 6.66 in float, sqrt(106 ln 2) = 8.57 in double.
template <class R>
inline constexpr R largest_normal = sizeof(R) == 4 ? R(6.660437) : R(8.571675);

namespace detail {

// Two normals r cos, r sin with r = sqrt(-2 log u), u in (0, 1].
template <class Lane>
ORBITWALK_HD void polar(Lane u, Lane t, BitsOf<Lane> quadrant, Lane& first, Lane& second) {
  const Lane radius = sqrt(log_normal(u) * RealOf<Lane>(-2));
  Lane sine, cosine;
  sincos_eighth(t, sine, cosine);
  rotate_quadrant(quadrant, sine, cosine);
  first = radius * cosine;
  second = radius * sine;
}

// Float: u = (31 bits + 1/2) / 2^31, angle 2 pi (word + 1/2) / 2^32. The top two bits, rounded, are the quadrant; what
// is left of them is a signed integer, exactly symmetric thanks to the half, so that odd moments vanish by
// construction.
template <class Lane>
ORBITWALK_HD void gaussian_pair_float(WordOf<Lane> radius_word, WordOf<Lane> angle_word, Lane& first, Lane& second) {
  const Lane u = fma(to_real<Lane>(radius_word >> 1), broadcast<Lane>(0x1p-31f), broadcast<Lane>(0x1p-32f));
  const Lane t = to_real<Lane>((angle_word << 2) | 2u) * 0x1p-31f;
  polar(u, t, BitsOf<Lane>(widen<Lane>(angle_word + 0x20000000u)), first, second);
}

// Double: u = (52 bits + 1/2) / 2^52, angle from 64 bits of which 54 are kept. Integers become numbers as mantissas,
// since AVX2 has no 64-bit conversion; every step before the logarithm and the polynomials is exact.
template <class Lane>
ORBITWALK_HD void gaussian_pair_double(const WordOf<Lane> w[4], Lane& first, Lane& second) {
  const BitsOf<Lane> mantissa = widen<Lane>(w[0]) | (widen<Lane>(w[1] & 0xfffffu) << 32);
  const Lane u = (from_bits<Lane>(mantissa | std::uint64_t(0x3ff0000000000000)) - 1.0) + 0x1p-53;
  const BitsOf<Lane> angle = widen<Lane>(w[2]) | (widen<Lane>(w[3]) << 32);
  const BitsOf<Lane> remainder = ((angle << 2) ^ std::uint64_t(0x8000000000000000)) >> 12;
  const Lane t = (from_bits<Lane>(remainder | std::uint64_t(0x4000000000000000)) - 3.0) + 0x1p-52;
  polar(u, t, BitsOf<Lane>(angle + std::uint64_t(0x2000000000000000)), first, second);
}

// Bit `bit` of a word as the sign bit of a lane.
template <class Lane>
ORBITWALK_HD BitsOf<Lane> as_sign(WordOf<Lane> word, int bit) {
  using R = RealOf<Lane>;
  return (widen<Lane>(word) << (8 * static_cast<int>(sizeof(R)) - 1 - bit)) & BitsOf<R>(sign_bit<R>);
}

template <class Lane>
ORBITWALK_HD Lane dyadic(WordOf<Lane> word, int nibble) {
  using Values = DyadicValues<RealOf<Lane>>;
  const MaskOf<Lane> outer = (word & (7u << (4 * nibble))) == 0u;
  const Lane magnitude = select(outer, broadcast<Lane>(Values::b), broadcast<Lane>(Values::a));
  return from_bits<Lane>(bits(magnitude) ^ as_sign<Lane>(word, 4 * nibble + 3));
}

template <class Lane>
ORBITWALK_HD Lane rademacher(WordOf<Lane> word, int bit) {
  return from_bits<Lane>(bits(broadcast<Lane>(RealOf<Lane>(1))) ^ as_sign<Lane>(word, bit));
}

}  // namespace detail

/// All variates of a block: out[variates_per_block]. Gaussian: words (0, 1) give normals 0 (cosine) and 1 (sine), words
/// (2, 3) normals 2 and 3; in double all four words give two. Dyadic: variate j from bits 4 (j mod 8) .. + 3 of word j
/// / 8, magnitude b where the low three are 0, negative where the fourth is set. Rademacher: -1 where bit j mod 32 of
/// word j / 32 is set.
template <class Lane, Variates kind>
ORBITWALK_HD void variates_from_words(const WordOf<Lane> w[4], Lane* out) {
  if constexpr (kind == Variates::gaussian) {
    if constexpr (sizeof(RealOf<Lane>) == 4) {
      detail::gaussian_pair_float(w[0], w[1], out[0], out[1]);
      detail::gaussian_pair_float(w[2], w[3], out[2], out[3]);
    } else {
      detail::gaussian_pair_double(w, out[0], out[1]);
    }
  } else if constexpr (kind == Variates::dyadic) {
    for (int word = 0; word < 4; ++word) {
      ORBITWALK_UNROLL
      for (int nibble = 0; nibble < 8; ++nibble) out[8 * word + nibble] = detail::dyadic<Lane>(w[word], nibble);
    }
  } else {
    for (int word = 0; word < 4; ++word) {
      for (int bit = 0; bit < 32; ++bit) out[32 * word + bit] = detail::rademacher<Lane>(w[word], bit);
    }
  }
}

/// Variate j of a block, the slow and obvious way: the reference backend draws so.
template <class Lane>
ORBITWALK_HD Lane variate_from_words(Variates kind, const WordOf<Lane> w[4], int j) {
  if (kind == Variates::dyadic) return detail::dyadic<Lane>(w[j / 8], j % 8);
  if (kind == Variates::rademacher) return detail::rademacher<Lane>(w[j / 32], j % 32);
  Lane normals[4];
  variates_from_words<Lane, Variates::gaussian>(w, normals);
  return normals[j];
}

/// The variates of block `block` at `step`: out[variates_per_block]. The kind is chosen at run time, once a block.
template <class Lane>
ORBITWALK_HD void fill_block(Variates kind, const PhiloxStream<Lane>& stream, std::uint64_t step, Purpose purpose,
                             std::uint32_t block, Lane* out) {
  WordOf<Lane> words[4];
  stream.words(step, purpose, block, words);
  if (kind == Variates::gaussian) variates_from_words<Lane, Variates::gaussian>(words, out);
  else if (kind == Variates::dyadic) variates_from_words<Lane, Variates::dyadic>(words, out);
  else variates_from_words<Lane, Variates::rademacher>(words, out);
}
template <class Lane>
ORBITWALK_HD void fill_block(Variates kind, std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step,
                             Purpose purpose, std::uint32_t block, Lane* out) {
  fill_block(kind, PhiloxStream<Lane>(seed, ids, step), step, purpose, block, out);
}

}  // namespace orbitwalk
