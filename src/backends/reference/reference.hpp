// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "backends/backend.hpp"
#include "backends/block_work.hpp"
#include "kernels/walk/walk_particles.hpp"
#include "models/scalar_functions.hpp"

// The reference backend: one particle at a time, one step at a time, nothing cached, finiteness checked after every
// step. It shares the models' formulas and the integrators' step with the fast backends, and nothing else of their
// loops.
namespace orbitwalk::reference {

struct Request {
  const Problem& problem;
  std::uint64_t first_block, blocks;
  const bool& stop;
  ChunkResult& result;
  bool complete = false;         // set by run()
  std::uint64_t unreported = 0;  // particle-steps

  bool stopped_after(std::uint64_t steps) {
    unreported += steps;
    if (unreported >= result.report_every) {
      if (result.advanced) result.advanced(unreported);
      unreported = 0;
    }
    return __atomic_load_n(&stop, __ATOMIC_RELAXED);
  }
};

/// Runs a particle from the step that it has reached; false where it was stopped midway.
template <class R, class Model, class Integrator>
bool run_particle(const Model& model, const Integrator& integrator, Request& request, std::uint64_t particle,
                  const InitialView<R>& initial, BlockWork& work) {
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
  const int slot = static_cast<int>(particle % block_size);
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
  // The parts of the state, in the order in which they are kept.
  std::vector<R*> parts = {walk.theta};
  if (Integrator::is_compensated) parts.push_back(walk.compensation);
  if (has_velocity(integrator)) parts.push_back(walk.velocity);
  const std::uint64_t from = work.steps()[slot];
  if (from == 0) record(0);
  for (std::size_t p = 0; p < parts.size() && from > 0; ++p) std::copy_n(work.states()[slot] + p * d, d, parts[p]);
  std::uint64_t reached = plan.end();
  bool stopped = false;
  for (std::uint64_t k = from + 1; k <= plan.end(); ++k) {
    walk.noise_group = ~std::uint64_t(0);
    integrator.advance(model, walk, k - 1, k);
    if (!all_finite(walk.theta, d)) {
      request.result.diverged[local] = k;
      break;
    }
    record(k);
    if (k > plan.burn_in && (k - plan.burn_in) % plan.every == 0) {
      observe_state(model, integrator, walk, d);
      std::uint64_t* cells = work.cells().data() + plan.half(k) * plan.cells;
      for (int o = 0; o < plan.observed; ++o) {
        const ObservedSpec& spec = problem.observed[o];
        const double x = walk.observed[spec.index];
        add(work.moments()[o * block_size + slot], spec, x);
        ++cells[spec.offset + histogram_cell(spec, x)];
        if (k + plan.every > plan.end() && !request.result.last.empty()) {
          request.result.last[o * request.blocks * block_size + local] = x;
        }
      }
    }
    stopped = request.stopped_after(1);
    if (!stopped) continue;
    reached = k;
    if (k == plan.end()) break;
    double* state = work.suspend(slot, parts.size() * d);
    for (std::size_t p = 0; p < parts.size(); ++p) std::copy_n(parts[p], d, state + p * d);
    break;
  }
  work.steps()[slot] = reached;
  work.counters() += walk.counters;
  return !stopped;
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
  BlockWork work(problem, request.first_block, request.result);
  with_integrator<R, compensated>(plain, plan, [&](const auto& model, const auto& integrator) {
    for (std::uint64_t b = 0; b < request.blocks; ++b) {
      for (std::uint64_t slot = 0; slot < block_size; ++slot) {
        const std::uint64_t particle = (request.first_block + b) * block_size + slot;
        if (particle >= plan.particles) break;
        if (work.steps()[slot] == plan.end()) continue;
        if (!run_particle<R>(model, integrator, request, particle, initial, work)) return work.leave(b, request.result);
      }
      std::vector<BlockSums> node(block_size);
      for (int o = 0; o < plan.observed; ++o) {
        for (int i = 0; i < block_size; ++i) node[i] = leaf(work.moments()[o * block_size + i]);
        for (int half = block_size / 2; half > 0; half /= 2) {
          for (int i = 0; i < half; ++i) node[i] = combine(node[i], node[i + half]);
        }
        request.result.sums[b * plan.observed + o] = node[0];
      }
      work.close(b, request.result);
    }
    request.complete = true;
  });
}

}  // namespace orbitwalk::reference
