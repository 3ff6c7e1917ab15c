// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// Each particle draws B samples with replacement at each step. Sample b is ⌊word · N / 2^32⌋, with word
/// number b mod 4 of block b / 4. The bias of an index is below N / 2^32.
struct MinibatchNoise : EqualSamples {
  static constexpr NoiseTraits traits = {.name = "minibatch",
                                         .depends_on_state = true,
                                         .may_vanish = true,
                                         .from_samples = true,
                                         .draws_batch = true,
                                         .in_words = "Minibatch noise",
                                         .summary = "B samples drawn with replacement"};

  template <class Lane>
  ORBITWALK_HD static WordOf<Lane> index(SampleState<Lane>& state, int b) {
    if (b % 4 == 0) philox_block<Lane>(state.seed, state.ids, state.step, Purpose::minibatch, b / 4, state.words);
    return mulhi(state.words[b % 4], state.samples);
  }
};

}  // namespace orbitwalk
