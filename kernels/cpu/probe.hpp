// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include "kernels/core/standard.hpp"
#include "kernels/cpu/kernel.hpp"
#include "kernels/random/variates.hpp"

// What bounds a step: the random numbers alone, in the loop and on the lanes of a step, and multiply-adds in registers.
// Like all code of an instruction set these units use no library containers (request.hpp).
namespace orbitwalk::cpu {

struct ProbeRequest {
  Variates kind;
  bool is_double;
  double seconds;
};

struct ProbeRate {
  double per_second;
  double residue;  ///< depends on everything computed, so that nothing is left out
};

namespace probe {

ORBITWALK_HD double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// Calls work(), which returns how many items it did, until the time is over.
template <class Work>
double rate(double seconds, Work&& work) {
  work();
  double done = 0;
  const double begin = now();
  do {
    for (int i = 0; i < 64; ++i) done += work();
  } while (now() < begin + seconds);
  return done / (now() - begin);
}

}  // namespace probe

template <class R, class Isa>
ProbeRate variates(const ProbeRequest& request) {
  using Lane = PackGroup<R, Isa, packs_together<Isa>>;
  const NoiseAddress address = noise_address<R>(request.kind, variates_per_block<R>(request.kind));
  const PhiloxStream<Lane> stream(7, consecutive_ids<Lane>(0), 0);
  Lane block[128], sum = broadcast<Lane>(R(0));
  std::uint64_t step = 0;
  const double rate = probe::rate(request.seconds, [&] {
    fill_noise(block, stream, request.kind, address, step++, Purpose::diffusion);
    for (int i = 0; i < address.per_block; ++i) sum = sum + block[i];
    return double(address.per_block) * Lane::width;
  });
  return {rate, double(lane_get(sum, 0))};
}

template <class R, class Isa>
ProbeRate multiply_add(const ProbeRequest& request) {
  using Lane = Pack<R, Isa>;
  constexpr int chains = 12, rounds = 64;
  Lane x[chains];
  for (int i = 0; i < chains; ++i) x[i] = broadcast<Lane>(R(i));
  const Lane a = broadcast<Lane>(R(0.5)), b = broadcast<Lane>(R(1));
  const double rate = probe::rate(request.seconds, [&] {
    for (int k = 0; k < rounds; ++k) {
      ORBITWALK_UNROLL
      for (int i = 0; i < chains; ++i) x[i] = fma(x[i], a, b);
    }
    return 2.0 * rounds * chains * Lane::width;
  });
  Lane sum = x[0];
  for (int i = 1; i < chains; ++i) sum = sum + x[i];
  return {rate, double(lane_get(sum, 0))};
}

#define ORBITWALK_PROBE(Isa)                                       \
  ProbeRate probe_variates(isa::Isa, const ProbeRequest& request); \
  ProbeRate probe_fma(isa::Isa, const ProbeRequest& request);
ORBITWALK_PROBE(Generic)
ORBITWALK_PROBE(Avx2)
ORBITWALK_PROBE(Avx512)
#undef ORBITWALK_PROBE

}  // namespace orbitwalk::cpu
