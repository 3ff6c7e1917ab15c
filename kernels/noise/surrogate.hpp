// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/noise/sample_state.hpp"

namespace orbitwalk {

/// All N samples, with weights 1/N + (ζ_i - mean ζ)/sqrt(N B), ζ_i ~ N(0, 1). This gives a Gaussian gradient with
/// exactly the mean and the covariance Σ(θ)/B of the minibatch gradient, where Σ = 1/N Σ_i (g_i - g)(g_i - g)ᵀ
/// (theory.md section 2).
struct SurrogateNoise : EqualSamples {
  static constexpr NoiseTraits traits = {.name = "surrogate",
                                         .depends_on_state = true,
                                         .may_vanish = true,
                                         .from_samples = true,
                                         .in_words = "A Gaussian surrogate of minibatch noise",
                                         .summary = "Gaussian noise with the minibatch's own covariance"};

  template <class Lane>
  ORBITWALK_HD static void begin(SampleState<Lane>& state, int batch, double label_noise) {
    using R = RealOf<Lane>;
    state.spread = R(1 / orbitwalk::sqrt(double(state.samples) * batch));
    state.label_scale = R(label_noise * (1 / orbitwalk::sqrt(double(state.samples) * batch)));
    Lane sum = state.mean;
    for (std::uint32_t i = 0; i < state.samples; ++i) sum = sum + state.variate(Purpose::surrogate, i, state.weights);
    state.mean = sum * state.share;
  }

  template <class Lane>
  ORBITWALK_HD static Lane weight(SampleState<Lane>& state, int b) {
    const Lane share = broadcast<Lane>(state.share), own = state.variate(Purpose::surrogate, b, state.weights);
    return fma(own - state.mean, broadcast<Lane>(state.spread), share);
  }
};

}  // namespace orbitwalk
