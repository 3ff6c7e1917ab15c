// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/noise/traits.hpp"

namespace orbitwalk {

/// Whether the state includes velocities, and how they start: v = 0 (from_rest) or v ~ N(0, T) (thermal).
enum class Velocity { none, from_rest, thermal };

/// How an integrator interprets state-dependent noise.
enum class Sense { ito, stratonovich };

/// What an integrator draws in a step.
enum class Draws {
  variates,  ///< d variates of the kind that the spec names
  gaussian,  ///< d normal numbers and a uniform one, since a Metropolis test needs the proposal density
  samples    ///< data samples
};

/// The properties of an integrator. Each integrator states them once, in its own header, as a static member `traits`,
/// and all other code uses them. An integrator also has takes(noise traits), and Step<R, compensated, Noise> with the
/// same advance() as the other integrators.
struct IntegratorTraits {
  const char* name;              ///< name of its catalogue entry
  const char* dynamics;          ///< [dynamics] name that it belongs to
  const char* scheme = nullptr;  ///< word of [dynamics] scheme; null: it is not chosen by that key
  int weak_order = 0;            ///< order of the error at a finite time; 0: not an approximation of another process
  int invariant_order = 0;       ///< power of h in the bias of the invariant law, unless the law is exact
  int next_order = 0;            ///< next power of h in that bias, for extrapolation; 0: not known
  bool is_exact = false;  ///< a Metropolis test makes the law exact at every h; moves are accepted or rejected whole
  bool on_slice = false;  ///< stays on a gauge slice
  bool adds_drift_first = false;  ///< θ - h ∇L is rounded before the noise is added
  bool is_short = false;          ///< short step, worth compiling together with models of compile-time size
  Velocity velocity = Velocity::none;
  Sense sense = Sense::ito;
  Draws draws = Draws::variates;
  // Catalogue texts.
  const char* equation;
  const char* update;
  const char* cost;
  const char* source;
};

/// An integrator, identified by its position in the list (integrators/list.hpp).
enum class IntegratorId : int {};

/// Whether an integrator can be combined with a noise. The integrator decides from the noise's traits.
template <class Integrator, class Noise>
concept Takes = Integrator::takes(Noise::traits);

/// Power of h in the step bias of the law. Exact integrators have no such bias; they report 2, so that nothing is
/// extrapolated for them.
constexpr int bias_order(const IntegratorTraits& integrator) {
  return integrator.is_exact ? 2 : integrator.invariant_order;
}

/// Base of all integrators' steps: the traits that the loops use, and defaults.
template <class Integrator, bool compensated>
struct StepOf {
  static constexpr bool is_compensated = compensated;
  static constexpr Velocity velocity = Integrator::traits.velocity;
  static constexpr bool on_slice = Integrator::traits.on_slice;
  /// Lanes of working memory for d parameters and m gauge constraints.
  ORBITWALK_HD static int work_lanes(int, int) { return 0; }
};

}  // namespace orbitwalk
