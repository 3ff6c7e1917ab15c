// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "orbitwalk/observables/accumulate.hpp"
#include "orbitwalk/random/variates.hpp"

namespace orbitwalk {

/// The integrators, one file each in dynamics/.
enum class Scheme { euler_maruyama, leimkuhler_matthews, projected_euler_maruyama, sgd };

/// float and double: state and gradient. mixed: float gradient, state of two floats (compensated sum).
enum class Precision { float32, float64, mixed };

/// What every particle does: numbers only, trivially copyable, the same for all backends. Steps are numbered 1, 2, ...;
/// step k takes the state at time k-1 to time k and uses the noise ξ_k (Leimkuhler-Matthews also ξ_{k-1}).
struct Plan {
  Scheme scheme = Scheme::euler_maruyama;
  Precision precision = Precision::float32;
  Variates variates = Variates::gaussian;
  std::uint64_t seed = 0;
  std::uint64_t particles = 0;
  std::uint64_t burn_in = 0, steps = 0, every = 1;  ///< observed after burn_in + every, burn_in + 2 every, ...
  double step = 0;                   ///< h, or the learning rate η
  double horizontal = 0, vertical = 0;  ///< α and β; isotropic noise has both √T
  int batch = 0;                     ///< SGD
  int batches = 1;                   ///< particle batches (block id mod batches), for effective sample sizes
  bool shared_start = false;         ///< the particles of a batch share one initial state (superchains, arXiv 2110.13017)
  int observed = 0;                  ///< number of ObservedSpecs
  std::uint64_t cells = 0;           ///< histogram cells of one batch and half

  ORBITWALK_HD std::uint64_t end() const { return burn_in + steps; }
  ORBITWALK_HD std::uint64_t observations() const { return steps / every; }
  /// First or second half of the observation times, for the drift of the law.
  ORBITWALK_HD int half(std::uint64_t step_number) const {
    return 2 * ((step_number - burn_in) / every) > observations() + 1 ? 1 : 0;
  }
};

}  // namespace orbitwalk
