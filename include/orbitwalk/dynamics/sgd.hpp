// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/dynamics/walk.hpp"

namespace orbitwalk {

/// The minibatch of a step: index b of step k is ⌊word · N / 2^32⌋, word b mod 4 of block b / 4 of the particle's own
/// minibatch stream. Sampling with replacement; the bias of an index is below N / 2^32.
template <class Lane>
struct MinibatchReader {
  Walk<Lane>& walk;
  std::uint64_t step;
  std::uint32_t samples;
  WordOf<Lane> words[4];

  ORBITWALK_HD WordOf<Lane> operator()(int b) {
    if (b % 4 == 0) philox_block<Lane>(walk.seed, walk.ids, step, Purpose::minibatch, b / 4, words);
    return mulhi(words[b % 4], samples);
  }
};

/// Stochastic gradient descent, θ_k = θ_{k-1} - η g_B(θ_{k-1}), g_B the mean gradient over a minibatch of B samples drawn
/// afresh, with replacement, by each particle (theory.md section 2). The noise covariance η/B Σ(θ) is state dependent and
/// horizontal. B samples a step.
template <class R, bool compensated>
struct Sgd {
  static constexpr bool is_compensated = compensated;
  R minus_step;
  int batch;

  ORBITWALK_HD explicit Sgd(const Plan& plan) : minus_step(R(-plan.step)), batch(plan.batch) {}

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    const int d = model.parameters();
    for (std::uint64_t k = from + 1; k <= to; ++k) {
      MinibatchReader<Lane> reader{walk, k, static_cast<std::uint32_t>(model.samples), {}};
      model.minibatch_gradient(walk.theta, walk.gradient, batch, [&reader](int b) { return reader(b); }, walk.scratch);
      for (int i = 0; i < d; ++i) {
        move<compensated>(walk.theta, walk.compensation, i, minus_step, walk.gradient[i], R(0),
                          broadcast<Lane>(R(0)));
      }
    }
  }
};

}  // namespace orbitwalk
