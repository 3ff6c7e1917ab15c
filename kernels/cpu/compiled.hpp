// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/cpu/kernel.hpp"
#include "kernels/integrators/known_variates.hpp"
#include "kernels/models/known.hpp"

// The kernel of one run, compiled for it (src/backends/cpu/compiled_kernel.hpp writes the unit that instantiates this).
namespace orbitwalk::cpu {

/// Run: what the run knows:
///   template Model, Values      the model and its sizes (kernels/models/known.hpp)
///   Integrator, Noise           kernels/integrators/list.hpp
///   variates, compensated, shelled, packs   the kind of variates; mixed precision; a model kept near a slice; packs side
///                               by side
template <template <class, int> class Model, class Values, class Run, class R, class Isa>
bool run_compiled(const KernelRequest& request, const ModelView<R>& view, const InitialView<R>& initial) {
  using Lane = std::conditional_t<(Run::packs > 1), PackGroup<R, Isa, Run::packs>, Pack<R, Isa>>;
  using Step = typename Run::Integrator::template Step<R, Run::compensated, typename Run::Noise>;
  const Known<Model, R, Values> model(view);
  const KnownKind<Step, Run::variates> step{Step(request.plan)};
  if constexpr (Run::shelled)
    return run_blocks<Lane, Isa>(Shelled<Known<Model, R, Values>>(model, request.plan), step, initial, request);
  else return run_blocks<Lane, Isa>(model, step, initial, request);
}

}  // namespace orbitwalk::cpu
