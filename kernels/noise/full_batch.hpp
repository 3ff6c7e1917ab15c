// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// All N samples: no noise but that of the labels.
struct FullBatch : EqualSamples {
  static constexpr NoiseTraits traits = {.name = "full",
                                         .depends_on_state = true,
                                         .may_vanish = true,
                                         .from_samples = true,
                                         .is_noiseless = true,
                                         .in_words = "Full-batch gradient descent, without noise",
                                         .with_labels = "Label noise on full batches",
                                         .summary = "all samples"};
};

}  // namespace orbitwalk
