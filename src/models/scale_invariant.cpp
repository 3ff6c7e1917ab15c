// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/scale_invariant.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_scale_invariant() {
  return {"a point in R^d with a loss of its direction: scale invariance, as before a normalisation layer",
          "L = -strength theta_1/|theta| + weight_decay/2 |theta|^2, theta -> c theta; log v = log r",
          {{"dimension", "d, 2 to 64 (default 3)"},
           {"weight_decay", "lambda, default 0: r then grows without bound"},
           {"loss", "{ kind = \"cosine\", strength = 1.0 }"}},
          {{"r", "length of theta (not invariant): r^{(d-1) alpha^2/beta^2} exp(-lambda r^2/(2 beta^2))"},
           {"cosine", "theta_1/r: (1 - c^2)^{(d-3)/2} exp(strength c/T) for every beta, T = alpha^2"},
           {"loss", "L with weight decay"}}};
}

ModelDescription describe_scale_invariant(const Section& model, const DataSource&) {
  ModelDescription result;
  const int d = static_cast<int>(model.integer("dimension", 3, between(2, 64)));
  const double decay = model.number("weight_decay", 0.0, non_negative());
  const Section loss = model.section("loss");
  loss.choice("kind", {"cosine"}, "cosine");
  const double strength = loss.number("strength", 1.0, finite());
  result.parameters =
      store(ScaleInvariantParameters<Stored>{.dimension = d, .strength = strength, .weight_decay = decay});
  result.dimension = d;
  result.generators = 1;
  result.closed_projection = true;
  result.observables = {"r", "cosine", "loss"};
  result.initial = {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0)};
  result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
    if (name != "cosine") return {};
    Invariant cosine;
    cosine.quotient.lower = -1;
    cosine.quotient.upper = 1;
    cosine.quotient.log_lebesgue = [d](double c) { return d == 3 ? 0 : 0.5 * (d - 3) * std::log1p(-c * c); };
    cosine.quotient.loss = [strength](double c) { return -strength * c; };
    return cosine;
  };
  result.predictor = [](const std::vector<double>& theta) {
    double square = 0;
    for (double value : theta) square += value * value;
    std::vector<double> direction = theta;
    for (double& value : direction) value /= std::sqrt(square);
    return direction;
  };
  result.log_orbit_volume = [](const std::vector<double>& theta) {
    double square = 0;
    for (double value : theta) square += value * value;
    return 0.5 * std::log(square);
  };
  return result;
}

}  // namespace orbitwalk::catalog
