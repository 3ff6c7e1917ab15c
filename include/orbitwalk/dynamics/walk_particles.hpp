// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/dynamics/euler_maruyama.hpp"
#include "orbitwalk/dynamics/leimkuhler_matthews.hpp"
#include "orbitwalk/dynamics/projected_euler_maruyama.hpp"
#include "orbitwalk/dynamics/sgd.hpp"

// The life of the particles of one lane: start, steps, observations, divergence. Written once for the cpu and cuda backends.
namespace orbitwalk {

/// θ_i ~ N(mean_i, scale_i²) at the start; d numbers each, in the memory of the backend.
template <class R>
struct InitialView {
  const R *mean = nullptr, *scale = nullptr;
};

/// Where the arrays of a Walk lie in one piece of memory, in lanes.
struct WorkspaceLayout {
  int dimension, observables, noise, scratch;
  ORBITWALK_HD int total() const { return 6 * dimension + observables + noise + scratch; }
};

template <class R, class Model>
ORBITWALK_HD WorkspaceLayout workspace_layout(const Model& model, Variates variates) {
  const int d = model.parameters();
  const NoiseAddress steps = noise_address<R>(variates, d), start = noise_address<R>(Variates::gaussian, d);
  const int a = steps.blocks * steps.per_block, b = start.blocks * start.per_block;
  return {d, model.observables(), a > b ? a : b, model.scratch()};
}

/// A walk over `memory` (layout.total() lanes); the last 2d + observables lanes before noise and scratch are returned apart.
template <class Lane>
struct WalkMemory {
  Walk<Lane> walk;
  Lane *saved, *saved_compensation, *observed;

  ORBITWALK_HD WalkMemory(const WorkspaceLayout& layout, Lane* memory) {
    const int d = layout.dimension;
    walk.theta = memory;
    walk.compensation = memory + d;
    walk.gradient = memory + 2 * d;
    walk.auxiliary = memory + 3 * d;
    saved = memory + 4 * d;
    saved_compensation = memory + 5 * d;
    observed = memory + 6 * d;
    walk.noise = observed + layout.observables;
    walk.scratch = walk.noise + layout.noise;
  }
};

template <class Lane>
ORBITWALK_HD void draw_initial_state(Walk<Lane>& walk, int d, const ParticleIds<Lane>& ids,
                                     const InitialView<RealOf<Lane>>& initial) {
  using R = RealOf<Lane>;
  const NoiseAddress address = noise_address<R>(Variates::gaussian, d);
  fill_noise(walk, ids, Variates::gaussian, address, 0, Purpose::initial_state);
  for (int i = 0; i < d; ++i) {
    walk.theta[i] = fma(walk.noise[i], broadcast<Lane>(initial.scale[i]), broadcast<Lane>(initial.mean[i]));
    walk.compensation[i] = broadcast<Lane>(R(0));
  }
}

template <class Lane>
ORBITWALK_HD MaskOf<Lane> all_finite(const Lane* theta, int d) {
  MaskOf<Lane> finite = is_finite(theta[0]);
  for (int i = 1; i < d; ++i) finite = finite & is_finite(theta[i]);
  return finite;
}

/// Steps between two checks that the state is finite. A non-finite state stays so, because θ is added to; where a check
/// fails, the steps since the last one are taken again, one by one, to find the step.
inline constexpr std::uint64_t check_interval = 64;

/// Takes the particles of a lane from step `from` to step `until`. `alive`: lanes that hold a particle. The observer has
///   void observed(std::uint64_t step, const Lane* values, Mask alive);
///   void diverged(std::uint64_t step, Mask lanes);
/// A walk may be cut anywhere between multiples of check_interval and go on later, with the state (theta, compensation) and
/// `alive` as they were left: everything else is recomputed from counters.
template <class Lane, class Model, class Integrator, class Observer>
ORBITWALK_HD void continue_walk(const Model& model, const Integrator& integrator, const Plan& plan,
                                WalkMemory<Lane>& memory, std::uint64_t from, std::uint64_t until, MaskOf<Lane> alive,
                                Observer& observer) {
  const int d = model.parameters();
  Walk<Lane>& walk = memory.walk;
  std::uint64_t next_observation =
      plan.burn_in + plan.every * (from < plan.burn_in ? 1 : (from - plan.burn_in) / plan.every + 1);
  std::uint64_t replay_until = 0;  // steps up to here are taken again, one by one
  for (std::uint64_t k = from; k < until && any(alive);) {
    const bool replay = k < replay_until;
    std::uint64_t to = replay ? k + 1 : (k / check_interval + 1) * check_interval;
    to = to < next_observation ? to : next_observation;
    to = to < until ? to : until;
    if (!replay) {
      for (int i = 0; i < d; ++i) {
        memory.saved[i] = walk.theta[i];
        memory.saved_compensation[i] = walk.compensation[i];
      }
    }
    walk.counted = alive;
    const std::uint64_t degenerate = walk.degenerate;
    integrator.advance(model, walk, k, to);  // the only call: it is inlined, with all of the model
    const auto lost = alive & !all_finite(walk.theta, d);
    if (any(lost) && to > k + 1) {
      for (int i = 0; i < d; ++i) {
        walk.theta[i] = memory.saved[i];
        walk.compensation[i] = memory.saved_compensation[i];
      }
      walk.degenerate = degenerate;  // counted again, without the steps after a divergence
      replay_until = to;
      continue;
    }
    if (any(lost)) {
      observer.diverged(to, lost);
      alive = alive & !lost;
    }
    k = to;
    if (k == next_observation) {
      model.observe(walk.theta, memory.observed, walk.scratch);
      observer.observed(k, memory.observed, alive);
      next_observation += plan.every;
    }
  }
}

/// Runs all steps of the particles of a lane, from their start; the observer is that of continue_walk.
template <class Lane, class Model, class Integrator, class Observer>
ORBITWALK_HD void walk_particles(const Model& model, const Integrator& integrator, const Plan& plan,
                                 WalkMemory<Lane>& memory, const ParticleIds<Lane>& start_ids,
                                 const InitialView<RealOf<Lane>>& initial, MaskOf<Lane> alive, Observer& observer) {
  draw_initial_state(memory.walk, model.parameters(), start_ids, initial);
  continue_walk(model, integrator, plan, memory, 0, plan.end(), alive, observer);
}

/// Calls visit(integrator) with the integrator that the plan names, for a model with or without data.
template <class R, bool compensated, class Model, class Visit>
ORBITWALK_HD void with_integrator(const Model&, const Plan& plan, Visit&& visit) {
  if constexpr (requires(const Model& m) { m.samples; }) {
    if (plan.scheme == Scheme::sgd) return visit(Sgd<R, compensated>(plan));
  }
  if (plan.scheme == Scheme::leimkuhler_matthews) return visit(LeimkuhlerMatthews<R, compensated>(plan));
  if (plan.scheme == Scheme::projected_euler_maruyama) return visit(ProjectedEulerMaruyama<R, compensated>(plan));
  visit(EulerMaruyama<R, compensated>(plan));
}

}  // namespace orbitwalk
