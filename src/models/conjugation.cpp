// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/conjugation.hpp"

#include <algorithm>
#include <cmath>

#include "geometry/spectra.hpp"
#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_conjugation() {
  return {"symmetric matrix with a spectral loss, under conjugation by O(n): a tunable Dyson ensemble",
          "L = sum U(lambda_i); log v = sum_{i<j} log sqrt(2) |lambda_i - lambda_j|",
          {{"size", "n, 1 to 16 (default 4)"},
           {"loss",
            "{ kind = \"spectral_quadratic\", stiffness = 1.0, center = 0.0 }: U = stiffness/2 (lambda - center)^2"}},
          {{"lambda_min, lambda_max", "extreme eigenvalues"}, {"trace", "their sum"}, {"loss", "L"}}};
}

ModelDescription describe_conjugation(const Section& model, const DataSource&) {
  ModelDescription result;
  const int n = static_cast<int>(model.integer("size", 4, between(1, 16)));
  const Section loss = model.section("loss");
  loss.choice("kind", {"spectral_quadratic"}, "spectral_quadratic");
  const double k = loss.number("stiffness", 1.0, positive()), center = loss.number("center", 0.0, finite());
  result.parameters = store(ConjugationParameters<Stored>{.size = n, .stiffness = k, .center = center});
  result.dimension = n * (n + 1) / 2;
  result.generators = n * (n - 1) / 2;
  result.observables = {"lambda_min", "lambda_max", "trace", "loss"};
  result.initial = {std::vector<double>(result.dimension, 0.0),
                    std::vector<double>(result.dimension, 1 / std::sqrt(k))};
  for (int i = 0, at = 0; i < n; at += n - i, ++i) result.initial.mean[at] = center;
  result.predictor = [n](const std::vector<double>& theta) { return symmetric_spectrum(theta.data(), n); };
  result.log_orbit_volume = [n](const std::vector<double>& theta) {
    const auto lambda = symmetric_spectrum(theta.data(), n);
    double sum = 0;
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < a; ++b) sum += std::log(std::sqrt(2.0) * (lambda[a] - lambda[b]));
    }
    return sum;
  };
  result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
    Invariant lambda;
    if (name == "lambda_min") lambda.statistic = Statistic::minimum;
    else if (name == "lambda_max") lambda.statistic = Statistic::maximum;
    else if (name == "trace") lambda.statistic = Statistic::sum;
    else return {};
    lambda.quotient.coordinates = n;
    lambda.quotient.lebesgue.difference = 1;
    lambda.quotient.orbit_volume.difference = 1;
    lambda.quotient.loss = [=](double z) { return 0.5 * k * (z - center) * (z - center); };
    return lambda;
  };
  return result;
}

}  // namespace orbitwalk::catalog
