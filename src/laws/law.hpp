// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "geometry/quotient.hpp"
#include "laws/context.hpp"

namespace orbitwalk {

class LawTable;

/// An interval that a law is conditioned on, in the units of the observable.
struct Window {
  double lower = 0;
  double upper = 0;
};

/// A predicted stationary law of one observable: normalised density, distribution function, quantiles and moments.
///
/// Everything is tabulated once by `predict`; afterwards every call costs a binary search and a short polynomial.
/// Absolute error of `cdf`: `quadrature_error`. By quadrature it is an estimate from two orders and the interpolation
/// residue; of a law that was sampled on the host (laws/sampled.hpp) a bound at confidence 0.999, about 2e-3.
class Law {
 public:
  Law(std::string name, std::string observable, std::shared_ptr<const LawTable> table);

  /// A law that does not exist at these parameters: all its numbers are NaN, and `reason` says why.
  static Law none(std::string name, std::string observable, std::string reason);
  bool exists() const { return table_ != nullptr; }

  std::string name;        ///< registry name: "isotropic", "projected", ...
  std::string observable;  ///< what the law is a law of, as the run spec names it
  std::string reason;      ///< of a law that does not exist: the condition, in numbers
  std::string formula;     ///< joint density with this law's exponents and temperature, for reports
  double lower = 0;        ///< effective support: the mass outside [lower, upper] is below 1e-9, or cut by `window`
  double upper = 0;
  double quadrature_error = 0;   ///< absolute error of the cdf
  std::optional<Window> window;  ///< set when the law is conditioned

  /// per unit of the observable; 0 outside the support; at a pole, the finite value a hair beside it
  double density(double x) const;
  double cdf(double x) const;       ///< nondecreasing, exactly 0 below `lower` and 1 above `upper`
  double quantile(double p) const;  ///< inverse of cdf; p outside [0, 1] is a SpecError
  double mean() const;              ///< may be infinite, as the variance
  double variance() const;

 private:
  Law() = default;
  std::shared_ptr<const LawTable> table_;
};

/// Predicts the law `law_name` (laws/registry.hpp) of `observable` from the symmetry of the model alone.
///
/// Inputs: the law's name, with a gauge where it takes one ("gauge_slice:norm_difference"); the model's quotient and
/// the statistic (geometry/quotient.hpp); the noise intensities α (horizontal) and β (vertical), in units of
/// sqrt(loss), or for SGD the moments of laws/lyapunov.hpp; a window conditions the law on it. Cost on one core: n = 1
/// below 10 ms, n = 3 below 1 s, n = 4 below 3 s. Where factors couple n > 4 coordinates, or for an order statistic of
/// coupled ones, the joint law is sampled: some seconds.
///
/// Throws SpecError when the name is unknown, the law does not apply to the symmetry, or it cannot be normalised; NoLaw
/// (laws/no_law.hpp), a SpecError, where that depends on the parameters of SGD: noise, learning rate, weight decay;
/// NumericalError when the quadrature does not converge to 1e-5.
/// Source: arXiv 2601.06597 v2 (gauge slice), arXiv 2602.12257 (projected noise).
Law predict(const std::string& law_name, const std::string& observable, const Invariant& invariant,
            const LawContext& context, std::optional<Window> window = {});

}  // namespace orbitwalk
