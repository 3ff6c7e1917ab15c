// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/random/noise_address.hpp"

// What each instruction set's build of random_kernels.cpp offers (see core/lane_kernels.hpp).
namespace orbitwalk::test {

/// Where draws are taken: particles first, first + 1, ... .
struct DrawAddress {
  std::uint64_t seed = 0, first = 0, step = 0;
  Purpose purpose = Purpose::diffusion;
  std::uint32_t block = 0;
};

/// Particles are taken in multiples of this.
inline constexpr int particle_group = 16;

template <class R>
struct RandomKernels {
  /// out[4 i + k]: word k of particle first + i, i < n.
  void (*words)(const DrawAddress& at, int n, std::uint32_t* out);
  /// The same from a stream that was made for step `from`, on several packs side by side.
  void (*stream_words)(const DrawAddress& at, std::uint64_t from, int n, std::uint32_t* out);
  /// out[j n + i]: variate j of particle first + i, all variates of the block, through fill_block.
  void (*fill)(Variates kind, const DrawAddress& at, int n, R* out);
  /// The same through variate_from_words, one variate at a time.
  void (*one_by_one)(Variates kind, const DrawAddress& at, int n, R* out);
  /// All variates of the block from given words instead of generated ones: words[4 i + k].
  void (*from_words)(Variates kind, const std::uint32_t* words, int n, R* out);
};

#define ISA(name)                                                \
  extern const RandomKernels<float> random_kernels_float_##name; \
  extern const RandomKernels<double> random_kernels_double_##name;
ISA(Scalar) ISA(Wide) ISA(Generic) ISA(Avx2) ISA(Avx512)
#undef ISA

}  // namespace orbitwalk::test
