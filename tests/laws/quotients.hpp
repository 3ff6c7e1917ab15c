// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "geometry/quotient.hpp"

// Quotients of the models of docs/theory.md, section 3, written by hand: the tests of the laws do not use models/.
namespace orbitwalk::test {

/// Conjugation of symmetric n×n matrices, U(λ) = stiffness/2 (λ - center)².
inline Quotient conjugation(int n, double stiffness = 1, double center = 0) {
  Quotient q;
  q.coordinates = n;
  q.lebesgue = q.orbit_volume = {0, 1, 0};
  q.loss = [=](double z) { return stiffness / 2 * (z - center) * (z - center); };
  return q;
}

/// XᵀX for X in R^{rows×rank} with U(λ) = λ/2: at T = 1, isotropic, X is standard normal and the law is Wishart.
inline Quotient wishart(int rows, int rank) {
  Quotient q;
  q.coordinates = rank;
  q.lower = 0;
  q.lebesgue = {(rows - rank - 1) / 2.0, 1, 0};
  q.orbit_volume = {0, 0, 0.5};
  q.loss = [](double z) { return z / 2; };
  return q;
}

/// Radius in R^dimension, l = stiffness/2 (r - radius)².
inline Quotient radial(int dimension, double stiffness, double radius) {
  Quotient q;
  q.lower = 0;
  q.lebesgue = q.orbit_volume = {dimension - 1.0, 0, 0};
  q.loss = [=](double r) { return stiffness / 2 * (r - radius) * (r - radius); };
  return q;
}

/// w = p·q with weight decay and U(w) = stiffness/2 (w - target)²; slice density 1/w.
inline Quotient hadamard(double weight_decay, double stiffness, double target) {
  Quotient q;
  q.symmetry = Symmetry::rescaling;
  q.weight_decay = weight_decay;
  q.slices["moment_map"] = {-1, 0, 0};
  q.loss = [=](double w) { return stiffness / 2 * (w - target) * (w - target); };
  return q;
}

inline NoiseIntensity noise(double temperature, double ratio_squared) {
  return {std::sqrt(temperature), std::sqrt(temperature * ratio_squared)};
}

}  // namespace orbitwalk::test
