// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/cpu/request.hpp"
#include "kernels/models/model_functions.hpp"

namespace orbitwalk::cpu {

/// Adds up what the particles of one pack show.
template <class Lane>
struct PackObserver {
  const KernelRequest& request;
  int slot;                      // of the pack's first particle in the block
  std::uint64_t local;           // of its first particle in the request
  std::uint64_t step;            // that it has come to
  std::uint64_t unreported = 0;  // particle-steps

  void observed(std::uint64_t step, const Lane* values, MaskOf<Lane> alive) {
    constexpr int width = LaneTraits<Lane>::width;
    const Plan& plan = request.plan;
    std::uint64_t* cells = request.cells + plan.half(step) * plan.cells;
    const std::uint64_t stride = request.blocks * block_size;
    const bool last = step + plan.every > plan.end();
    for (int o = 0; o < plan.observed; ++o) {
      const ObservedSpec spec = request.observed[o];
      RealOf<Lane> value[width];
      store(value, values[spec.index]);
      for (int lane = 0; lane < width; ++lane) {
        if (!mask_get(alive, lane)) continue;
        const double x = value[lane];
        add(request.moments[o * block_size + slot + lane], spec, x);
        ++cells[spec.offset + histogram_cell(spec, x)];
        if (last && request.last) request.last[o * stride + local + lane] = x;
      }
    }
  }

  void recorded(std::uint64_t step, const Lane* values, MaskOf<Lane> alive) {
    constexpr int width = LaneTraits<Lane>::width;
    const Plan& plan = request.plan;
    const std::uint64_t stride = request.blocks * block_size;
    float* rows = request.series + plan.series_index(step) * plan.series_rows * stride;
    for (int o = 0; o < plan.observed; ++o) {
      const int row = request.observed[o].series_row;
      if (row < 0) continue;
      RealOf<Lane> value[width];
      store(value, values[request.observed[o].index]);
      for (int lane = 0; lane < width; ++lane) {
        if (mask_get(alive, lane)) rows[row * stride + local + lane] = static_cast<float>(value[lane]);
      }
    }
  }

  bool advanced(std::uint64_t steps) {
    step += steps;
    unreported += steps * LaneTraits<Lane>::width;
    if (unreported >= request.report_every) {
      request.advanced(request.context, unreported);
      unreported = 0;
    }
    return !__atomic_load_n(request.stop, __ATOMIC_RELAXED);
  }

  void diverged(std::uint64_t step, MaskOf<Lane> lanes) {
    for (int lane = 0; lane < LaneTraits<Lane>::width; ++lane) {
      if (mask_get(lanes, lane)) request.diverged[local + lane] = step;
    }
  }
};

/// Adds a complete block to the results, and leaves its places as a fresh block needs them.
template <class Isa>
ORBITWALK_NOINLINE void close_block(const KernelRequest& request, std::uint64_t b, const Counters& counters) {
  const Plan& plan = request.plan;
  const std::uint64_t batch = (request.first_block + b) % plan.batches;
  for (int o = 0; o < plan.observed; ++o)
    request.sums[b * plan.observed + o] = reduce_block<Isa>(request.moments + o * block_size);
  for (int i = 0; i < plan.observed * block_size; ++i) request.moments[i] = ParticleMoments();
  for (int half = 0; half < 2; ++half) {
    std::uint64_t *cells = request.cells + half * plan.cells,
                  *totals = request.totals + (half * plan.batches + batch) * plan.cells;
    for (std::uint64_t i = 0; i < plan.cells; ++i) totals[i] += cells[i], cells[i] = 0;
  }
  for (int slot = 0; slot < block_size; ++slot) request.steps[slot] = 0;
  *request.counters += counters;
  ++*request.complete;
}

/// Numbers of `rows` lanes, for each particle that has a place (the others have null), from and to these places.
template <class Lane>
ORBITWALK_NOINLINE void load_rows(Lane* rows, int count, const double* const* places, int offset) {
  constexpr int width = LaneTraits<Lane>::width;
  for (int i = 0; i < count; ++i) {
    RealOf<Lane> values[width];
    store(values, rows[i]);
    for (int lane = 0; lane < width; ++lane) {
      if (places[lane]) values[lane] = static_cast<RealOf<Lane>>(places[lane][offset + i]);
    }
    rows[i] = load<Lane>(values);
  }
}
template <class Lane>
ORBITWALK_NOINLINE void store_rows(const Lane* rows, int count, double* const* places, int offset) {
  constexpr int width = LaneTraits<Lane>::width;
  for (int i = 0; i < count; ++i) {
    RealOf<Lane> values[width];
    store(values, rows[i]);
    for (int lane = 0; lane < width; ++lane) {
      if (places[lane]) places[lane][offset + i] = values[lane];
    }
  }
}

/// Which arrays are the state beside theta: known only from the integrator.
struct StateParts {
  bool compensation, velocity;
};

/// Those of a pack's `used` particles that have come to step `from` take up their state. The other lanes keep what they
/// hold.
template <class Lane>
ORBITWALK_NOINLINE void take_up(const KernelRequest& request, WalkMemory<Lane>& memory, int slot, int used,
                                std::uint64_t from, StateParts parts) {
  constexpr int width = LaneTraits<Lane>::width;
  const double* places[width] = {};
  for (int lane = 0; lane < used; ++lane) {
    if (request.steps[slot + lane] == from) places[lane] = request.states[slot + lane];
  }
  const int d = memory.dimension;
  load_rows(memory.walk.theta, d, places, 0);
  if (parts.compensation) load_rows(memory.walk.compensation, d, places, d);
  if (parts.velocity) load_rows(memory.walk.velocity, d, places, parts.compensation ? 2 * d : d);
}

/// Those of a pack's `used` particles that went from step `from` to `step`, where they were stopped, lay down their
/// state.
template <class Lane>
ORBITWALK_NOINLINE void lay_down(const KernelRequest& request, const WalkMemory<Lane>& memory, int slot, int used,
                                 std::uint64_t from, std::uint64_t step, StateParts parts) {
  constexpr int width = LaneTraits<Lane>::width;
  const int d = memory.dimension;
  double* places[width] = {};
  for (int lane = 0; lane < used; ++lane) {
    if (request.steps[slot + lane] != from) continue;
    const bool goes_on = step < request.plan.end() && mask_get(memory.walk.counted, lane);
    request.steps[slot + lane] = goes_on ? step : request.plan.end();
    if (goes_on)
      places[lane] = request.suspend(request.context, slot + lane, d * (1 + parts.compensation + parts.velocity));
  }
  store_rows(memory.walk.theta, d, places, 0);
  if (parts.compensation) store_rows(memory.walk.compensation, d, places, d);
  if (parts.velocity) store_rows(memory.walk.velocity, d, places, parts.compensation ? 2 * d : d);
}

/// Returns false where it was stopped: blocks before the one under way are then complete, and that one is suspended.
template <class Lane, class Isa, class Model, class Integrator>
bool run_blocks(const Model& model, const Integrator& integrator, const InitialView<RealOf<Lane>>& initial,
                const KernelRequest& request) {
  using R = RealOf<Lane>;
  constexpr int width = LaneTraits<Lane>::width;
  const Plan& plan = request.plan;
  const WorkspaceLayout layout = workspace_layout<R>(model, integrator, plan);
  WalkMemory<Lane> memory(layout, static_cast<Lane*>(request.workspace(layout.total() * sizeof(Lane))));
  Walk<Lane>& walk = memory.walk;
  const StateParts parts{Integrator::is_compensated, has_velocity(integrator)};
  walk.counters = *request.block_counters;
  for (std::uint64_t b = 0; b < request.blocks; ++b) {
    const std::uint64_t block = request.first_block + b, first = block * block_size;
    for (int slot = request.first_slot; slot < request.end_slot && first + slot < plan.particles;) {
      // Those of the pack that are at the same step move on together: all of them, except in a block that was
      // suspended.
      const std::uint64_t left = plan.particles - first - slot;
      const int used = left < std::uint64_t(width) ? int(left) : width;
      std::uint64_t* steps = request.steps + slot;
      std::uint64_t from = plan.end();
      for (int lane = used - 1; lane >= 0; --lane) from = steps[lane] < plan.end() ? steps[lane] : from;
      if (from == plan.end()) {
        slot += width;
        continue;
      }
      R together[width];
      for (int lane = 0; lane < width; ++lane) together[lane] = R(lane < used && steps[lane] == from ? 1 : 0);
      const MaskOf<Lane> alive = broadcast<Lane>(R(0)) < load<Lane>(together);
      walk.seed = plan.seed;
      walk.ids = consecutive_ids<Lane>(first + slot);
      walk.noise_group = ~std::uint64_t(0);
      const auto start = plan.shared_start ? same_id<Lane>(block % plan.batches) : walk.ids;
      PackObserver<Lane> observer{request, slot, b * block_size + slot, from};
      start_walk(model, integrator, walk, model.parameters(), start, initial, plan);
      if (from == 0) record_start(model, integrator, plan, memory, alive, observer);
      else take_up(request, memory, slot, used, from, parts);
      if (!continue_walk(model, integrator, plan, memory, from, plan.end(), alive, observer)) {
        lay_down(request, memory, slot, used, from, observer.step, parts);
        *request.block_counters = walk.counters;
        return false;
      }
      for (int lane = 0; lane < used; ++lane) steps[lane] = steps[lane] == from ? plan.end() : steps[lane];
    }
    if (request.sums) {
      close_block<Isa>(request, b, walk.counters);
      walk.counters = Counters();
    }
  }
  *request.block_counters = walk.counters;
  return true;
}

/// Packs that are stepped side by side where a step is short (bench/README.md). Without a fused multiply-add in
/// hardware there is nothing to gain.
#if defined(__FMA__) || defined(__aarch64__)
template <class Isa>
inline constexpr int packs_together = 4;
#else
template <class Isa>
inline constexpr int packs_together = 1;
#endif

/// All integrators over a model's table: compiled once an instruction set and precision (integrators.cpp.in).
template <class Lane, class Isa, bool compensated>
bool run_any(const ModelFunctions<Lane>& functions, const InitialView<RealOf<Lane>>& initial,
             const KernelRequest& request);

template <class Lane, class Isa, bool compensated, template <class, int> class Model>
bool run_precision(const KernelRequest& request, const ModelView<RealOf<Lane>>& view,
                   const InitialView<RealOf<Lane>>& initial) {
  using R = RealOf<Lane>;
  bool complete = false, done = false;
  Model<R, 0>::dispatch(view, [&](const auto& model) {
    if constexpr (std::decay_t<decltype(model)>::fixed_parameters > 0) {
      done = with_fixed_integrator<R, compensated>(request.plan, [&](const auto& integrator) {
        complete = run_blocks<PackGroup<R, Isa, packs_together<Isa>>, Isa>(model, integrator, initial, request);
      });
    }
  });
  return done ? complete : run_any<Lane, Isa, compensated>(make_functions<Lane>(Model<R, 0>(view)), initial, request);
}

template <template <class, int> class Model, class Isa>
bool run(const KernelRequest& request) {
  switch (request.plan.precision) {
    case Precision::float64:
      return run_precision<Pack<double, Isa>, Isa, false, Model>(request, request.model_double, request.initial_double);
    case Precision::mixed:
      return run_precision<Pack<float, Isa>, Isa, true, Model>(request, request.model_float, request.initial_float);
    default:
      return run_precision<Pack<float, Isa>, Isa, false, Model>(request, request.model_float, request.initial_float);
  }
}

}  // namespace orbitwalk::cpu
