// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// A step uses all N samples. The only noise is that of the labels, if any.
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
