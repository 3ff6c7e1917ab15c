// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/gpu/walk_thread.hpp"

// Models of a size known to the compiler, with the commonest integrators: kernels of their own, whose state stays in
// registers.
namespace orbitwalk::cuda {

/// Room for what such a model observes, and for its scratch.
inline constexpr int fixed_lanes = 16;

/// An integrator whose variates are known to the compiler to be gaussian or to be of the other kinds, so that neither
/// pays for the registers of the other.
template <class Integrator, bool gaussian>
struct KnownVariates : Integrator {
  static constexpr bool is_gaussian = gaussian;

  ORBITWALK_HD explicit KnownVariates(const Integrator& integrator) : Integrator(integrator) {}

  template <class Model, class Lane>
  ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
    Integrator known = *this;
    if constexpr (gaussian) known.variates = Variates::gaussian;
    else known.variates = this->variates == Variates::dyadic ? Variates::dyadic : Variates::rademacher;
    known.advance(model, walk, from, to);
  }

  /// Numbers of noise at a time: those of a step or of what shares its block, and of the start.
  template <class R, int d>
  static constexpr int noise_lanes() {
    constexpr NoiseAddress normal = noise_address<R>(Variates::gaussian, d);
    constexpr int start = normal.blocks * normal.per_block, other = variates_per_block<R>(Variates::rademacher);
    static_assert(d <= variates_per_block<R>(Variates::dyadic));
    return gaussian || start > other ? start : other;
  }
};

/// What thread `slot` of thread block b does. Arrays of their own with known indices are registers; in memory lies only
/// what is indexed when running: observed quantities, and noise that is not gaussian.
template <class R, class Model, class Integrator, class Counts>
ORBITWALK_HD void walk_fixed_thread(const Model& model, const Integrator& integrator,
                                    const ThreadArguments<R>& arguments, std::uint64_t b, int slot, Counts& counts) {
  constexpr int d = Model::fixed_parameters;
  R state[6 * d] = {}, observed[fixed_lanes], scratch[fixed_lanes], noise[Integrator::template noise_lanes<R, d>()];
  WalkMemory<R> at(WorkspaceLayout{d, 0, 0, 0, 0, 0}, state);
  at.walk.observed = observed;
  at.walk.scratch = scratch;
  at.walk.noise = noise;
  walk_thread(model, integrator, arguments, at, b, slot, counts);
}

/// Calls visit(model, integrator, layout) and returns true where the request has such a kernel.
template <template <class, int> class Model, class R, bool compensated, class Visit>
bool with_fixed_kernel(const WalkRequest& request, Visit&& visit) {
  bool done = false;
  const Plan& plan = request.plan;
  Model<R, 0>::dispatch(request.model<R>(), [&](const auto& model) {
    if constexpr (std::decay_t<decltype(model)>::fixed_parameters > 0) {
      if (model.observables() + CommonObservables::count(false) > fixed_lanes || model.scratch() > fixed_lanes) return;
      done = with_fixed_integrator<R, compensated>(plan, [&](const auto& integrator) {
        using Integrator = std::decay_t<decltype(integrator)>;
        const WorkspaceLayout layout = workspace_layout<R>(model, integrator, plan);
        if (plan.variates == Variates::gaussian) visit(model, KnownVariates<Integrator, true>(integrator), layout);
        else visit(model, KnownVariates<Integrator, false>(integrator), layout);
      });
    }
  });
  return done;
}

}  // namespace orbitwalk::cuda
