// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orbitwalk/export.hpp"

namespace orbitwalk {

class LawTable;
class Spec;

/// An interval that a law is conditioned on, in the units of the observable.
struct Window {
  double lower = 0;
  double upper = 0;
};

/// The predicted stationary law of one observable: normalised density, distribution function, quantiles and moments.
///
/// `predict` tabulates everything once; afterwards each call costs a binary search and a short polynomial.
/// `quadrature_error` is the absolute error of `cdf`. For a law computed by quadrature it is an estimate from two
/// orders and the interpolation residual. For a law sampled on the host it is a bound at confidence 0.999, about 2e-3.
class ORBITWALK_API Law {
 public:
  Law(std::string name, std::string observable, std::shared_ptr<const LawTable> table);

  /// Makes a law that does not exist at these parameters: all its numbers are NaN, and `reason` says why.
  static Law none(std::string name, std::string observable, std::string reason);
  bool exists() const { return table_ != nullptr; }

  std::string name;        ///< registry name: "isotropic", "projected", ...
  std::string observable;  ///< the observable it is the law of, as named in the run spec
  std::string reason;      ///< if the law does not exist: the violated condition, in numbers
  std::string formula;     ///< joint density with this law's exponents and temperature, for reports
  double lower = 0;        ///< effective support: the mass outside [lower, upper] is below 1e-9, or cut by `window`
  double upper = 0;
  double quadrature_error = 0;   ///< absolute error of the cdf
  std::optional<Window> window;  ///< set if the law is conditioned on an interval

  double density(double x) const;   ///< per unit of the observable; 0 outside the support; at a pole, the finite value
                                    ///< just beside it
  double cdf(double x) const;       ///< nondecreasing, exactly 0 below `lower` and 1 above `upper`
  double quantile(double p) const;  ///< inverse of cdf; throws SpecError for p outside [0, 1]
  double mean() const;              ///< may be infinite, like the variance
  double variance() const;

 private:
  Law() = default;
  std::shared_ptr<const LawTable> table_;
};

/// Predicts the laws named under [compare] laws of a spec, for every observed quantity that they apply to. The
/// prediction uses only the symmetry of the model, without a simulation. A law that does not exist at these parameters
/// is included, with the reason (Law::exists).
///
/// SpecError: the spec is wrong, a law does not apply to the model's symmetry, or an expected law does not exist.
/// IoError: a file that the spec names cannot be read. NumericalError: a quadrature does not converge to 1e-5.
ORBITWALK_API std::vector<Law> predict(const Spec& spec);

}  // namespace orbitwalk
