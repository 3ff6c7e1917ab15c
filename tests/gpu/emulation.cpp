// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/emulation.hpp"

#include "kernels/gpu/fixed.hpp"
#include "kernels/gpu/outlined.hpp"
#include "kernels/models/hadamard.hpp"
#include "kernels/models/linear.hpp"
#include "kernels/models/radial.hpp"
#include "models/scalar_functions.hpp"

namespace orbitwalk::test {
namespace {

// thread(arguments, b, slot, counts): one thread's part.
template <class R, class Thread>
void emulate_threads(const cuda::WalkRequest& request, Thread&& thread) {
  const auto arguments = cuda::thread_arguments<R>(request);
  const Plan& plan = request.plan;
  for (std::uint64_t b = request.launched_before + request.launched_blocks; b-- > request.launched_before;) {
    PlainCounts counts{arguments.chunk.cells + (request.first_block + b) % plan.batches * plan.cells,
                       arguments.chunk.counters, plan.batches * plan.cells};
    for (int i = 0; i < block_size; ++i) thread(arguments, b, (89 * i + 17) % block_size, counts);
  }
}

// The kernels of a model of a size known to the compiler; false where there are none for this request.
template <template <class, int> class Model, class R, bool compensated>
bool emulate_fixed(const cuda::WalkRequest& request) {
  return cuda::with_fixed_kernel<Model, R, compensated>(
      request, [&](const auto& model, const auto& integrator, const WorkspaceLayout&) {
        emulate_threads<R>(request, [&](const auto& arguments, std::uint64_t b, int slot, auto& counts) {
          cuda::walk_fixed_thread(model, integrator, arguments, b, slot, counts);
        });
      });
}

}  // namespace

void emulate(const std::string& name, const cuda::WalkRequest& request) {
  cuda::with_precision(request, [&](auto real, auto compensated) {
    using R = decltype(real);
    constexpr bool is_compensated = decltype(compensated)::value;
    if (name == "radial" && emulate_fixed<Radial, R, is_compensated>(request)) return;
    if (name == "hadamard" && emulate_fixed<Hadamard, R, is_compensated>(request)) return;
    if (name == "linear" && emulate_fixed<Linear, R, is_compensated>(request)) return;
    const Shelled<AnyModel<R>> model(AnyModel<R>(scalar_functions(name, request.model<R>())), request.plan);
    cuda::with_outlined_integrator<R, is_compensated>(
        model, request.plan, [&](const auto& integrator, const WorkspaceLayout& layout) {
          std::vector<R> memory(layout.total());
          emulate_threads<R>(request, [&](const auto& arguments, std::uint64_t b, int slot, auto& counts) {
            // A thread's memory does not outlive its launch, nor does it start with anything in it.
            std::fill(memory.begin(), memory.end(), std::numeric_limits<R>::quiet_NaN());
            cuda::walk_outlined_thread(model, integrator, arguments, layout, memory.data(), b, slot, counts);
          });
        });
  });
}

}  // namespace orbitwalk::test
