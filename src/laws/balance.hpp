// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace orbitwalk {

/// The rescaling v -> c v, w -> w/c of v ∈ R^m, w ∈ R^n under noise sqrt(2T) P_H dW across its orbits (Itô, β = 0).
struct Rescaling {
  double temperature = 1;   ///< T = α²
  double weight_decay = 0;  ///< λ of λ/2 (|v|² + |w|²)
  int size_difference = 0;  ///< m - n
};

/// The balance Q = |v|² - |w|² along a path of ρ² = |v|² + |w|². Q feels no noise:
///   dQ/dt = 2T [(m - n) - Q/ρ²] - 2λ Q,
/// so that ρ² determines it: for m = n and λ = 0, Q(t) = Q(0) exp(-2T ∫ dt/ρ²).
///
/// `rho_squared`: values > 0 at the times 0, interval, 2 interval, …; `interval` in units of time. Returns Q at the
/// same times, with 1/ρ² taken as linear in the integrated rate between them (error O(interval²)). SpecError for a
/// value ρ² <= 0, interval <= 0, temperature < 0 or weight decay < 0. Source: Itô's formula; theory.md section 2,
/// rescaling under projected noise; arXiv 2602.12257 (projected noise).
std::vector<double> balance_path(double initial, std::span<const double> rho_squared, double interval,
                                 const Rescaling& rescaling);

}  // namespace orbitwalk
