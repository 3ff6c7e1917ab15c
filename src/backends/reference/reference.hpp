// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "orbitwalk/backends/backend.hpp"
#include "orbitwalk/dynamics/walk_particles.hpp"
#include "orbitwalk/models/model_functions.hpp"

// The reference backend: one particle at a time, one step at a time, nothing cached, finiteness checked after every step.
// It shares the models' formulas and the integrators' step with the fast backends, and nothing else of their loops.
namespace orbitwalk::reference {

struct Request {
  const Problem& problem;
  std::uint64_t first_block, blocks;
  const bool& stop;
  ChunkResult& result;
  bool complete = false;  // set by run()
};

template <class R, class Model, class Integrator>
void run_particle(const Model& model, const Integrator& integrator, Request& request, std::uint64_t particle,
                  const InitialView<R>& initial, std::vector<ParticleMoments>& moments) {
  const Problem& problem = request.problem;
  const Plan& plan = problem.plan;
  const int d = model.parameters();
  const WorkspaceLayout layout = workspace_layout<R>(model, integrator, plan);
  std::vector<R> memory(layout.total());
  WalkMemory<R> at(layout, memory.data());
  Walk<R>& walk = at.walk;
  walk.seed = plan.seed;
  walk.ids = same_id<R>(particle);
  walk.counted = true;
  const std::uint64_t block = particle / block_size, batch = block % plan.batches;
  const std::uint64_t local = particle - request.first_block * block_size;
  start_walk(model, integrator, walk, d, same_id<R>(plan.shared_start ? batch : particle), initial, plan);
  const auto record = [&](std::uint64_t k) {
    if (!plan.series || (k > 0 && plan.next_series_step(k - 1) != k)) return;
    observe_state(model, integrator, walk, d);
    for (const ObservedSpec& spec : problem.observed) {
      if (spec.series_row < 0) continue;
      const std::uint64_t row = plan.series_index(k) * plan.series_rows + spec.series_row;
      request.result.series[row * request.blocks * block_size + local] = static_cast<float>(walk.observed[spec.index]);
    }
  };
  record(0);
  for (std::uint64_t k = 1; k <= plan.end(); ++k) {
    walk.noise_group = ~std::uint64_t(0);
    integrator.advance(model, walk, k - 1, k);
    if (!all_finite(walk.theta, d)) {
      request.result.diverged[local] = k;
      break;
    }
    record(k);
    if (k <= plan.burn_in || (k - plan.burn_in) % plan.every != 0) continue;
    observe_state(model, integrator, walk, d);
    std::uint64_t* cells = request.result.cells.data() + (plan.half(k) * plan.batches + batch) * plan.cells;
    for (int o = 0; o < plan.observed; ++o) {
      const ObservedSpec& spec = problem.observed[o];
      const double x = walk.observed[spec.index];
      add(moments[o], spec, x);
      ++cells[spec.offset + histogram_cell(spec, x)];
      if (k + plan.every > plan.end() && !request.result.last.empty()) {
        request.result.last[o * request.blocks * block_size + local] = x;
      }
    }
  }
  request.result.counters += walk.counters;
}

template <class R, bool compensated>
void run_precision(Request& request) {
  const Problem& problem = request.problem;
  const Plan& plan = problem.plan;
  std::vector<std::vector<R>> storage;
  const ModelView<R> view = make_view<R>(problem.model.parameters, storage);
  const std::vector<R> mean(problem.initial.mean.begin(), problem.initial.mean.end());
  const std::vector<R> scale(problem.initial.scale.begin(), problem.initial.scale.end());
  const InitialView<R> initial{mean.data(), scale.data()};
  const AnyModel<R> plain(scalar_functions(problem.model.name, view));
  with_integrator<R, compensated>(plain, plan, [&](const auto& model, const auto& integrator) {
    for (std::uint64_t b = 0; b < request.blocks; ++b) {
      std::vector<std::vector<BlockSums>> nodes(plan.observed, std::vector<BlockSums>(block_size));
      for (std::uint64_t slot = 0; slot < block_size; ++slot) {
        const std::uint64_t particle = (request.first_block + b) * block_size + slot;
        if (particle >= plan.particles) break;
        if (__atomic_load_n(&request.stop, __ATOMIC_RELAXED)) return;
        std::vector<ParticleMoments> moments(plan.observed);
        run_particle<R>(model, integrator, request, particle, initial, moments);
        for (int o = 0; o < plan.observed; ++o) nodes[o][slot] = leaf(moments[o]);
      }
      for (int o = 0; o < plan.observed; ++o) {
        for (int half = block_size / 2; half > 0; half /= 2) {
          for (int i = 0; i < half; ++i) nodes[o][i] = combine(nodes[o][i], nodes[o][i + half]);
        }
        request.result.sums[b * plan.observed + o] = nodes[o][0];
      }
    }
    request.complete = true;
  });
}

}  // namespace orbitwalk::reference
