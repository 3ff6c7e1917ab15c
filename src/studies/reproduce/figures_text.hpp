// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "compare/statistics.hpp"

// How statistics over seeds are written down.
namespace orbitwalk::reproduce {

std::string digits(double value, int significant = 3);
/// "0.98 [0.91, 1.04]": median and the 5 to 95 % of the seeds.
std::string median_and_band(const std::vector<double>& values, int significant = 3);
/// "0.98 (95 % 0.975 to 0.986)": the median and its confidence interval.
std::string median_and_interval(const std::vector<double>& values, int significant = 3);
/// "-" of no seeds.
std::string percent(const Share& share);

}  // namespace orbitwalk::reproduce
