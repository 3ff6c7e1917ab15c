// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/noise/traits.hpp"
#include "kernels/random/variates.hpp"

namespace orbitwalk {

/// The state from which the samples of one step are drawn. Every random number is a function of the counter (particle,
/// step, position of the sample), so nothing is kept between steps.
template <class Lane>
struct SampleState {
  using R = RealOf<Lane>;
  static constexpr int per_block = variates_per_block<R>(Variates::gaussian);

  std::uint64_t seed;
  ParticleIds<Lane> ids;
  std::uint64_t step;
  std::uint32_t samples;  ///< N
  R share, label_scale;   ///< weight of a sample if all weights are equal; weight of the noise on its label
  R spread = R(0);        ///< this, mean and weights are for noises that weight each sample separately
  Lane mean, weights[per_block];
  WordOf<Lane> words[4];

  ORBITWALK_HD SampleState(std::uint64_t run_seed, const ParticleIds<Lane>& particles, std::uint64_t k,
                           std::uint32_t count)
      : seed(run_seed), ids(particles), step(k), samples(count), mean(broadcast<Lane>(R(0))) {}

  /// Normal number i of a purpose. Must be called in order of i; `block` holds the current block of numbers.
  ORBITWALK_HD Lane variate(Purpose purpose, int i, Lane* block) const {
    if (i % per_block == 0) fill(purpose, i / per_block, block);
    return block[i % per_block];
  }

 private:
  ORBITWALK_NOINLINE void fill(Purpose purpose, int block, Lane* out) const {
    fill_block<Lane>(Variates::gaussian, seed, ids, step, purpose, block, out);
  }
};

/// Defaults of a sampled noise: samples 0, 1, ... in turn, all with the same weight.
///   begin(state, batch, label_noise)   called at the start of a step
///   index(state, b), weight(state, b)  of sample b of the step, called in order of b
struct EqualSamples {
  template <class Lane>
  ORBITWALK_HD static void begin(SampleState<Lane>&, int, double) {}
  template <class Lane>
  ORBITWALK_HD static WordOf<Lane> index(SampleState<Lane>&, int b) {
    return word_broadcast<Lane>(std::uint32_t(b));
  }
  template <class Lane>
  ORBITWALK_HD static Lane weight(SampleState<Lane>& state, int) {
    return broadcast<Lane>(state.share);
  }
};

}  // namespace orbitwalk
