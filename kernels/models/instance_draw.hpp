// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/random/variates.hpp"

// A problem that every particle draws for itself: the weights of its teacher, its design matrix and labels, its mask.
// It lies behind the parameters, theta[d] .. theta[d + instance() - 1], where a model's members find it, and does not
// move. A model with instances has
//   int instance()                                       lanes of it; 0: none in this run (then nothing below is called)
//   void draw_instance(draw, theta, scratch)             fills them
//   void adjust_start(draw, theta)                       optional: changes the initial state that was drawn, once, at step 0
// It is a function of the instance's seed and number alone, so that it can be drawn again where it is needed.
namespace orbitwalk {

template <class Model>
concept HasInstance = requires(const Model& m) {
  m.instance();
};

/// Lanes behind the parameters; 0 for models without instances, and for those of a size known to the compiler.
template <class Model>
ORBITWALK_HD int instance_lanes(const Model& model) {
  if constexpr (HasInstance<Model> && Model::fixed_parameters == 0) return model.instance();
  else return 0;
}

/// The random numbers of an instance, in the order in which they are asked for. Normal numbers and words are two
/// streams, so that a model may mix them in any order that does not depend on the lane type.
template <class Lane>
class InstanceDraw {
 public:
  using R = RealOf<Lane>;

  /// `part`: 0 for the instance itself, 1 for what adjusts the start.
  ORBITWALK_HD InstanceDraw(std::uint64_t seed, const ParticleIds<Lane>& ids, std::uint32_t part)
      : seed_(seed), ids_(ids), part_(part) {}

  /// N(0, 1).
  ORBITWALK_HD Lane normal() {
    if (normals_drawn_ % per_block == 0) fill_normals();
    return normals_[normals_drawn_++ % per_block];
  }
  /// 32 random bits.
  ORBITWALK_HD WordOf<Lane> word() {
    if (words_drawn_ % 4 == 0) fill_words();
    return words_[words_drawn_++ % 4];
  }
  /// Uniform on (0, 1), of 23 random bits in every precision: an exact number of float and double, so that a choice
  /// made by comparing it is the same in both.
  ORBITWALK_HD Lane uniform() {
    return fma(to_real<Lane>(word() >> 9), broadcast<Lane>(R(0x1p-23)), broadcast<Lane>(R(0x1p-24)));
  }

 private:
  static constexpr int per_block = variates_per_block<R>(Variates::gaussian);
  ORBITWALK_NOINLINE void fill_normals() {
    fill_block<Lane>(Variates::gaussian, seed_, ids_, 2 * part_, Purpose::instance, normals_drawn_ / per_block,
                     normals_);
  }
  ORBITWALK_NOINLINE void fill_words() {
    philox_block<Lane>(seed_, ids_, 2 * part_ + 1, Purpose::instance, words_drawn_ / 4, words_);
  }

  std::uint64_t seed_;
  ParticleIds<Lane> ids_;
  std::uint32_t part_;
  int normals_drawn_ = 0, words_drawn_ = 0;
  Lane normals_[per_block];
  WordOf<Lane> words_[4];
};

}  // namespace orbitwalk
