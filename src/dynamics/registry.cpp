// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "dynamics/registry.hpp"

#include "kernels/integrators/list.hpp"

namespace orbitwalk {
namespace {

template <class... Integrator>
std::vector<IntegratorEntry> integrator_entries(TypeList<Integrator...>) {
  return {{integrator_id<Integrator>, Integrator::traits,
           [](const NoiseTraits& noise) { return Integrator::takes(noise); }}...};
}
template <class... Noise>
std::vector<NoiseEntry> noise_entries(TypeList<Noise...>) {
  return {{noise_id<Noise>, Noise::traits}...};
}

}  // namespace

const std::vector<IntegratorEntry>& integrators() {
  static const std::vector<IntegratorEntry> list = integrator_entries(Integrators());
  return list;
}

const std::vector<NoiseEntry>& noises() {
  static const std::vector<NoiseEntry> list = noise_entries(Noises());
  return list;
}

const IntegratorEntry& integrator_of(IntegratorId id) { return integrators().at(std::size_t(id)); }
const NoiseEntry& noise_of(NoiseId id) { return noises().at(std::size_t(id)); }
const IntegratorTraits& integrator_of(const Plan& plan) { return integrator_of(plan.integrator).traits; }
const NoiseTraits& noise_of(const Plan& plan) { return noise_of(plan.noise).traits; }

std::vector<IntegratorEntry> integrators_under(const std::string& dynamics) {
  std::vector<IntegratorEntry> list;
  for (const IntegratorEntry& each : integrators()) {
    if (each.traits.dynamics == dynamics) list.push_back(each);
  }
  return list;
}

}  // namespace orbitwalk
