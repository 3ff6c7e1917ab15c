// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
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
enum class Statistic {
  minimum,
  maximum,
  sum,
  order,  ///< the Invariant::order-th largest coordinate
};

/// The group that acts on the parameters, as far as the laws care.
enum class Symmetry {
  compact,    ///< compact group of isometries: quotient laws hold (theory: section 2, isotropic and projected)
  rescaling,  ///< p -> c p, q -> q / c on w = pq: not compact, no quotient law without weight decay
};

/// Stochastic gradients of least squares in one weight z = w(s), s the arc length of the balanced set
/// (laws/sgd_diffusion.cpp).
struct SampledSlope {
  std::function<double(double)> variance;  ///< over the samples, of U_i'(z)
  double label = 0;                        ///< <x²>: fresh label noise σ adds σ² <x²>
  std::function<double(double)> speed;     ///< (dz/ds)²
};

/// The bridge between a model and the laws: how Lebesgue measure, orbit volume and loss look in quotient coordinates.
/// It holds data about the model only; laws are computed from it without any simulation code.
struct Quotient {
  Symmetry symmetry = Symmetry::compact;
  int coordinates = 1;  ///< n; the coordinates are ordered, z_1 <= ... <= z_n, and exchangeable before ordering
  double lower = -std::numeric_limits<double>::infinity();  ///< support of every coordinate
  double upper = std::numeric_limits<double>::infinity();
  PowerMeasure lebesgue;      ///< push-forward of Lebesgue measure of the parameters (Weyl integration formula)
  PowerMeasure orbit_volume;  ///< v = sqrt(det Γ)
  /// A further factor exp(Σ_i log_lebesgue(z_i)) of every measure below and of `lebesgue`, where a power cannot say it;
  /// or null.
  std::function<double(double)> log_lebesgue;
  /// Gauge slices by the gauge's name ("moment_map", "norm_difference"): surface measure over sqrt(det J Jᵀ), as a
  /// measure in z.
  std::map<std::string, PowerMeasure> slices;
  /// Surface measure, in z, of the set that horizontal noise (β = 0) is confined to in the long run, where that set is
  /// known and is not the whole space: Q = 0 for rescaling of factors of equal size.
  std::optional<PowerMeasure> level_set;
  double weight_decay = 0;  ///< λ of λ/2·|θ|², for Symmetry::rescaling
  /// Value of λ/2·|θ|² on the slices and the level set, as a function of z (λ|w| for w = p q); null: 0.
  std::function<double(double)> decay_on_slice;
  /// Isotropic marginal with weight decay, z^bessel_power K_order(λ z/T) exp(-U/T): factors v ∈ R^m, w ∈ R^n, z =
  /// |v||w| have power (m+n)/2 - 1 and order |m-n|/2; w = p q has 0 and 0 (theory: section 2). A power of NaN: no
  /// closed form is known.
  double bessel_power = 0, bessel_order = 0;
  std::function<double(double)> loss;   ///< U; the loss is Σ_i U(z_i) (without the weight decay)
  std::optional<SampledSlope> sampled;  ///< with data and one coordinate
  /// Index i, from 0, of the weight w_i of linear least squares that the coordinate is (law `lyapunov`); -1: none.
  int component = -1;
};

/// The law-side view of one observable of a model.
struct Invariant {
  Quotient quotient;
  Statistic statistic = Statistic::maximum;
  int order = 1;  ///< of Statistic::order: 1 is the largest coordinate, Quotient::coordinates the smallest
};

/// Noise intensities along (vertical, β) and across (horizontal, α) the orbits; isotropic at temperature T is α = β =
/// √T.
struct NoiseIntensity {
  double horizontal = 1;
  double vertical = 1;
  bool stratonovich = false;  ///< sense of the equation where the noise depends on the state; Itô otherwise
  double temperature() const { return horizontal * horizontal; }
  /// Power of the orbit volume that the noise leaves on the quotient: β²/α² (Itô), β/α (Stratonovich; theory: section
  /// 2).
  double volume_power() const {
    return stratonovich ? vertical / horizontal : vertical * vertical / (horizontal * horizontal);
  }
  bool isotropic() const { return horizontal == vertical; }
};

}  // namespace orbitwalk
