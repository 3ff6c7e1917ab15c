// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"

// Observables that every model has, after its own. What they are and their names stand here and nowhere else: a
// new one is a struct like KineticTemperature and its place in CommonObservables (and a row in docs/spec.md).
namespace orbitwalk {

/// |v|²/d, whose mean is T under Gibbs' law.
struct KineticTemperature {
  static constexpr const char* name = "kinetic_temperature";
  static constexpr bool of_velocity = true;  ///< needs velocities that are part of the state
  template <class Lane>
  ORBITWALK_HD static Lane value(const Lane* /*theta*/, const Lane* velocity, int d) {
    Lane sum = velocity[0] * velocity[0];
    for (int i = 1; i < d; ++i) sum = fma(velocity[i], velocity[i], sum);
    return sum * (RealOf<Lane>(1) / RealOf<Lane>(d));
  }
};

/// A list of them, those of the velocity last: momentum SGD has velocities, but no name for what is made of them.
template <class... Each>
struct ObservableList {
  ORBITWALK_HD static constexpr int count(bool velocity) {
    return (0 + ... + (velocity || !Each::of_velocity ? 1 : 0));
  }

  /// Their values, in the order of the list; theta and velocity have d numbers, and velocity is read where it exists.
  template <class Lane>
  ORBITWALK_HD static void observe(bool velocity_exists, const Lane* theta, const Lane* velocity, int d, Lane* out) {
    ((velocity_exists || !Each::of_velocity ? void(*out++ = Each::value(theta, velocity, d)) : void()), ...);
  }

  /// visit(name), in the same order.
  template <class Visit>
  static void for_names(bool velocity_exists, Visit&& visit) {
    ((velocity_exists || !Each::of_velocity ? visit(Each::name) : void()), ...);
  }
};

using CommonObservables = ObservableList<KineticTemperature>;

}  // namespace orbitwalk
