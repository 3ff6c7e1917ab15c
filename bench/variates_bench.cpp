// SPDX-License-Identifier: Apache-2.0
// Variates per second of one core, for the instruction set that this file is compiled for: the random numbers alone, which
// the step loop of a run is to be held against.
#include <benchmark/benchmark.h>

#include "orbitwalk/core/pack.hpp"
#include "orbitwalk/random/variates.hpp"

namespace orbitwalk {
namespace {

template <class R>
void variates(benchmark::State& state, Variates kind) {
  using Lane = Pack<R, isa::ORBITWALK_ISA>;
  const int count = variates_per_block<R>(kind);
  Lane block[128];
  Lane sum = broadcast<Lane>(R(0));
  std::uint64_t step = 0;
  const auto ids = consecutive_ids<Lane>(0);
  for (auto _ : state) {
    fill_block<Lane>(kind, 7, ids, step++, Purpose::diffusion, 0, block);
    for (int i = 0; i < count; ++i) sum = sum + block[i];
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * count * LaneTraits<Lane>::width);
}

template <class R>
void words(benchmark::State& state) {
  using Lane = Pack<R, isa::ORBITWALK_ISA>;
  WordOf<Lane> out[4];
  std::uint64_t step = 0;
  const auto ids = consecutive_ids<Lane>(0);
  for (auto _ : state) {
    philox_block<Lane>(7, ids, step++, Purpose::diffusion, 0, out);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations() * 4 * LaneTraits<Lane>::width);
}

BENCHMARK(words<float>)->Name("philox words, float lanes");
BENCHMARK(words<double>)->Name("philox words, double lanes");
BENCHMARK_CAPTURE(variates<float>, gaussian, Variates::gaussian)->Name("gaussian float");
BENCHMARK_CAPTURE(variates<float>, dyadic, Variates::dyadic)->Name("dyadic float");
BENCHMARK_CAPTURE(variates<float>, rademacher, Variates::rademacher)->Name("rademacher float");
BENCHMARK_CAPTURE(variates<double>, gaussian, Variates::gaussian)->Name("gaussian double");
BENCHMARK_CAPTURE(variates<double>, dyadic, Variates::dyadic)->Name("dyadic double");

}  // namespace
}  // namespace orbitwalk

BENCHMARK_MAIN();
