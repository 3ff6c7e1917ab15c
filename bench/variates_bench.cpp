// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Variates per second of one core, for the instruction set that this file is compiled for: the random numbers alone,
// which the step loop of a run is to be held against.
#include <benchmark/benchmark.h>

#include "kernels/core/pack.hpp"
#include "kernels/random/variates.hpp"

namespace orbitwalk {
namespace {

template <class R>
void variates(benchmark::State& state, Variates kind) {
  using Lane = Pack<R, isa::ORBITWALK_ISA>;
  const int count = variates_per_block<R>(kind);
  Lane block[128];
  Lane sum = broadcast<Lane>(R(0));
  std::uint64_t step = 0;
  const PhiloxStream<Lane> stream(7, consecutive_ids<Lane>(0), 0);
  for (auto _ : state) {
    fill_block<Lane>(kind, stream, step++, Purpose::diffusion, 0, block);
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

void register_all() {
  benchmark::RegisterBenchmark("philox words, float lanes", words<float>);
  benchmark::RegisterBenchmark("philox words, double lanes", words<double>);
  benchmark::RegisterBenchmark("gaussian float", variates<float>, Variates::gaussian);
  benchmark::RegisterBenchmark("dyadic float", variates<float>, Variates::dyadic);
  benchmark::RegisterBenchmark("rademacher float", variates<float>, Variates::rademacher);
  benchmark::RegisterBenchmark("gaussian double", variates<double>, Variates::gaussian);
  benchmark::RegisterBenchmark("dyadic double", variates<double>, Variates::dyadic);
}

}  // namespace

void run_benchmarks(int argc, char** argv) {
  register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace orbitwalk

int main(int argc, char** argv) { orbitwalk::run_benchmarks(argc, argv); }
