// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace orbitwalk {

/// Where a coordinate with log weight `log_weight` can be: outside [lower, upper] its weight, times the largest growth
/// the other factors can give, is below e^-cut of the peak.
struct Support {
  double lower = 0, upper = 0;
  std::vector<double> modes;  ///< local maxima, ascending
  double peak = 0;            ///< log weight at the highest one
  double width = 0;           ///< of the narrowest well: distance from the mode at which the weight has lost e^(1/2)
};

/// Searches the interval (lower, upper), which may be infinite. `growth` is the power with which other factors grow
/// with the distance from the mode (pair factors). Throws SpecError when the weight does not decay.
Support find_support(const std::function<double(double)>& log_weight, double lower, double upper, double growth,
                     double cut = 40);

/// Largest distance of two coordinates whose weights, times the growth of the pair factors, come within e^-cut of the
/// peak.
double largest_spread(const std::function<double(double)>& log_weight, const Support& support, double growth,
                      double cut);

}  // namespace orbitwalk
