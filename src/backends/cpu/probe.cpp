// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/probe.hpp"

#include <cmath>
#include <thread>
#include <vector>

#include "backends/cpu/machine.hpp"
#include "kernels/cpu/probe.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using Probe = cpu::ProbeRate (*)(const cpu::ProbeRequest&);

template <class Isa>
std::pair<Probe, Probe> probes() {
  return {[](const cpu::ProbeRequest& request) { return cpu::probe_variates(Isa(), request); },
          [](const cpu::ProbeRequest& request) { return cpu::probe_fma(Isa(), request); }};
}

std::pair<Probe, Probe> probes([[maybe_unused]] const std::string& instruction_set) {
#if defined(ORBITWALK_HAS_Avx512)
  if (instruction_set == "avx512") return probes<isa::Avx512>();
#endif
#if defined(ORBITWALK_HAS_Avx2)
  if (instruction_set == "avx2") return probes<isa::Avx2>();
#endif
  return probes<isa::Generic>();
}

double together(Probe probe, const cpu::ProbeRequest& request, int threads) {
  std::vector<cpu::ProbeRate> rates(threads);
  std::vector<std::thread> workers;
  for (auto& rate : rates) workers.emplace_back([&rate, probe, request] { rate = probe(request); });
  for (auto& worker : workers) worker.join();
  double sum = 0;
  for (const auto& rate : rates) {
    if (std::isnan(rate.residue)) throw NumericalError("the probe of the machine computed a NaN");
    sum += rate.per_second;
  }
  return sum;
}

}  // namespace

MachineLimit measure_limit(const BackendOptions& options, Variates kind, bool is_double, double seconds) {
  const auto [variates, fma] = probes(chosen_instruction_set(options.instruction_set));
  const int threads = options.threads > 0 ? options.threads : usable_cores();
  const cpu::ProbeRequest request{kind, is_double, seconds};
  return {together(variates, request, threads), together(fma, request, threads)};
}

}  // namespace orbitwalk
