// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cpu/isa/request.hpp"
#include "orbitwalk/models/model_functions.hpp"

namespace orbitwalk::cpu {

/// Adds up what the particles of one pack show.
template <class Lane>
struct PackObserver {
  const KernelRequest& request;
  std::uint64_t first_particle;  // of the pack
  int slot;                      // of its first particle in the block
  std::uint64_t local;           // of its first particle in the request
  std::uint64_t batch;
  std::uint64_t unreported = 0;  // particle-steps

  void observed(std::uint64_t step, const Lane* values, MaskOf<Lane> alive) {
    constexpr int width = LaneTraits<Lane>::width;
    const Plan& plan = request.plan;
    std::uint64_t* cells = request.cells + (plan.half(step) * plan.batches + batch) * plan.cells;
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
    unreported += steps * LaneTraits<Lane>::width;
    if (unreported >= KernelRequest::report_interval) {
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

template <class Lane, class Isa, class Model, class Integrator>
bool run_blocks(const Model& model, const Integrator& integrator, const InitialView<RealOf<Lane>>& initial,
                const KernelRequest& request) {
  constexpr int width = LaneTraits<Lane>::width;
  const Plan& plan = request.plan;
  const WorkspaceLayout layout = workspace_layout<RealOf<Lane>>(model, integrator, plan);
  WalkMemory<Lane> memory(layout, static_cast<Lane*>(request.workspace(layout.total() * sizeof(Lane))));
  Walk<Lane>& walk = memory.walk;
  for (std::uint64_t b = 0; b < request.blocks; ++b) {
    const std::uint64_t block = request.first_block + b, first = block * block_size;
    for (int i = 0; i < plan.observed * block_size && request.sums; ++i) request.moments[i] = ParticleMoments();
    for (int slot = request.first_slot; slot < request.end_slot && first + slot < plan.particles; slot += width) {
      walk.seed = plan.seed;
      walk.ids = consecutive_ids<Lane>(first + slot);
      walk.noise_group = ~std::uint64_t(0);
      RealOf<Lane> position[width];
      for (int lane = 0; lane < width; ++lane) position[lane] = RealOf<Lane>(lane);
      const std::uint64_t left = plan.particles - first - slot;
      const MaskOf<Lane> alive =
          load<Lane>(position) < broadcast<Lane>(RealOf<Lane>(left < std::uint64_t(width) ? left : width));
      const auto start = plan.shared_start ? same_id<Lane>(block % plan.batches) : walk.ids;
      PackObserver<Lane> observer{request, first + slot, slot, b * block_size + slot, block % plan.batches};
      if (!walk_particles(model, integrator, plan, memory, start, initial, alive, observer)) return false;
    }
    for (int o = 0; o < plan.observed && request.sums; ++o) {
      request.sums[b * plan.observed + o] = reduce_block<Isa>(request.moments + o * block_size);
    }
  }
  *request.counters = walk.counters;
  return true;
}

/// Packs that are stepped side by side where a step is short (bench/README.md). Without a fused multiply-add in hardware there is
/// nothing to gain.
#if defined(__FMA__) || defined(__aarch64__)
template <class Isa>
inline constexpr int packs_together = 4;
#else
template <class Isa>
inline constexpr int packs_together = 1;
#endif

/// All integrators over a model's table: compiled once an instruction set and precision (integrators.cpp.in).
template <class Lane, class Isa, bool compensated>
bool run_any(const ModelFunctions<Lane>& functions, const InitialView<RealOf<Lane>>& initial, const KernelRequest& request);

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
