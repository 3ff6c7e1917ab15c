// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/observe/counters.hpp"
#include "kernels/random/noise_address.hpp"
#include "kernels/walk/plan.hpp"

namespace orbitwalk {

/// The state of the particles of one lane, and its working memory. All pointers are to lanes.
template <class Lane>
struct Walk {
  std::uint64_t seed;
  ParticleIds<Lane> ids;
  Lane* theta;           ///< d
  Lane* compensation;    ///< d; what the float state lacks (mixed precision only)
  Lane* gradient;        ///< d
  Lane* auxiliary;       ///< d; previous noise, or what a noise prepares
  Lane* velocity;        ///< d; momentum SGD and underdamped dynamics; part of the state
  Lane* noise;           ///< one group of steps
  Lane* scratch;         ///< of the model
  Lane* work;            ///< of the integrator: work_lanes()
  Lane* observed;        ///< the model's observables, then CommonObservables
  MaskOf<Lane> counted;  ///< lanes for which anything is counted: those with a finite particle
  Counters counters;
  std::uint64_t noise_group = ~std::uint64_t(0);  ///< which group `noise` holds
};

/// Fills `noise` with consecutive blocks of variates.
template <class Lane>
ORBITWALK_OUTLINE void fill_noise(Lane* noise, const PhiloxStream<Lane>& stream, Variates kind,
                                  const NoiseAddress& address, std::uint64_t counter_step, Purpose purpose) {
  for (int block = 0; block < address.blocks; ++block) {
    fill_block<Lane>(kind, stream, counter_step, purpose, block, noise + block * address.per_block);
  }
}

/// The same in one copy for all callers.
template <class Lane>
ORBITWALK_NOINLINE void fill_noise_called(Lane* noise, const PhiloxStream<Lane>& stream, Variates kind,
                                          const NoiseAddress& address, std::uint64_t counter_step, Purpose purpose) {
  fill_noise(noise, stream, kind, address, counter_step, purpose);
}

/// Noise vectors ξ_k of a walk, a group of steps at a time. Only a loop over a model of a size known to the compiler
/// (Fixed > 0) is worth a copy of the random numbers' code of its own.
template <class Lane, int Fixed = 0>
struct NoiseReader {
  Variates kind;
  NoiseAddress address;
  PhiloxStream<Lane> stream;

  /// On a GPU a thread can index memory only, not registers. So there a step's few normal numbers are chosen out of the
  /// block's by comparisons with known places; on the CPU a pointer into the block costs nothing.
  static constexpr bool in_registers = Fixed > 0 && LaneTraits<Lane>::width == 1;
  mutable Lane step_noise[in_registers ? Fixed : 1];

  /// For steps from `from` on.
  ORBITWALK_HD NoiseReader(const Walk<Lane>& walk, Variates variates, int dimension, std::uint64_t from)
      : kind(variates), address(noise_address<RealOf<Lane>>(variates, dimension)),
        stream(walk.seed, walk.ids, address.counter_step(from)) {}

  /// ξ_k, valid until the next call.
  ORBITWALK_HD const Lane* at(Walk<Lane>& walk, std::uint64_t k) const {
    const std::uint64_t group = address.counter_step(k);
    if (group != walk.noise_group) {
      if constexpr (Fixed > 0) fill_noise(walk.noise, stream, kind, address, group, Purpose::diffusion);
      else fill_noise_called(walk.noise, stream, kind, address, group, Purpose::diffusion);
      walk.noise_group = group;
    }
    if constexpr (in_registers) {
      if (kind == Variates::gaussian) {
        constexpr int shared = noise_address<RealOf<Lane>>(Variates::gaussian, Fixed).steps_shared;
        ORBITWALK_UNROLL
        for (int s = 0; s < shared; ++s) {
          ORBITWALK_UNROLL
          for (int i = 0; i < Fixed; ++i) {
            if (s == 0 || (k & unsigned(shared - 1)) == unsigned(s)) step_noise[i] = walk.noise[s * Fixed + i];
          }
        }
        return step_noise;
      }
    }
    return walk.noise + (address.blocks == 1 ? address.variate(k, 0) : 0);
  }
};

/// θ_i += a x + b y. Compensated (mixed precision): the increment is formed in float and the state is the unevaluated
/// sum θ + compensation, renewed without loss (Kahan), because a step below half an ulp of θ would vanish otherwise.
template <bool compensated, class Lane, class R>
ORBITWALK_HD void move(Lane* theta, Lane* compensation, int i, R a, Lane x, R b, Lane y) {
  if constexpr (compensated) {
    const Lane increment = fma(broadcast<Lane>(b), y, x * a) + compensation[i];
    const Lane moved = theta[i] + increment;
    compensation[i] = increment - (moved - theta[i]);
    theta[i] = moved;
  } else {
    theta[i] = fma(broadcast<Lane>(b), y, fma(broadcast<Lane>(a), x, theta[i]));
  }
}

/// The state in local variables while a model has few parameters, so that it stays in registers.
template <class Lane, int Fixed>
struct LocalState {
  Lane value[Fixed];
  ORBITWALK_HD explicit LocalState(const Lane* from) {
    for (int i = 0; i < Fixed; ++i) value[i] = from[i];
  }
  ORBITWALK_HD Lane* data() { return value; }
  ORBITWALK_HD void commit(Lane* to) const {
    for (int i = 0; i < Fixed; ++i) to[i] = value[i];
  }
};
template <class Lane>
struct LocalState<Lane, 0> {
  Lane* in_place;
  ORBITWALK_HD explicit LocalState(Lane* from) : in_place(from) {}
  ORBITWALK_HD Lane* data() { return in_place; }
  ORBITWALK_HD void commit(Lane*) const {}
};

}  // namespace orbitwalk
