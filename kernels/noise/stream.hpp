// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// B samples that no step has seen before: inputs ~ N(0, I), the model's teacher gives the targets
/// (SampleDraw::input()).
struct StreamNoise : EqualSamples {
  static constexpr NoiseTraits traits = {.name = "stream",
                                         .depends_on_state = true,
                                         .may_vanish = true,
                                         .from_samples = true,
                                         .draws_batch = true,
                                         .draws_fresh = true,
                                         .in_words = "Minibatch noise, each step on fresh samples"};
};

}  // namespace orbitwalk
