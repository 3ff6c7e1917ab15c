// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/emulation.hpp"

#include "kernels/outlined.hpp"
#include "orbitwalk/models/model_functions.hpp"

namespace orbitwalk::test {
namespace {

template <class R, class Model, class Integrator>
void emulate_threads(const Model& model, const Integrator& integrator, const WorkspaceLayout& layout,
                     const cuda::WalkRequest& request) {
  const auto arguments = cuda::thread_arguments<R>(request);
  const Plan& plan = request.plan;
  std::vector<R> memory(layout.total());
  for (std::uint64_t b = request.blocks; b-- > 0;) {
    PlainCounts counts{arguments.chunk.cells + (request.first_block + b) % plan.batches * plan.cells, arguments.chunk.counters,
                       plan.batches * plan.cells};
    for (int i = 0; i < block_size; ++i) {
      // A thread's memory does not outlive its launch, nor does it start with anything in it.
      std::fill(memory.begin(), memory.end(), std::numeric_limits<R>::quiet_NaN());
      cuda::walk_thread(model, integrator, arguments, layout, memory.data(), b, (89 * i + 17) % block_size, counts);
    }
  }
}

}  // namespace

void emulate(const std::string& name, const cuda::WalkRequest& request) {
  cuda::with_precision(request, [&](auto real, auto compensated) {
    using R = decltype(real);
    const Shelled<AnyModel<R>> model(AnyModel<R>(scalar_functions(name, request.model<R>())), request.plan);
    cuda::with_outlined_integrator<R, decltype(compensated)::value>(
        model, request.plan, [&](const auto& integrator, const WorkspaceLayout& layout) {
          emulate_threads<R>(model, integrator, layout, request);
        });
  });
}

}  // namespace orbitwalk::test
