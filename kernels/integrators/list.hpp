// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/baoab.hpp"
#include "kernels/integrators/constrained_mala.hpp"
#include "kernels/integrators/euler_maruyama.hpp"
#include "kernels/integrators/heavy_ball.hpp"
#include "kernels/integrators/leimkuhler_matthews.hpp"
#include "kernels/integrators/mala.hpp"
#include "kernels/integrators/stochastic_heun.hpp"
#include "kernels/noise/list.hpp"

namespace orbitwalk {

/// All integrators. The first is the default of a Plan, and the first with a given [dynamics] name is the default for
/// that name. This list determines the ids, the words of a spec, the catalogue, and what the backends compile.
using Integrators =
    TypeList<EulerMaruyama, LeimkuhlerMatthews, StochasticHeun, Baoab, Mala, ConstrainedMala, HeavyBall>;

namespace detail {
template <class... Integrator>
constexpr bool have_orders(TypeList<Integrator...>) {
  return ((Integrator::traits.is_exact || Integrator::traits.invariant_order > 0) && ...);
}
static_assert(have_orders(Integrators()), "an integrator says neither that its law is exact nor of what order it is");
}  // namespace detail

template <class Integrator>
inline constexpr IntegratorId integrator_id = IntegratorId(Integrators::find<Integrator>());

namespace detail {

/// Exact integrators have no compensated form, because their moves are accepted or rejected as a whole.
template <class Integrator, bool compensated, class Noise, class R, class Visit>
ORBITWALK_HD bool visit_pair(IntegratorId integrator, NoiseId noise, Visit& visit) {
  if constexpr (Takes<Integrator, Noise> && !(compensated && Integrator::traits.is_exact)) {
    if (integrator == integrator_id<Integrator> && stands_for<Noise>(noise)) {
      visit(std::type_identity<typename Integrator::template Step<R, compensated, Noise>>());
      return true;
    }
  }
  return false;
}

template <class Integrator, bool compensated, class R, class Visit, class... Noise>
ORBITWALK_HD bool visit_noises(TypeList<Noise...>, IntegratorId integrator, NoiseId noise, Visit& visit) {
  return (visit_pair<Integrator, compensated, Noise, R>(integrator, noise, visit) || ...);
}

template <bool compensated, class R, class Visit, class... Integrator>
ORBITWALK_HD bool visit_integrators(TypeList<Integrator...>, IntegratorId integrator, NoiseId noise, Visit& visit) {
  return (visit_noises<Integrator, compensated, R>(CompiledNoises(), integrator, noise, visit) || ...);
}

template <class Integrator>
using IsShort = std::bool_constant<Integrator::traits.is_short>;

}  // namespace detail

/// Calls visit(std::type_identity<Step>()) with the step of an integrator and a noise, and returns true. Returns false
/// for a pair that cannot be combined; spec readers refuse such pairs.
template <class R, bool compensated, class Visit>
ORBITWALK_HD bool visit_step(IntegratorId integrator, NoiseId noise, Visit&& visit) {
  return detail::visit_integrators<compensated, R>(Integrators(), integrator, noise, visit);
}

/// The same, but only for integrators with short steps (IntegratorTraits::is_short).
template <class R, bool compensated, class Visit>
ORBITWALK_HD bool visit_short_step(IntegratorId integrator, NoiseId noise, Visit&& visit) {
  using Short = decltype(filtered<detail::IsShort>(Integrators()));
  return detail::visit_integrators<compensated, R>(Short(), integrator, noise, visit);
}

}  // namespace orbitwalk
