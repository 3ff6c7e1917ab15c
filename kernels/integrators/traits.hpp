// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/noise/traits.hpp"

namespace orbitwalk {

/// Velocities as a part of the state, and how they start: v = 0, or v ~ N(0, T).
enum class Velocity { none, from_rest, thermal };

/// The sense in which an integrator reads noise that depends on the state.
enum class Sense { ito, stratonovich };

/// What an integrator draws in a step.
enum class Draws {
  variates,  ///< d variates, of the kind that the spec names
  gaussian,  ///< d normal numbers and a uniform one: a Metropolis test needs the density of the proposal
  samples    ///< of the data
};

/// What an integrator is. Each says it once, in its own header, as a static member `traits`; everything else asks for
/// these facts. An integrator also has takes(noise traits), and Step<R, compensated, Noise> with advance() as the others.
struct IntegratorTraits {
  const char* name;              ///< of its entry in the catalogue
  const char* dynamics;          ///< [dynamics] name under which it stands
  const char* scheme = nullptr;  ///< word of [dynamics] scheme; null: that key has no meaning
  int weak_order = 0;            ///< of the error at a finite time; 0: it is a process of its own and approximates none
  int invariant_order = 0;       ///< power of h with which the invariant law changes, where it is not exact
  int next_order = 0;            ///< power that follows it, for extrapolations; 0: not known
  bool is_exact = false;  ///< a Metropolis test makes the law exact at every h; moves are taken or not as a whole
  bool on_slice = false;  ///< stays on a gauge slice
  bool adds_drift_first = false;  ///< θ - h ∇L is rounded before the noise is added
  bool is_short = false;          ///< a step is worth compiling together with models of a size known to the compiler
  Velocity velocity = Velocity::none;
  Sense sense = Sense::ito;
  Draws draws = Draws::variates;
  // Texts of the catalogue.
  const char* equation;
  const char* update;
  const char* cost;
  const char* source;
};

/// An integrator by its place in the list (integrators/list.hpp).
enum class IntegratorId : int {};

/// Whether an integrator makes sense with a noise: the integrator says so by the noise's traits.
template <class Integrator, class Noise>
concept Takes = Integrator::takes(Noise::traits);

/// Power of h for the bias that a step leaves in the law. Exact integrators have no such bias; 2 stands for them, so that
/// none is extrapolated where there is none to see.
constexpr int bias_order(const IntegratorTraits& integrator) {
  return integrator.is_exact ? 2 : integrator.invariant_order;
}

/// What all integrators' steps share: the traits that loops ask for, and the least that they need.
template <class Integrator, bool compensated>
struct StepOf {
  static constexpr bool is_compensated = compensated;
  static constexpr Velocity velocity = Integrator::traits.velocity;
  static constexpr bool on_slice = Integrator::traits.on_slice;
  /// Lanes of working memory for d parameters and m constraints of the gauge.
  ORBITWALK_HD static int work_lanes(int, int) { return 0; }
};

}  // namespace orbitwalk
