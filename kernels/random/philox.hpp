// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/pack.hpp"
#include "kernels/core/pack_group.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/random/streams.hpp"

#if defined(__CUDACC__) && !defined(__CUDACC_RTC__)
#include <cuda_runtime.h>
#include <curand_philox4x32_x.h>
#endif

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC11): a bijection of a
// 128-bit counter, so that a draw is a function of (seed, particle, step, purpose, block) and of nothing else.
namespace orbitwalk {

struct PhiloxConstants {
  static constexpr std::uint32_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
  static constexpr std::uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;
  static constexpr int rounds = 10;
};

/// Rounds first .. 9 of a state c with the key of round 0, in place.
template <int first>
ORBITWALK_HD void philox_rounds(std::uint32_t c[4], const std::uint32_t key[2]) {
  using C = PhiloxConstants;
  std::uint32_t k0 = key[0] + static_cast<std::uint32_t>(first) * C::weyl_0,
                k1 = key[1] + static_cast<std::uint32_t>(first) * C::weyl_1;
  ORBITWALK_UNROLL
  for (int round = first; round < C::rounds; ++round) {
    const std::uint64_t p0 = std::uint64_t(C::multiplier_0) * c[0], p1 = std::uint64_t(C::multiplier_1) * c[2];
    c[0] = static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0;
    c[1] = static_cast<std::uint32_t>(p1);
    c[2] = static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1;
    c[3] = static_cast<std::uint32_t>(p0);
    k0 += C::weyl_0;
    k1 += C::weyl_1;
  }
}

/// The generator itself: four words from a counter and a key.
ORBITWALK_HD void philox4x32_10(const std::uint32_t counter[4], const std::uint32_t key[2], std::uint32_t out[4]) {
#if defined(__CUDA_ARCH__) && !defined(__CUDACC_RTC__)
  const uint4 result =
      curand_Philox4x32_10(make_uint4(counter[0], counter[1], counter[2], counter[3]), make_uint2(key[0], key[1]));
  out[0] = result.x;
  out[1] = result.y;
  out[2] = result.z;
  out[3] = result.w;
#else
  for (int i = 0; i < 4; ++i) out[i] = counter[i];
  philox_rounds<0>(out, key);
#endif
}

/// Where a draw lies: counter (c0, c1, c2, c3) and key.
///   c0 = particle id, bits 0..31             c1 = step, bits 0..31
///   c2 = block (24 bits) | purpose << 24     c3 = particle id, bits 32..47 | step, bits 32..47, << 16
struct PhiloxAddress {
  std::uint32_t step_low, block_purpose, step_high, key[2];
};
ORBITWALK_HD PhiloxAddress philox_address(std::uint64_t seed, std::uint64_t step, Purpose purpose,
                                          std::uint32_t block) {
  return {static_cast<std::uint32_t>(step),
          (block & 0xffffffu) | (static_cast<std::uint32_t>(purpose) << 24),
          static_cast<std::uint32_t>(step >> 32) << 16,
          {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
}

namespace detail {

template <class Lane>
ORBITWALK_HD void philox_words(const PhiloxAddress& at, std::uint32_t low, std::uint32_t high, std::uint32_t out[4]) {
  const std::uint32_t counter[4] = {low, at.step_low, at.block_purpose, (high & 0xffffu) | at.step_high};
  philox4x32_10(counter, at.key, out);
}

#if !defined(__CUDACC__)
// Rounds first .. 9 on 64-bit elements. The state lies in the low halves; the high halves carry rubbish, which neither
// the widening multiplication nor, after the final masking, the result sees. So a round needs no shuffle and no mask.
// Several states go round by round together, to hide the latency of the multiplication.
template <int states, int first, class Vector>
ORBITWALK_HD void philox_rounds(Vector state[states][4], std::uint32_t k0, std::uint32_t k1) {
  using C = PhiloxConstants;
  k0 += static_cast<std::uint32_t>(first) * C::weyl_0;
  k1 += static_cast<std::uint32_t>(first) * C::weyl_1;
  ORBITWALK_UNROLL
  for (int round = first; round < C::rounds; ++round) {
    const Vector key0 = Vector{} + std::uint64_t(k0), key1 = Vector{} + std::uint64_t(k1);
    ORBITWALK_UNROLL
    for (int i = 0; i < states; ++i) {
      Vector* s = state[i];
      const Vector p0 = multiply_low_halves(s[0], C::multiplier_0), p1 = multiply_low_halves(s[2], C::multiplier_1);
      s[0] = (p1 >> 32) ^ (s[1] ^ key0);
      s[1] = p1;
      s[2] = (p0 >> 32) ^ (s[3] ^ key1);
      s[3] = p0;
    }
    k0 += C::weyl_0;
    k1 += C::weyl_1;
  }
}

// 32-bit lanes: one state for the even particles and one for the odd, interleaved again at the end.
template <class R>
inline constexpr int wide_states = sizeof(R) == 8 ? 1 : 2;

template <class R, class Isa>
ORBITWALK_HD void narrow(const typename WideVector<Isa>::type state[][4], PackWord<R, Isa> out[4]) {
  using Element = typename PackWord<R, Isa>::Vector;
  ORBITWALK_UNROLL
  for (int i = 0; i < 4; ++i) {
    const auto kept = state[0][i] & std::uint64_t(0xffffffffu);
    if constexpr (wide_states<R> == 1) out[i] = {kept};
    else out[i] = {(Element)(kept | (state[1][i] << 32))};
  }
}

template <class Lane, class R, class Isa>
ORBITWALK_HD void philox_words(const PhiloxAddress& at, PackWord<R, Isa> low, PackWord<R, Isa> high,
                               PackWord<R, Isa> out[4]) {
  using Wide = typename WideVector<Isa>::type;
  Wide state[wide_states<R>][4];
  ORBITWALK_UNROLL
  for (int i = 0; i < wide_states<R>; ++i) {
    state[i][0] = (Wide)low.v >> (32 * i);
    state[i][1] = Wide{} + std::uint64_t(at.step_low);
    state[i][2] = Wide{} + std::uint64_t(at.block_purpose);
    state[i][3] = (Wide)((high & 0xffffu) | at.step_high).v >> (32 * i);
  }
  philox_rounds<wide_states<R>, 0>(state, at.key[0], at.key[1]);
  narrow<R, Isa>(state, out);
}

template <class Lane, class R, class Isa, int N>
ORBITWALK_HD void philox_words(const PhiloxAddress& at, GroupWord<R, Isa, N> low, GroupWord<R, Isa, N> high,
                               GroupWord<R, Isa, N> out[4]) {
  ORBITWALK_UNROLL
  for (int n = 0; n < N; ++n) {
    PackWord<R, Isa> words[4];
    philox_words<Pack<R, Isa>>(at, low.part[n], high.part[n], words);
    ORBITWALK_UNROLL
    for (int i = 0; i < 4; ++i) out[i].part[n] = words[i];
  }
}
#endif

}  // namespace detail

/// 128 random bits a particle: out[0..3] for particle `ids`, at a step (48 bits), purpose and block (24 bits). Lane i
/// gets the words of its own particle; the result does not depend on the lane type.
template <class Lane>
ORBITWALK_HD void philox_block(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step, Purpose purpose,
                               std::uint32_t block, WordOf<Lane> out[4]) {
  detail::philox_words<Lane>(philox_address(seed, step, purpose, block), ids.low, ids.high, out);
}

namespace detail {

/// What rounds 0 and 1 make of everything but the particle: with the counter (c0, c1, c2, c3) and m0, m1 the
/// multipliers, round 0 multiplies c0 (a particle's) and c2 (the same for all), round 1 what the latter gave, and m0
/// c0's high half with c3. So two of the four products are a particle's, and they do not depend on the step (of equal
/// high words) or the block:
///   first = m0 c0,  second = m1 (high(first) ^ c3 ^ k1).
struct PhiloxUniform {
  std::uint32_t state_0, state_2, state_3;  ///< to be combined with the particle's: see PhiloxStream::words
  ORBITWALK_HD explicit PhiloxUniform(const PhiloxAddress& at) {
    using C = PhiloxConstants;
    const std::uint64_t round_0 = std::uint64_t(C::multiplier_1) * at.block_purpose;
    const std::uint64_t round_1 =
        std::uint64_t(C::multiplier_0) * (static_cast<std::uint32_t>(round_0 >> 32) ^ at.step_low ^ at.key[0]);
    state_0 = static_cast<std::uint32_t>(round_0) ^ (at.key[0] + C::weyl_0);
    state_2 = static_cast<std::uint32_t>(round_1 >> 32) ^ (at.key[1] + C::weyl_1);
    state_3 = static_cast<std::uint32_t>(round_1);
  }
};

}  // namespace detail

/// The draws of the same particles at many steps and blocks: the particle's part of the first two rounds is done once,
/// so that a block takes eight. The words are those of philox_block.
template <class Lane>
class PhiloxStream {
 public:
  ORBITWALK_HD PhiloxStream(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step)
      : seed_(seed), ids_(ids), step_high_(step >> 32) {
    first_ = std::uint64_t(PhiloxConstants::multiplier_0) * ids.low;
    second_ = second(step);
  }

  ORBITWALK_HD void words(std::uint64_t step, Purpose purpose, std::uint32_t block, WordOf<Lane> out[4]) const {
    const PhiloxAddress at = philox_address(seed_, step, purpose, block);
    const detail::PhiloxUniform uniform(at);
    const std::uint64_t particle = step >> 32 == step_high_ ? second_ : second(step);
    out[0] = static_cast<std::uint32_t>(particle >> 32) ^ uniform.state_0;
    out[1] = static_cast<std::uint32_t>(particle);
    out[2] = static_cast<std::uint32_t>(first_) ^ uniform.state_2;
    out[3] = uniform.state_3;
    philox_rounds<2>(out, at.key);
  }

 private:
  std::uint64_t seed_;
  ParticleIds<Lane> ids_;
  std::uint64_t step_high_, first_, second_;

  ORBITWALK_HD std::uint64_t second(std::uint64_t step) const {
    const PhiloxAddress at = philox_address(seed_, step, Purpose{}, 0);
    return std::uint64_t(PhiloxConstants::multiplier_1) *
           (static_cast<std::uint32_t>(first_ >> 32) ^ ((ids_.high & 0xffffu) | at.step_high) ^ at.key[1]);
  }
};

#if !defined(__CUDACC__)
template <class R, class Isa>
class PhiloxStream<Pack<R, Isa>> {
  using Lane = Pack<R, Isa>;
  using Wide = typename WideVector<Isa>::type;
  static constexpr int states = detail::wide_states<R>;

 public:
  ORBITWALK_HD PhiloxStream(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step)
      : seed_(seed), ids_(ids), step_high_(step >> 32) {
    ORBITWALK_UNROLL
    for (int i = 0; i < states; ++i) {
      first_[i] = multiply_low_halves((Wide)ids.low.v >> (32 * i), PhiloxConstants::multiplier_0);
      second_[i] = second(i, step);
    }
  }

  ORBITWALK_HD void words(std::uint64_t step, Purpose purpose, std::uint32_t block, WordOf<Lane> out[4]) const {
    const PhiloxAddress at = philox_address(seed_, step, purpose, block);
    const detail::PhiloxUniform uniform(at);
    Wide state[states][4];
    ORBITWALK_UNROLL
    for (int i = 0; i < states; ++i) {
      const Wide particle = step >> 32 == step_high_ ? second_[i] : second(i, step);
      state[i][0] = (particle >> 32) ^ std::uint64_t(uniform.state_0);
      state[i][1] = particle;
      state[i][2] = first_[i] ^ std::uint64_t(uniform.state_2);
      state[i][3] = Wide{} + std::uint64_t(uniform.state_3);
    }
    detail::philox_rounds<states, 2>(state, at.key[0], at.key[1]);
    detail::narrow<R, Isa>(state, out);
  }

 private:
  std::uint64_t seed_;
  ParticleIds<Lane> ids_;
  std::uint64_t step_high_;
  Wide first_[states], second_[states];  ///< even particles, odd ones

  ORBITWALK_HD Wide second(int i, std::uint64_t step) const {
    const PhiloxAddress at = philox_address(seed_, step, Purpose{}, 0);
    const PackWord<R, Isa> high = (ids_.high & 0xffffu) | at.step_high;
    return multiply_low_halves((first_[i] >> 32) ^ ((Wide)high.v >> (32 * i)) ^ std::uint64_t(at.key[1]),
                               PhiloxConstants::multiplier_1);
  }
};

template <class R, class Isa, int N>
class PhiloxStream<PackGroup<R, Isa, N>> {
  using Lane = PackGroup<R, Isa, N>;
  using Part = PhiloxStream<Pack<R, Isa>>;

 public:
  ORBITWALK_HD PhiloxStream(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step)
      : PhiloxStream(seed, ids, step, std::make_integer_sequence<int, N>()) {}
  ORBITWALK_HD void words(std::uint64_t step, Purpose purpose, std::uint32_t block, WordOf<Lane> out[4]) const {
    ORBITWALK_UNROLL
    for (int n = 0; n < N; ++n) {
      PackWord<R, Isa> words[4];
      part_[n].words(step, purpose, block, words);
      ORBITWALK_UNROLL
      for (int i = 0; i < 4; ++i) out[i].part[n] = words[i];
    }
  }

 private:
  template <int... n>
  ORBITWALK_HD PhiloxStream(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step,
                            std::integer_sequence<int, n...>)
      : part_{Part(seed, {ids.low.part[n], ids.high.part[n]}, step)...} {}
  Part part_[N];
};
#endif

}  // namespace orbitwalk
