// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/gram_product.hpp"

#include <algorithm>
#include <cmath>

#include "geometry/spectra.hpp"
#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_gram_product() {
  return {"symmetric factorisation M = X X^T with a spectral loss, under O(r)",
          "L = sum U(lambda_i), lambda eigenvalues of X^T X; log v = 1/2 sum_{i<j} log(lambda_i + lambda_j)",
          {{"rows, rank", "n and r <= n (defaults 5 and 3)"},
           {"loss",
            "{ kind = \"spectral_quadratic\", stiffness = 1.0, center = 1.0 }: U = stiffness/2 (lambda - center)^2"}},
          {{"lambda_min, lambda_max", "extreme eigenvalues of X^T X"}, {"trace", "their sum"}, {"loss", "L"}}};
}

ModelDescription describe_gram_product(const Section& model, const DataSource&) {
  ModelDescription result;
  const int n = static_cast<int>(model.integer("rows", 5, between(1, 64)));
  const int r = static_cast<int>(model.integer("rank", 3, between(1, 64)));
  if (r > n) model.fail("rank", "expected at most rows = " + std::to_string(n));
  const Section loss = model.section("loss");
  loss.choice("kind", {"spectral_quadratic"}, "spectral_quadratic");
  const double k = loss.number("stiffness", 1.0, positive()), center = loss.number("center", 1.0, finite());
  result.parameters = store(GramProductParameters<Stored>{.rows = n, .rank = r, .stiffness = k, .center = center});
  result.dimension = n * r;
  result.generators = r * (r - 1) / 2;
  result.observables = {"lambda_min", "lambda_max", "trace", "loss"};
  const double scale = std::sqrt(std::max(std::abs(center), 1 / std::sqrt(k)) / n);
  result.initial = {std::vector<double>(n * r, 0.0), std::vector<double>(n * r, scale)};
  result.predictor = [=](const std::vector<double>& theta) {
    std::vector<double> product;  // upper triangle of M
    for (int i = 0; i < n; ++i) {
      for (int j = i; j < n; ++j) product.push_back(dot(&theta[i * r], &theta[j * r], r));
    }
    return product;
  };
  result.log_orbit_volume = [=](const std::vector<double>& theta) {
    const auto lambda = squared_singular_values(theta.data(), n, r);
    double sum = 0;
    for (int a = 0; a < r; ++a) {
      for (int b = 0; b < a; ++b) sum += 0.5 * std::log(lambda[a] + lambda[b]);
    }
    return sum;
  };
  result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
    Invariant lambda;
    if (name == "lambda_min") lambda.statistic = Statistic::minimum;
    else if (name == "lambda_max") lambda.statistic = Statistic::maximum;
    else if (name == "trace") lambda.statistic = Statistic::sum;
    else return {};
    lambda.quotient.coordinates = r;
    lambda.quotient.lower = 0;
    lambda.quotient.lebesgue = {0.5 * (n - r - 1), 1, 0};
    lambda.quotient.orbit_volume = {0, 0, 0.5};
    lambda.quotient.loss = [=](double z) { return 0.5 * k * (z - center) * (z - center); };
    return lambda;
  };
  return result;
}

}  // namespace orbitwalk::catalog
