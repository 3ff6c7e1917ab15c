// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/models/gauge.hpp"
#include "kernels/noise/traits.hpp"
#include "kernels/observe/accumulate.hpp"
#include "kernels/random/variates.hpp"

namespace orbitwalk {

/// float and double: state and gradient. mixed: float gradient, state of two floats (compensated sum).
enum class Precision { float32, float64, mixed };

/// What every particle does: numbers only, trivially copyable, the same for all backends. Steps are numbered 1, 2, ...;
/// step k takes the state at time k-1 to time k and uses the noise ξ_k (Leimkuhler-Matthews also ξ_{k-1}).
struct Plan {
  IntegratorId integrator{};  ///< of integrators/list.hpp, and one of noise/list.hpp that it takes
  NoiseId noise{};
  Precision precision = Precision::float32;
  Variates variates = Variates::gaussian;
  std::uint64_t seed = 0;
  std::uint64_t particles = 0;
  std::uint64_t burn_in = 0, steps = 0, every = 1;  ///< observed after burn_in + every, burn_in + 2 every, ...
  double step = 0;                                  ///< h, or the learning rate η
  double horizontal = 0, vertical = 0;              ///< α and β; isotropic noise has both √T
  double friction = 0;                              ///< γ of underdamped dynamics
  double volatility = 0;                            ///< σ of geometric dynamics
  double noise_numbers[4] = {};                     ///< of other noises: NoiseTraits::keys, in their order
  int batch = 0;                                    ///< B, of sampled noise
  double momentum = 0, weight_decay = 0;            ///< μ and λ of v <- μ v - η (g + λ θ)
  double label_noise = 0;                           ///< standard deviation of fresh noise on every target
  Gauge gauge = Gauge::moment_map;                  ///< of constrained_mala and of the shell
  double shell_width = 0;                           ///< ε: the loss gets T |χ|²/(2ε²); 0: none
  /// constrained_mala stays where this observable of the model lies in the window; -1: anywhere
  int window_observable = -1;
  double window_lower = 0, window_upper = 0;
  std::uint64_t instance_seed = 0;  ///< of the problems that particles draw for themselves
  bool shared_instance = false;     ///< one problem for all of them
  bool series = false;              ///< observables over time, with every particle's value at each of its times
  int series_rows = 0;              ///< quantities in it
  std::uint64_t series_every = 0;   ///< steps between them; 0: logarithmic
  int batches = 1;                  ///< particle batches (block id mod batches), for effective sample sizes
  /// the particles of a batch share one initial state (superchains, arXiv 2110.13017)
  bool shared_start = false;
  int observed = 0;         ///< number of ObservedSpecs
  std::uint64_t cells = 0;  ///< histogram cells of one batch and half

  ORBITWALK_HD std::uint64_t end() const { return burn_in + steps; }
  /// Times of the series: 0, every series_every steps, and the end; or, logarithmically, 0, 1, ..., 2^k, then 2^k times
  /// evenly spaced in each doubling, and the end. This is the first one after `step`.
  ORBITWALK_HD std::uint64_t next_series_step(std::uint64_t step) const {
    const std::uint64_t unit = series_unit(step), next = (step / unit + 1) * unit;
    return next < end() ? next : end();
  }
  /// Which of the times `step` is (0, 1, ...), or how many of them lie at or before it, less one.
  ORBITWALK_HD std::uint64_t series_index(std::uint64_t step) const {
    const std::uint64_t unit = series_unit(step);
    std::uint64_t index = step / unit;
    if (series_every == 0) {
      for (std::uint64_t u = unit; u > 1; u /= 2) index += series_per_doubling;
    }
    return index + (step == end() && step % unit != 0 ? 1 : 0);
  }
  static constexpr std::uint64_t series_per_doubling = 8;
  /// Spacing of the times around `step`.
  ORBITWALK_HD std::uint64_t series_unit(std::uint64_t step) const {
    if (series_every > 0) return series_every;
    std::uint64_t unit = 1;
    while (step >= 2 * series_per_doubling * unit) unit *= 2;
    return unit;
  }
  ORBITWALK_HD std::uint64_t observations() const { return steps / every; }
  /// First or second half of the observation times, for the drift of the law.
  ORBITWALK_HD int half(std::uint64_t step_number) const {
    return 2 * ((step_number - burn_in) / every) > observations() + 1 ? 1 : 0;
  }
};

}  // namespace orbitwalk
