// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/integrators/list.hpp"
#include "kernels/models/model_functions.hpp"
#include "kernels/observe/common.hpp"
#include "kernels/walk/shell.hpp"

// The life of the particles of one lane: start, steps, observations, divergence. Written once for the cpu and cuda
// backends.
namespace orbitwalk {

/// θ_i ~ N(mean_i, scale_i²) at the start; d numbers each, in the memory of the backend.
template <class R>
struct InitialView {
  const R *mean = nullptr, *scale = nullptr;
};

/// Where the arrays of a Walk lie in one piece of memory, in lanes.
struct WorkspaceLayout {
  int dimension, velocity, work, observables, noise, scratch, instance = 0;
  ORBITWALK_HD int total() const {
    return 6 * dimension + instance + 2 * velocity + work + observables + noise + scratch;
  }
};

/// Whether velocities are part of the state: known to the compiler, except for an integrator chosen when running.
template <class Integrator>
ORBITWALK_HD constexpr bool has_velocity(const Integrator& integrator) {
  return integrator.velocity != Velocity::none;
}

template <class R, class Model, class Integrator>
ORBITWALK_HD WorkspaceLayout workspace_layout(const Model& model, const Integrator& integrator, const Plan& plan) {
  const int d = model.parameters();
  const NoiseAddress steps = noise_address<R>(plan.variates, d), start = noise_address<R>(Variates::gaussian, d);
  const int a = steps.blocks * steps.per_block, b = start.blocks * start.per_block;
  int constraints = 0;
  if constexpr (HasGauges<Model>) constraints = model.constraints(plan.gauge);
  const int work = Integrator::work_lanes(d, constraints);
  const int velocities = has_velocity(integrator) ? 1 : 0;
  const int observables = model.observables() + CommonObservables::count(velocities > 0);
  return {d, velocities * d, work, observables, a > b ? a : b, model.scratch(), instance_lanes(model)};
}

/// A walk over `memory` (layout.total() lanes), and the state to which it can go back.
template <class Lane>
struct WalkMemory {
  Walk<Lane> walk;
  Lane *saved, *saved_compensation, *saved_velocity;
  // Of continue_walk; here so that a GPU's thread keeps no registers for them while it steps.
  int dimension;
  Counters saved_counters;
  std::uint64_t replay_until;  ///< steps up to here are taken again, one by one
  std::uint64_t next_observation;

  ORBITWALK_HD WalkMemory(const WorkspaceLayout& layout, Lane* memory) : dimension(layout.dimension) {
    const int d = layout.dimension;
    walk.theta = memory;
    memory += layout.instance;  // behind the parameters
    walk.compensation = memory + d;
    walk.gradient = memory + 2 * d;
    walk.auxiliary = memory + 3 * d;
    saved = memory + 4 * d;
    saved_compensation = memory + 5 * d;
    walk.velocity = memory + 6 * d;
    saved_velocity = walk.velocity + layout.velocity;
    walk.work = saved_velocity + layout.velocity;
    walk.observed = walk.work + layout.work;
    walk.noise = walk.observed + layout.observables;
    walk.scratch = walk.noise + layout.noise;
  }

  /// Known to the compiler where the model's size is.
  template <class Model>
  ORBITWALK_HD int parameters_of(const Model& model) const {
    return Model::fixed_parameters > 0 ? model.parameters() : dimension;
  }
};

/// Normal numbers for the d coordinates of a start, in walk.noise.
template <class Lane>
ORBITWALK_HD void draw_start(const Walk<Lane>& walk, int d, const ParticleIds<Lane>& ids, Purpose purpose) {
  const NoiseAddress address = noise_address<RealOf<Lane>>(Variates::gaussian, d);
  fill_noise(walk.noise, PhiloxStream<Lane>(walk.seed, ids, 0), Variates::gaussian, address, 0, purpose);
}
template <class Lane>
ORBITWALK_NOINLINE void draw_start_called(const Walk<Lane>& walk, int d, const ParticleIds<Lane>& ids,
                                          Purpose purpose) {
  draw_start(walk, d, ids, purpose);
}

template <int Fixed = 0, class Lane>
ORBITWALK_HD void draw_initial_state(Walk<Lane>& walk, int d, const ParticleIds<Lane>& ids,
                                     const InitialView<RealOf<Lane>>& initial) {
  using R = RealOf<Lane>;
  if constexpr (Fixed > 0) draw_start(walk, d, ids, Purpose::initial_state);
  else draw_start_called(walk, d, ids, Purpose::initial_state);
  for (int i = 0; i < d; ++i) {
    walk.theta[i] = fma(walk.noise[i], broadcast<Lane>(initial.scale[i]), broadcast<Lane>(initial.mean[i]));
    walk.compensation[i] = broadcast<Lane>(R(0));
  }
}

/// v_i ~ N(0, T), or 0 for a start from rest; `ids` are the particles' own.
template <class Lane>
ORBITWALK_HD void draw_initial_velocity(Walk<Lane>& walk, int d, const ParticleIds<Lane>& ids, const Plan& plan,
                                        Velocity kind) {
  using R = RealOf<Lane>;
  draw_start_called(walk, d, ids, Purpose::velocity);
  const R scale = kind == Velocity::thermal ? R(plan.horizontal) : R(0);
  for (int i = 0; i < d; ++i) walk.velocity[i] = walk.noise[i] * scale;
}

/// The problem that each particle draws for itself, behind its parameters. It does not depend on the step.
template <class Model, class Lane>
ORBITWALK_HD void draw_instance(const Model& model, Walk<Lane>& walk, const Plan& plan) {
  if constexpr (HasInstance<Model> && Model::fixed_parameters == 0) {
    if (model.instance() == 0) return;
    InstanceDraw<Lane> draw(plan.instance_seed, plan.shared_instance ? same_id<Lane>(0) : walk.ids, 0);
    model.draw_instance(draw, walk.theta, walk.scratch);
  }
}

/// The state of a particle at step 0. Fixed: as for NoiseReader.
template <int Fixed = 0, class Model, class Integrator, class Lane>
ORBITWALK_HD void start_walk(const Model& model, const Integrator& integrator, Walk<Lane>& walk, int d,
                             const ParticleIds<Lane>& start_ids, const InitialView<RealOf<Lane>>& initial,
                             const Plan& plan) {
  draw_initial_state<Fixed>(walk, d, start_ids, initial);
  draw_instance(model, walk, plan);
  if constexpr (AdjustsStart<Model, Lane>) {
    InstanceDraw<Lane> draw(plan.seed, start_ids, 1);
    model.adjust_start(draw, walk.theta);
  }
  if (has_velocity(integrator)) draw_initial_velocity(walk, d, walk.ids, plan, integrator.velocity);
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

/// The model's observables, and after them those that all models have.
template <class Model, class Integrator, class Lane>
ORBITWALK_HD void observe_state(const Model& model, const Integrator& integrator, Walk<Lane>& walk, int d) {
  model.observe(walk.theta, walk.observed, walk.scratch);
  CommonObservables::observe(has_velocity(integrator), walk.theta, walk.velocity, d,
                             walk.observed + model.observables());
}

/// Takes the particles of a lane from step `from` to step `until`. `alive`: lanes that hold a particle. The observer
/// has
///   void observed(std::uint64_t step, const Lane* values, Mask alive);
///   void diverged(std::uint64_t step, Mask lanes);
///   void recorded(std::uint64_t step, const Lane* values, Mask alive);   at the times of the series
///   bool advanced(std::uint64_t steps);                                  after some steps; false gives the walk up
/// Returns false where the observer gave the walk up. A walk may be cut anywhere between multiples of check_interval
/// and go on later, with the state (theta, compensation, velocity) and `alive` as they were left: everything else is
/// recomputed from counters.
template <class Lane, class Model, class Integrator, class Observer>
ORBITWALK_HD bool continue_walk(const Model& model, const Integrator& integrator, const Plan& plan,
                                WalkMemory<Lane>& memory, std::uint64_t from, std::uint64_t until, MaskOf<Lane> alive,
                                Observer& observer) {
  Walk<Lane>& walk = memory.walk;
  memory.next_observation =
      plan.burn_in + plan.every * (from < plan.burn_in ? 1 : (from - plan.burn_in) / plan.every + 1);
  memory.replay_until = 0;
  walk.counted = alive;
  for (std::uint64_t k = from; k < until && any(walk.counted);) {
    const int d = memory.parameters_of(model);
    const bool replay = k < memory.replay_until;
    std::uint64_t to = replay ? k + 1 : (k / check_interval + 1) * check_interval;
    to = to < memory.next_observation ? to : memory.next_observation;
    // computed again: no register is kept for it
    if (plan.series) to = to < plan.next_series_step(k) ? to : plan.next_series_step(k);
    to = to < until ? to : until;
    if (!replay) {
      for (int i = 0; i < d; ++i) {
        memory.saved[i] = walk.theta[i];
        memory.saved_compensation[i] = walk.compensation[i];
        if (has_velocity(integrator)) memory.saved_velocity[i] = walk.velocity[i];
      }
    }
    memory.saved_counters = walk.counters;
    integrator.advance(model, walk, k, to);  // the only call: it is inlined, with all of the model
    const auto lost = walk.counted & !all_finite(walk.theta, d);
    if (any(lost) && to > k + 1) {
      for (int i = 0; i < d; ++i) {
        walk.theta[i] = memory.saved[i];
        walk.compensation[i] = memory.saved_compensation[i];
        if (has_velocity(integrator)) walk.velocity[i] = memory.saved_velocity[i];
      }
      walk.counters = memory.saved_counters;  // counted again, without the steps after a divergence
      memory.replay_until = to;
      continue;
    }
    if (any(lost)) {
      observer.diverged(to, lost);
      walk.counted = walk.counted & !lost;
    }
    const std::uint64_t taken = to - k;
    k = to;
    const bool observes = k == memory.next_observation, records = plan.series && plan.next_series_step(k - 1) == k;
    if (observes || records) observe_state(model, integrator, walk, memory.parameters_of(model));
    if (observes) {
      observer.observed(k, walk.observed, walk.counted);
      memory.next_observation += plan.every;
    }
    if (records) observer.recorded(k, walk.observed, walk.counted);
    if (!observer.advanced(taken)) return false;
  }
  return true;
}

/// The first time of the series: the initial state.
template <class Lane, class Model, class Integrator, class Observer>
ORBITWALK_HD void record_start(const Model& model, const Integrator& integrator, const Plan& plan,
                               WalkMemory<Lane>& memory, MaskOf<Lane> alive, Observer& observer) {
  if (!plan.series) return;
  observe_state(model, integrator, memory.walk, memory.parameters_of(model));
  observer.recorded(0, memory.walk.observed, alive);
}

/// Calls visit(integrator) and returns true where a model of a size known to the compiler is worth compiling together
/// with the plan's integrator.
template <class R, bool compensated, class Visit>
ORBITWALK_HD bool with_fixed_integrator(const Plan& plan, Visit&& visit) {
  if (plan.shell_width > 0) return false;
  return visit_short_step<R, compensated>(plan.integrator, plan.noise,
                                          [&](auto type) { visit(typename decltype(type)::type(plan)); });
}

/// Calls visit(model, integrator) with the integrator that the plan names; the model is kept near a slice where the plan
/// says so.
template <class R, bool compensated, class Model, class Visit>
ORBITWALK_HD void with_integrator(const Model& plain, const Plan& plan, Visit&& visit) {
  const Shelled<Model> model(plain, plan);
  visit_step<R, compensated>(plan.integrator, plan.noise,
                             [&](auto type) { visit(model, typename decltype(type)::type(plan)); });
}

}  // namespace orbitwalk
