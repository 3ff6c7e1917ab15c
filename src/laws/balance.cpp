// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/balance.hpp"

#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

std::vector<double> balance_path(double initial, std::span<const double> rho_squared, double interval,
                                 const Rescaling& rescaling) {
  const double temperature = rescaling.temperature, decay = rescaling.weight_decay;
  if (!(interval > 0) || !(temperature >= 0) || !(decay >= 0))
    throw SpecError("the decay of the balance needs interval > 0, temperature >= 0 and weight decay >= 0");
  std::vector<double> path;
  for (std::size_t k = 0; k < rho_squared.size(); ++k) {
    if (!(rho_squared[k] > 0)) throw SpecError("the decay of the balance needs ρ² > 0 all along the path");
    if (k == 0) {
      path.push_back(initial);
      continue;
    }
    // dQ/dt = source - rate·Q with the mean rate of the interval: Q e^-A + source·interval·(1 - e^-A)/A.
    const double exponent = interval * (temperature * (1 / rho_squared[k - 1] + 1 / rho_squared[k]) + 2 * decay);
    const double source = 2 * temperature * rescaling.size_difference * interval;
    path.push_back(path.back() * std::exp(-exponent) + source * (exponent > 0 ? -std::expm1(-exponent) / exponent : 1));
  }
  return path;
}

}  // namespace orbitwalk
