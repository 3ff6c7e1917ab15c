// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk {

/// A gauge χ(θ) = 0: constraints that pick one representative an orbit (up to a compact remainder). Conditioning on the
/// null set χ = 0 depends on χ itself, not only on the set, so every slice names its gauge (theory: section 2, gauge
/// slice).
///   moment_map       gradients of χ are generators: χ = (p² - q²)/2, (|w|² - |v|²)/2, (UᵀU - VᵀV)/2 (its entries in an
///                    orthonormal basis of symmetric matrices)
///   norm_difference  the same set from other functions: χ = |p| - |q|, |w| - |v|; its gradient has the same length everywhere
enum class Gauge { moment_map, norm_difference };

template <class Model>
concept HasGauges = requires(const Model& m) {
  m.constraints(Gauge::moment_map);
};

}  // namespace orbitwalk
