// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/random/variates.hpp"

namespace orbitwalk {

/// Where the noise of a stochastic gradient comes from (theory: section 2, minibatch SGD).
///   minibatch  B samples drawn with replacement by each particle at each step
///   full       all N samples: no noise but that of the labels
///   surrogate  all N samples, weighted 1/N + (ζ_i - mean ζ)/sqrt(N B) with ζ_i ~ N(0, 1): a Gaussian gradient with the mean and
///              the covariance Σ(θ)/B of the minibatch's, Σ = 1/N Σ_i (g_i - g)(g_i - g)ᵀ, exactly
///   stream     B samples that no step has seen before: inputs ~ N(0, I), the model's teacher gives the targets
enum class Sampling { minibatch, full, surrogate, stream };

/// The samples of one step, as a model's minibatch_gradient asks for them. Every number comes from the counter
/// (particle, step, sample's place), so nothing is kept between steps. Sample b of a minibatch is ⌊word · N / 2^32⌋,
/// word b mod 4 of block b / 4: the bias of an index is below N / 2^32.
template <class Lane>
class SampleDraw {
 public:
  using R = RealOf<Lane>;

  ORBITWALK_HD SampleDraw(Sampling kind, std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint64_t step,
                          std::uint32_t samples, int batch, double label_noise)
      : kind_(kind), seed_(seed), ids_(ids), step_(step), samples_(samples), label_(R(label_noise)) {
    const double count = kind == Sampling::minibatch || kind == Sampling::stream ? batch : double(samples);
    share_ = R(1 / count);
    label_scale_ = R(label_noise / count);
    mean_ = broadcast<Lane>(R(0));
    if (kind == Sampling::surrogate) {
      spread_ = R(1 / orbitwalk::sqrt(double(samples) * batch));
      label_scale_ = R(label_noise * (1 / orbitwalk::sqrt(double(samples) * batch)));
      Lane sum = mean_;
      for (std::uint32_t i = 0; i < samples; ++i) sum = sum + variate(Purpose::surrogate, i, weights_);
      mean_ = sum * share_;
    }
  }

  /// How many samples the step uses.
  ORBITWALK_HD int count(int batch) const {
    return kind_ == Sampling::minibatch || kind_ == Sampling::stream ? batch : int(samples_);
  }

  /// Whether the samples are fresh: then a model takes its inputs from input(), in order, instead of index(b).
  ORBITWALK_HD bool streams() const { return kind_ == Sampling::stream; }
  ORBITWALK_HD Lane input() { return variate(Purpose::stream, inputs_drawn_++, inputs_); }
  /// Whether entry e is kept, with probability threshold / 2^32, each e by itself; asked for in order. One half costs a
  /// bit, any other probability a word.
  ORBITWALK_HD MaskOf<Lane> kept(int e, std::uint32_t threshold) {
    const int per_word = threshold == 0x80000000u ? 32 : 1, word = e / per_word;
    if (word % 4 == 0 && e % per_word == 0) philox_block<Lane>(seed_, ids_, step_, Purpose::kept, word / 4, words_);
    if (per_word == 1) return words_[word % 4] < threshold;
    return (words_[word % 4] & (1u << (e % 32))) == 0u;
  }

  ORBITWALK_HD WordOf<Lane> index(int b) {
    if (kind_ != Sampling::minibatch) return word_broadcast<Lane>(std::uint32_t(b));
    if (b % 4 == 0) philox_block<Lane>(seed_, ids_, step_, Purpose::minibatch, b / 4, words_);
    return mulhi(words_[b % 4], samples_);
  }
  ORBITWALK_HD Lane weight(int b) {
    const Lane share = broadcast<Lane>(share_);
    if (kind_ != Sampling::surrogate) return share;
    return fma(variate(Purpose::surrogate, b, weights_) - mean_, broadcast<Lane>(spread_), share);
  }
  /// Fresh noise on a target, times the weight it has in the step. Asked for once a sample and output, in order.
  ORBITWALK_HD Lane label_noise(int, int) {
    if (!(label_ > R(0))) return broadcast<Lane>(R(0));
    return variate(Purpose::label_noise, labels_drawn_++, labels_) * label_scale_;
  }

 private:
  static constexpr int per_block = variates_per_block<R>(Variates::gaussian);
  ORBITWALK_HD Lane variate(Purpose purpose, int i, Lane* block) {
    if (i % per_block == 0) fill(purpose, i / per_block, block);
    return block[i % per_block];
  }

  ORBITWALK_NOINLINE void fill(Purpose purpose, int block, Lane* out) const {
    fill_block<Lane>(Variates::gaussian, seed_, ids_, step_, purpose, block, out);
  }

  Sampling kind_;
  std::uint64_t seed_;
  ParticleIds<Lane> ids_;
  std::uint64_t step_;
  std::uint32_t samples_;
  R label_, share_, spread_ = R(0), label_scale_;
  int labels_drawn_ = 0, inputs_drawn_ = 0;
  Lane mean_, weights_[per_block], labels_[per_block], inputs_[per_block];
  WordOf<Lane> words_[4];
};

/// All samples with equal weight and no noise: the full gradient through a model's minibatch_gradient.
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
