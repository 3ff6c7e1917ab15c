// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kernels/walk/plan.hpp"

// The lists of integrators and noises (kernels/integrators/list.hpp, kernels/noise/list.hpp), when running.
namespace orbitwalk {

struct IntegratorEntry {
  IntegratorId id;
  IntegratorTraits traits;
  bool (*takes)(const NoiseTraits&);
};

struct NoiseEntry {
  NoiseId id;
  NoiseTraits traits;
};

/// In the order of the lists.
const std::vector<IntegratorEntry>& integrators();
const std::vector<NoiseEntry>& noises();

const IntegratorEntry& integrator_of(IntegratorId id);
const NoiseEntry& noise_of(NoiseId id);

/// What a plan names.
const IntegratorTraits& integrator_of(const Plan& plan);
const NoiseTraits& noise_of(const Plan& plan);

/// The integrators that stand under a [dynamics] name, in the order of the list; the first is the default there.
std::vector<IntegratorEntry> integrators_under(const std::string& dynamics);

}  // namespace orbitwalk
