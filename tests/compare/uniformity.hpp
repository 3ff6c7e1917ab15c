// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "compare/distances.hpp"

namespace orbitwalk::test {

/// Kolmogorov-Smirnov test of p-values against the uniform law; prints their counts in ten bins (docs/judgement.md).
inline double uniformity(std::vector<double> p, const std::string& title) {
  std::sort(p.begin(), p.end());
  const double n = static_cast<double>(p.size());
  double d = 0;
  int counts[10] = {};
  for (std::size_t i = 0; i < p.size(); ++i) {
    d = std::max({d, static_cast<double>(i + 1) / n - p[i], p[i] - static_cast<double>(i) / n});
    ++counts[std::min(9, static_cast<int>(10 * p[i]))];
  }
  const double result = ks_p_value(d, n);
  std::printf("| %s |", title.c_str());
  for (const int c : counts) std::printf(" %d |", c);
  std::printf(" %.3f | %.2g |\n", d, result);
  return result;
}

}  // namespace orbitwalk::test
