// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "laws/law_table.hpp"

namespace orbitwalk {

/// A point where panels start or end. Towards a graded point panels are laid out in t with |x - at| = t^4, which turns
/// an integrable power or logarithm at the point into something a short polynomial follows.
struct Knot {
  double at = 0;
  bool graded = false;
};

/// A one-dimensional density tabulated as Legendre series on adaptive panels, with its distribution function.
///
/// Each panel holds 16 Gauss-Legendre values of density · dx/dt as a series; the distribution function is the series
/// integrated term by term. Panels are halved until the last coefficients carry less than `tolerance` of the mass.
class DensityTable : public LawTable {
 public:
  /// `density` is unnormalised and finite inside the panels (it is never evaluated on a knot). Throws NumericalError
  /// when the mass is zero, not finite, or the panels do not converge.
  DensityTable(const std::function<double(double)>& density, const std::vector<Knot>& knots, double tolerance);

  double lower() const override;
  double upper() const override;
  double density(double x) const override;
  double cdf(double x) const override;
  double quantile(double p) const override;
  double mean() const override { return mean_; }
  double variance() const override { return variance_; }
  double error() const override { return error_; }  ///< by interpolation
  double mass() const { return mass_; }             ///< integral of the unnormalised density
  int evaluations() const { return evaluations_; }

 private:
  static constexpr int order = 16;
  struct Panel {
    double begin, end;    // in x
    double origin, sign;  // x = origin + sign t^4 when graded (sign = ±1), x = t when sign = 0
    double t0, t1;
    double coefficients[order];  // Legendre series of density · |dx/dt| · (t1 - t0)/2, normalised
    double cumulative, mass;     // distribution function at `begin`, and the panel's share
    double position(double t) const;
    double parameter(double x) const;
  };
  const Panel& find(double x) const;
  double partial(const Panel& panel, double s) const;
  Panel make(const std::function<double(double)>& density, Panel panel, double& tail);

  std::vector<Panel> panels_;
  double mean_ = 0, variance_ = 0, error_ = 0, mass_ = 0;
  int evaluations_ = 0;
};

}  // namespace orbitwalk
