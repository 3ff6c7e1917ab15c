// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/gpu/walk_request.hpp"

// What one thread does in a launch. It knows nothing of CUDA: counts go through a policy, so that tests/gpu runs the
// same text on the host, thread after thread in any order.
namespace orbitwalk::cuda {

/// Moments of so many observed quantities a thread can keep while a launch lasts.
inline constexpr int kept_moments = 8;

template <class R>
struct ThreadArguments {
  Plan plan;
  InitialView<R> initial;
  ChunkArrays<R> chunk;
  std::uint64_t first_block, launched_before, from, until;
  std::uint64_t stride;       ///< blocks of the chunk · block_size; a constant of the launch needs no register
  std::uint32_t first_batch;  ///< of the chunk's first block
  bool keeps_moments;         ///< whether threads keep their moments while the launch lasts

  /// Particle batch of block b < 2^31 of the chunk.
  ORBITWALK_HD std::uint32_t batch(std::uint64_t b) const {
    return (first_batch + static_cast<std::uint32_t>(b)) % static_cast<std::uint32_t>(plan.batches);
  }
};

/// Observations after step `from`, up to step `until`.
ORBITWALK_HD std::uint64_t observations_between(const Plan& plan, std::uint64_t from, std::uint64_t until) {
  const std::uint64_t first = from > plan.burn_in ? from - plan.burn_in : 0;
  return until > plan.burn_in ? (until - plan.burn_in) / plan.every - first / plan.every : 0;
}

template <class R>
ThreadArguments<R> thread_arguments(const WalkRequest& request) {
  const Plan& plan = request.plan;
  // One observation loads and stores them once either way.
  const bool keeps = plan.observed <= kept_moments && observations_between(plan, request.from, request.until) > 1;
  return {plan,
          request.initial<R>(),
          request.chunk<R>(),
          request.first_block,
          request.launched_before,
          request.from,
          request.until,
          request.blocks * block_size,
          static_cast<std::uint32_t>(request.first_block % plan.batches),
          keeps};
}

/// Adds up what one particle shows. Where a launch observes more than once, and not too much, the moments are the thread's
/// own from its first step to its last; else they stay in device memory, and a launch that observes nothing does not touch
/// them. Counts has: void cell(int half, std::uint64_t cell); void count(const Counters&).
template <class R, class Counts, bool called>
struct ThreadObserver {
  const ThreadArguments<R>& arguments;
  std::uint64_t local;  // of the particle in the chunk
  Counts& counts;
  ParticleMoments kept[kept_moments];

  ORBITWALK_HD ThreadObserver(const ThreadArguments<R>& a, std::uint64_t particle, Counts& c)
      : arguments(a), local(particle), counts(c) {}

  ORBITWALK_HD std::uint64_t place(int o) const { return o * arguments.stride + local; }
  ORBITWALK_HD void begin() {
    if (!arguments.keeps_moments) return;
    for (int o = 0; o < arguments.plan.observed; ++o) kept[o] = arguments.chunk.moments.load(place(o));
  }
  ORBITWALK_HD void end() {
    if (!arguments.keeps_moments) return;
    for (int o = 0; o < arguments.plan.observed; ++o) arguments.chunk.moments.store(place(o), kept[o]);
  }

  ORBITWALK_HD void observed(std::uint64_t step, const R* values, bool alive) {
    if constexpr (called) observe_called(step, values, alive);
    else observe(step, values, alive);
  }

  ORBITWALK_NOINLINE void observe_called(std::uint64_t step, const R* values, bool alive) {
    observe(step, values, alive);
  }

  ORBITWALK_HD void observe(std::uint64_t step, const R* values, bool alive) {
    if (!alive) return;  // lost at this very step
    const Plan& plan = arguments.plan;
    const ChunkArrays<R>& chunk = arguments.chunk;
    const int half = plan.half(step);
    const bool last = chunk.last != nullptr && step + plan.every > plan.end();
    for (int o = 0; o < plan.observed; ++o) {
      const ObservedSpec spec = chunk.observed[o];
      const double x = values[spec.index];
      if (arguments.keeps_moments) {
        add(kept[o], spec, x);
      } else {
        ParticleMoments moments = chunk.moments.load(place(o));
        add(moments, spec, x);
        chunk.moments.store(place(o), moments);
      }
      counts.cell(half, spec.offset + histogram_cell(spec, x));
      if (last) chunk.last[place(o)] = x;
    }
  }

  ORBITWALK_NOINLINE void recorded(std::uint64_t step, const R* values, bool alive) {
    if (!alive) return;
    const std::uint64_t first = arguments.plan.series_index(step) * arguments.plan.series_rows;
    for (int o = 0; o < arguments.plan.observed; ++o) {
      const int row = arguments.chunk.observed[o].series_row;
      if (row >= 0)
        arguments.chunk.series[(first + row) * arguments.stride + local] =
            static_cast<float>(values[arguments.chunk.observed[o].index]);
    }
  }

  ORBITWALK_HD bool advanced(std::uint64_t) { return true; }

  ORBITWALK_HD void diverged(std::uint64_t step, bool) { arguments.chunk.diverged[local] = step; }
};

/// Thread `slot` of thread block b: its particle goes from step arguments.from to arguments.until, in memory of the
/// thread's own.
template <class R, class Model, class Integrator, class Counts>
ORBITWALK_HD void walk_thread(const Model& model, const Integrator& integrator, const ThreadArguments<R>& arguments,
                              WalkMemory<R>& at, std::uint64_t b, int slot, Counts& counts) {
  const Plan& plan = arguments.plan;
  const ChunkArrays<R>& chunk = arguments.chunk;
  const std::uint64_t block = arguments.first_block + b, particle = block * block_size + slot;
  const std::uint64_t local = b * block_size + slot, stride = arguments.stride;
  if (particle >= plan.particles || chunk.diverged[local] != 0) return;
  const int d = at.parameters_of(model);
  Walk<R>& walk = at.walk;
  walk.seed = plan.seed;
  walk.ids = consecutive_ids<R>(particle);
  walk.counted = true;
  if (arguments.from == 0) {
    start_walk<Model::fixed_parameters>(model, integrator, walk, d,
                                        plan.shared_start ? same_id<R>(arguments.batch(b)) : walk.ids,
                                        arguments.initial, plan);
  } else {
    draw_instance(model, walk, plan);
    for (int i = 0; i < d; ++i) {
      walk.theta[i] = chunk.theta[i * stride + local];
      walk.compensation[i] = Integrator::is_compensated ? chunk.compensation[i * stride + local] : R(0);
      if (has_velocity(integrator)) walk.velocity[i] = chunk.velocity[i * stride + local];
    }
  }
  ThreadObserver<R, Counts, (Model::fixed_parameters > 0)> observer(arguments, local, counts);
  observer.begin();
  if (arguments.from == 0) record_start(model, integrator, plan, at, true, observer);
  continue_walk(model, integrator, plan, at, arguments.from, arguments.until, true, observer);
  if (arguments.until < plan.end()) {
    for (int i = 0; i < d; ++i) {
      chunk.theta[i * stride + local] = walk.theta[i];
      if (Integrator::is_compensated) chunk.compensation[i * stride + local] = walk.compensation[i];
      if (has_velocity(integrator)) chunk.velocity[i * stride + local] = walk.velocity[i];
    }
  }
  observer.end();
  counts.count(walk.counters);
}

/// The same for a model of a size known when running; `memory` holds layout.total() numbers.
template <class R, class Model, class Integrator, class Counts>
ORBITWALK_HD void walk_outlined_thread(const Model& model, const Integrator& integrator,
                                       const ThreadArguments<R>& arguments, const WorkspaceLayout& layout, R* memory,
                                       std::uint64_t b, int slot, Counts& counts) {
  WalkMemory<R> at(layout, memory);
  walk_thread(model, integrator, arguments, at, b, slot, counts);
}

/// One level of the fixed tree, for one thread; all threads finish a level before the next.
ORBITWALK_HD void tree_level(BlockSums* node, int slot, int half) {
  if (slot < half) node[slot] = combine(node[slot], node[slot + half]);
}

}  // namespace orbitwalk::cuda
