// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/noise/list.hpp"

namespace orbitwalk {

/// The samples of one step, in the form that a model's minibatch_gradient asks for. The noise (one of the sampled
/// noises of noise/list.hpp) decides which samples are used and with which weights. Label noise, which is fresh noise
/// on the targets, can be added to any of them.
template <class Lane>
class SampleDraw {
 public:
  using R = RealOf<Lane>;

  /// kind: one of SampledNoises.
  ORBITWALK_HD SampleDraw(NoiseId kind, std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step,
                          std::uint32_t samples, int batch, double label_noise)
      : kind_(kind), state_(seed, ids, step, samples), label_(R(label_noise)) {
    const double taken = draws_batch(SampledNoises()) ? batch : double(samples);
    state_.share = R(1 / taken);
    state_.label_scale = R(label_noise / taken);
    begin(SampledNoises(), batch, label_noise);
  }

  /// How many samples the step uses.
  ORBITWALK_HD int count(int batch) const { return draws_batch(SampledNoises()) ? batch : int(state_.samples); }

  /// Whether the samples are fresh. If so, a model takes its inputs from input(), in order, instead of using index(b).
  ORBITWALK_HD bool streams() const { return draws_fresh(SampledNoises()); }
  ORBITWALK_HD Lane input() { return state_.variate(Purpose::stream, inputs_drawn_++, inputs_); }
  /// Whether entry e is kept: with probability threshold / 2^32, independently for each e. Must be called in order of
  /// e. A probability of one half costs one bit per entry, any other probability one word.
  ORBITWALK_HD MaskOf<Lane> kept(int e, std::uint32_t threshold) {
    const int per_word = threshold == 0x80000000u ? 32 : 1, word = e / per_word;
    if (word % 4 == 0 && e % per_word == 0) {
      philox_block<Lane>(state_.seed, state_.ids, state_.step, Purpose::kept, word / 4, state_.words);
    }
    if (per_word == 1) return state_.words[word % 4] < threshold;
    return (state_.words[word % 4] & (1u << (e % 32))) == 0u;
  }

  /// Index and weight of sample b of the step. Call each once per sample, in order.
  ORBITWALK_HD WordOf<Lane> index(int b) { return index(SampledNoises(), b); }
  ORBITWALK_HD Lane weight(int b) { return weight(SampledNoises(), b); }
  /// Fresh noise on a target, times its weight in the step. Call once per sample and output, in order.
  ORBITWALK_HD Lane label_noise(int, int) {
    if (!(label_ > R(0))) return broadcast<Lane>(R(0));
    return state_.variate(Purpose::label_noise, labels_drawn_++, labels_) * state_.label_scale;
  }

 private:
  // Each function asks the noise that kind_ names. EqualSamples provides the defaults.
  template <class... Noise>
  ORBITWALK_HD bool draws_batch(TypeList<Noise...>) const {
    return ((Noise::traits.draws_batch && kind_ == noise_id<Noise>) || ...);
  }
  template <class... Noise>
  ORBITWALK_HD bool draws_fresh(TypeList<Noise...>) const {
    return ((Noise::traits.draws_fresh && kind_ == noise_id<Noise>) || ...);
  }
  template <class... Noise>
  ORBITWALK_HD void begin(TypeList<Noise...>, int batch, double label_noise) {
    ((kind_ == noise_id<Noise> ? Noise::begin(state_, batch, label_noise) : void()), ...);
  }
  template <class First, class... Rest>
  ORBITWALK_HD WordOf<Lane> index(TypeList<First, Rest...>, int b) {
    if constexpr (sizeof...(Rest) > 0) {
      if (kind_ != noise_id<First>) return index(TypeList<Rest...>(), b);
    }
    return First::index(state_, b);
  }
  template <class First, class... Rest>
  ORBITWALK_HD Lane weight(TypeList<First, Rest...>, int b) {
    if constexpr (sizeof...(Rest) > 0) {
      if (kind_ != noise_id<First>) return weight(TypeList<Rest...>(), b);
    }
    return First::weight(state_, b);
  }

  static constexpr int per_block = SampleState<Lane>::per_block;
  NoiseId kind_;
  SampleState<Lane> state_;
  R label_;
  int labels_drawn_ = 0, inputs_drawn_ = 0;
  Lane labels_[per_block], inputs_[per_block];
};

/// All samples with equal weight and no noise. With it, a model's minibatch_gradient gives the full gradient.
template <class Lane>
struct EverySample {
  RealOf<Lane> share;
  ORBITWALK_HD WordOf<Lane> index(int b) const { return word_broadcast<Lane>(std::uint32_t(b)); }
  ORBITWALK_HD Lane weight(int) const { return broadcast<Lane>(share); }
  ORBITWALK_HD Lane label_noise(int, int) const { return broadcast<Lane>(RealOf<Lane>(0)); }
  ORBITWALK_HD bool streams() const { return false; }
  ORBITWALK_HD Lane input() const { return broadcast<Lane>(RealOf<Lane>(0)); }
  ORBITWALK_HD MaskOf<Lane> kept(int, std::uint32_t) const {
    return broadcast<Lane>(RealOf<Lane>(0)) < broadcast<Lane>(RealOf<Lane>(1));
  }
};

}  // namespace orbitwalk
