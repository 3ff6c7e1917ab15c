// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/type_list.hpp"
#include "kernels/noise/full_batch.hpp"
#include "kernels/noise/geometric.hpp"
#include "kernels/noise/isotropic.hpp"
#include "kernels/noise/minibatch.hpp"
#include "kernels/noise/projected.hpp"
#include "kernels/noise/stream.hpp"
#include "kernels/noise/surrogate.hpp"

namespace orbitwalk {

/// All noises; the first is the default of a Plan. This list determines the ids, the words of a spec, the catalogue,
/// and what the backends compile.
using Noises =
    TypeList<IsotropicNoise, ProjectedNoise, GeometricNoise, MinibatchNoise, SurrogateNoise, FullBatch, StreamNoise>;

template <class Noise>
inline constexpr NoiseId noise_id = NoiseId(Noises::find<Noise>());

template <class Noise>
using IsSampled = std::bool_constant<Noise::traits.from_samples>;
template <class Noise>
using IsDiffusion = std::bool_constant<!Noise::traits.from_samples>;
using SampledNoises = decltype(filtered<IsSampled>(Noises()));

/// Stands for all noises of stochastic gradients. They differ only in which samples a step uses and how it weights
/// them, which is chosen at run time (SampleDraw). So each integrator is compiled only once for all of them.
struct SampledNoise {
  static constexpr NoiseTraits traits = {
      .name = "sampled", .depends_on_state = true, .may_vanish = true, .from_samples = true};
};
using CompiledNoises = decltype(filtered<IsDiffusion>(Noises()).with(TypeList<SampledNoise>()));

namespace detail {
template <class... Noise>
ORBITWALK_HD constexpr bool contains(TypeList<Noise...>, NoiseId id) {
  return ((id == noise_id<Noise>) || ...);
}
}  // namespace detail

/// Whether a compiled noise is the noise with this id, or stands for it.
template <class Noise>
ORBITWALK_HD constexpr bool stands_for(NoiseId id) {
  if constexpr (std::is_same_v<Noise, SampledNoise>) return detail::contains(SampledNoises(), id);
  else return id == noise_id<Noise>;
}

}  // namespace orbitwalk
