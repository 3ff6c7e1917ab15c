// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "geometry/spectra.hpp"

#include <cmath>

#include "kernels/core/lane_algebra.hpp"

namespace orbitwalk {

std::vector<double> squared_singular_values(const double* x, int rows, int columns) {
  const bool tall = rows >= columns;
  const int m = tall ? rows : columns, n = tall ? columns : rows;
  std::vector<double> work(m * n), values(n);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) work[tall ? i * n + j : j * n + i] = x[i * columns + j];
  }
  singular_values(work.data(), m, n, values.data());
  for (double& value : values) value *= value;
  return values;
}

std::vector<double> symmetric_spectrum(const double* theta, int n) {
  std::vector<double> a(n * n), values(n);
  for (int i = 0, at = 0; i < n; ++i) {
    for (int j = i; j < n; ++j, ++at) a[i * n + j] = a[j * n + i] = i == j ? theta[at] : theta[at] / std::sqrt(2.0);
  }
  symmetric_eigenvalues(a.data(), n, values.data());
  return values;
}

double half_log_det_sylvester(const std::vector<double>& lambda, const std::vector<double>& mu, int r) {
  const auto value = [](const std::vector<double>& list, int i) { return i < int(list.size()) ? list[i] : 0.0; };
  double sum = 0;
  for (int i = 0; i < r; ++i) {
    for (int j = 0; j < r; ++j) {
      if (i < int(lambda.size()) || j < int(mu.size())) sum += 0.5 * std::log(value(lambda, i) + value(mu, j));
    }
  }
  return sum;
}

}  // namespace orbitwalk
