// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/product_laws.hpp"

#include <cmath>
#include <limits>

namespace orbitwalk {

Invariant scalar_product_invariant(int factors, double weight_decay, std::function<double(double)> loss) {
  const double depth = factors;
  Invariant w;
  w.quotient.symmetry = Symmetry::rescaling;
  w.quotient.slices["moment_map"] = {2 / depth - 2};
  w.quotient.slices["norm_difference"] = {1 / depth - 1};
  w.quotient.level_set = PowerMeasure{1 / depth - 1};
  w.quotient.decay_on_slice = [=](double z) { return 0.5 * weight_decay * depth * std::pow(std::abs(z), 2 / depth); };
  w.quotient.weight_decay = weight_decay;
  if (factors > 2) w.quotient.bessel_power = std::numeric_limits<double>::quiet_NaN();
  w.quotient.loss = std::move(loss);
  return w;
}

Invariant norm_product_invariant(int m, int n, double weight_decay, std::function<double(double)> loss) {
  Invariant s;
  s.quotient.symmetry = Symmetry::rescaling;
  s.quotient.lower = 0;
  s.quotient.slices["moment_map"] = {0.5 * (m + n - 4)};
  s.quotient.slices["norm_difference"] = {0.5 * (m + n - 3)};
  if (m == n) s.quotient.level_set = PowerMeasure{0.5 * (m + n - 3)};
  s.quotient.decay_on_slice = [=](double z) { return weight_decay * z; };
  s.quotient.weight_decay = weight_decay;
  s.quotient.bessel_power = 0.5 * (m + n) - 1;
  s.quotient.bessel_order = 0.5 * std::abs(m - n);
  s.quotient.loss = std::move(loss);
  return s;
}

}  // namespace orbitwalk
