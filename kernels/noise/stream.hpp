// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// B fresh samples at each step, never used before: inputs ~ N(0, I) (SampleDraw::input()), with targets given by the
/// model's teacher.
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
