// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace orbitwalk {

/// The null law of a Kolmogorov-Smirnov distance that is taken at the edges of a histogram only:
///   √n max_e |F_n(e) - F(e)|  ->  max_e |B(F(e))|,  B a Brownian bridge.
/// The maximum over a few points is smaller than the supremum over all, so that Kolmogorov's law would give p-values
/// that are too large.
///
/// tail() is exact up to quadrature (relative error below 1e-4 where no edges are merged): the sub-density of bridges
/// that are still inside (-λ, λ) is carried from edge to edge by the bridge's Gaussian kernel, and what leaves is added
/// up, so that small p-values keep their relative accuracy. Edges closer than 0.005 in F are merged; the barrier is
/// then lowered by 0.5826 (√Δ - √δ), Δ and δ the spacings after and before merging. Source: Broadie, Glasserman and Kou
/// 1997, Mathematical Finance 7, 325 (the shift -ζ(1/2)/√(2π) √δ).
class MonitoredBridge {
 public:
  /// `cdf`: values of F at the edges, nondecreasing, in [0, 1]; those at 0 and 1 play no part.
  explicit MonitoredBridge(const std::vector<double>& cdf);

  /// P(max_e |B(F(e))| >= lambda). Beyond lambda = 4 (p < 3e-14) an upper bound: tail(4) exp(-2 (lambda² - 16)).
  double tail(double lambda) const;

  /// p-value of a distance d of n independent values: tail(d (√n + 0.12 + 0.11/√n)), Stephens' finite-sample form.
  /// NaN unless n > 0.
  double p_value(double d, double n) const;

  /// The distance whose p-value is `significance` (SpecError outside (0, 1)).
  double critical(double significance, double n) const;

 private:
  struct Step {
    double time, lowered;  // monitored time; how much the barrier is lowered there
  };
  std::vector<Step> steps_;
  double narrowest_ = 1;  // smallest standard deviation of the bridge between two monitored times
};

}  // namespace orbitwalk
