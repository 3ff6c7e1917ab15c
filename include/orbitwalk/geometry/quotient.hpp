// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <string>

namespace orbitwalk {

/// A measure on quotient coordinates z_1 <= ... <= z_n, of the form
///   ∏_i z_i^single · ∏_{i<j} |z_i - z_j|^difference · (z_i + z_j)^sum.
struct PowerMeasure {
  double single = 0;
  double difference = 0;
  double sum = 0;
};

/// What an observable is, as a function of the quotient coordinates.
enum class Statistic { minimum, maximum, sum };

/// The group that acts on the parameters, as far as the laws care.
enum class Symmetry {
  compact,    ///< compact group of isometries: quotient laws hold (theory: section 2, isotropic and projected)
  rescaling,  ///< p -> c p, q -> q / c on w = pq: not compact, no quotient law without weight decay
};

/// The bridge between a model and the laws: how Lebesgue measure, orbit volume and loss look in quotient coordinates.
/// It holds data about the model only; laws are computed from it without any simulation code.
struct Quotient {
  Symmetry symmetry = Symmetry::compact;
  int coordinates = 1;  ///< n; the coordinates are ordered, z_1 <= ... <= z_n, and exchangeable before ordering
  double lower = -std::numeric_limits<double>::infinity();  ///< support of every coordinate
  double upper = std::numeric_limits<double>::infinity();
  PowerMeasure lebesgue;         ///< push-forward of Lebesgue measure of the parameters (Weyl integration formula)
  PowerMeasure orbit_volume;     ///< v = sqrt(det Γ)
  PowerMeasure slice;            ///< moment-map gauge slice: surface measure over sqrt(det J Jᵀ), as a measure in z
  bool has_slice = false;        ///< whether `slice` is given
  double weight_decay = 0;       ///< λ of λ/2·|θ|², for Symmetry::rescaling
  std::function<double(double)> loss;  ///< U; the loss is Σ_i U(z_i) (without the weight decay)
};

/// The law-side view of one observable of a model.
struct Invariant {
  Quotient quotient;
  Statistic statistic = Statistic::maximum;
};

/// Noise intensities along (vertical, β) and across (horizontal, α) the orbits; isotropic at temperature T is α = β = √T.
struct NoiseIntensity {
  double horizontal = 1;
  double vertical = 1;
  double temperature() const { return horizontal * horizontal; }
  double ratio_squared() const { return vertical * vertical / (horizontal * horizontal); }  ///< β²/α²
  bool isotropic() const { return horizontal == vertical; }
};

}  // namespace orbitwalk
