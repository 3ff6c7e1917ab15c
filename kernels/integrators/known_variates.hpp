// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/random/variates.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// An integrator whose variates are known to the compiler. Integrators without variates of that kind stay as they are.
template <class Integrator, Variates kind>
struct KnownKind : Integrator {
  ORBITWALK_HD explicit KnownKind(const Integrator& integrator) : Integrator(integrator) {}

  template <class Model, class Lane>
  ORBITWALK_HD auto advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    Integrator known = *this;
    if constexpr (requires { known.variates; }) known.variates = kind;
    return known.advance(model, walk, from, to);
  }
};

}  // namespace orbitwalk
