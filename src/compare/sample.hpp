// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "laws/law.hpp"
#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// A distribution known by the shares of its cells: the bins and the two tails, which add up to 1. After an
/// extrapolation a share may be slightly negative.
struct Distribution {
  std::vector<double> edges;   ///< bins + 1 increasing values
  std::vector<double> shares;  ///< bins
  double under = 0, over = 0;

  Distribution() = default;
  /// The empirical one; non-finite values take no part. SpecError on an empty or malformed histogram.
  Distribution(const Histogram& histogram);  // NOLINT: every distance takes a histogram as well

  /// Distribution function at every edge.
  std::vector<double> cumulative() const;
};

/// The distribution conditioned on a window whose ends are edges (SpecError otherwise, or where nothing lies in it).
Distribution restrict_to(const Distribution& distribution, const Window& window);

/// Share of the distribution inside a window whose ends are edges.
double share_inside(const Distribution& distribution, const Window& window);

/// What is compared with a law: a distribution, its moments and how many independent values it is worth.
struct Sample {
  std::string name;  ///< of the observable
  Distribution distribution;
  double mean = 0, standard_error = 0;
  double variance = 0, variance_standard_error = 0;
  double effective_sample_size = 0;
  Stationarity stationary = Stationarity::not_tested;
  /// of the particles: what they would have shown is not in the distribution, which errs by as much
  double lost_share = 0;
  bool blown_up = false;  ///< its moments mean nothing

  Sample() = default;
  Sample(const ObservableResult& result);  // NOLINT: a run's result is a sample
};

/// Richardson extrapolation of two independent samples on the same edges, at x and f·x of a parameter x (step size,
/// shell width) whose effect vanishes as x^p:
///   F_0 = (F_{fx} - f^p F_x) / (1 - f^p) =: b F_{fx} + a F_x,  a + b = 1,
/// and the same for the moments. Under a law F, √n (F_0 - F) is again a Brownian bridge, with 1/n = a²/n_x + b²/n_{fx}:
/// that n is the effective sample size, so that every test of a sample is one of the extrapolated sample.
/// SpecError for other edges, f <= 0, f = 1 or p <= 0.
Sample extrapolate(const Sample& at, const Sample& at_fraction, double fraction, double order);

}  // namespace orbitwalk
