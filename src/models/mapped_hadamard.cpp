// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/mapped_hadamard.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/catalog.hpp"
#include "models/product_laws.hpp"
#include "models/regression.hpp"
#include "models/regression_instance.hpp"

namespace orbitwalk::catalog {
namespace {

/// M, row-major.
std::vector<double> matrix(const std::string& map, int c) {
  std::vector<double> m(std::size_t(c) * c, 0.0);
  for (int j = 0; j < c; ++j) {
    for (int i = 0; i < c; ++i) {
      if (map == "fourier") {
        const int k = (i + 1) / 2;
        const double turn = 2 * std::numbers::pi * ((std::int64_t(k) * j) % c) / c;
        const double size = i == 0 || 2 * k == c ? std::sqrt(1.0 / c) : std::sqrt(2.0 / c);
        m[j * c + i] = size * (i == 0 ? 1 : i % 2 == 1 ? std::cos(turn) : std::sin(turn));
      } else {
        m[j * c + i] = map == "identity" ? i == j : i <= j;
      }
    }
  }
  return m;
}

}  // namespace

ModelInfo info_mapped_hadamard() {
  return {
      "elementwise product in other coordinates, w = M (p∘q): total variation, or sparse spectra, by parameterisation",
      "L(w) quadratic or least squares on data, + weight_decay/2 |theta|^2; rescaling p_i, q_i; "
      "log v = 1/2 sum log(p_i^2 + q_i^2)",
      {{"map",
        "identity, difference (default; z are the increments of w, M the cumulative sum) or fourier (z in the "
        "orthonormal real Fourier basis: constant, then cosine and sine of each frequency)"},
       {"coordinates", "c, 1 to 512 (default: features of [data], else length of target)"},
       {"weight_decay", "lambda, default 0"},
       {"loss", "{ kind = \"quadratic\", target = [1.0], stiffness = 1.0 } (of w) unless [data] is given"}},
      with_truth_observables({{"z1 ... zc", "p_i q_i, the coefficients"},
                              {"w1 ... wc", "weights M z"},
                              {"balance1 ... balancec", "p_i^2 - q_i^2 (not invariant)"},
                              {"loss", "L with weight decay"}})};
}

ModelDescription describe_mapped_hadamard(const Section& model, const DataSource& source) {
  ModelDescription result;
  const std::string kind = model.choice("map", {"identity", "difference", "fourier"}, "difference");
  const bool orthogonal = kind != "difference";
  MappedHadamardParameters<Stored> parameters;
  parameters.product.depth = 2;
  RegressionParameters<Stored>& regression = parameters.product.regression;
  if (has_regression_instance(source)) {
    regression.weight_decay = model.number("weight_decay", 0.0, non_negative());
    regression.coordinates = read_regression_instance(model, source, result, parameters.own);
    regression.samples = int(result.samples);
    regression.dense = true;
    parameters.map = matrix(kind, regression.coordinates);
  } else {
    RegressionProblem problem = read_regression(model, source, "mapped_hadamard");
    parameters.map = matrix(kind, problem.parameters.coordinates);
    change_coordinates(problem, parameters.map, orthogonal);
    regression = problem.parameters;
    result.samples = std::uint64_t(regression.samples);
    result.notes = problem.notes;
    read_regression_truth(source, regression.coordinates, parameters.own);
  }
  const int c = regression.coordinates;
  result.parameters = store(parameters);
  result.dimension = 2 * c;
  result.generators = c;
  result.closed_projection = true;
  result.observables = numbered("z", c);
  for (const auto& name : numbered("w", c)) result.observables.push_back(name);
  for (const auto& name : numbered("balance", c)) result.observables.push_back(name);
  result.observables.push_back("loss");
  add_truth_observables(result, parameters.own);
  result.initial = {std::vector<double>(2 * c, 0.0), std::vector<double>(2 * c, 1.0)};
  if (!source.given() && (orthogonal || c == 1)) {
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto i = numbered_index(name, "z");
      if (!i || *i < 0 || *i >= c) return {};
      return scalar_product_invariant(
          2, regression.weight_decay,
          [k = regression.stiffness, t = regression.target[*i]](double z) { return 0.5 * k * (z - t) * (z - t); });
    };
  }
  result.predictor = [c, map = parameters.map](const std::vector<double>& theta) {
    std::vector<double> w(c, 0.0);
    for (int i = 0; i < c; ++i) {
      for (int j = 0; j < c; ++j) w[i] += map[i * c + j] * theta[j] * theta[c + j];
    }
    return w;
  };
  result.log_orbit_volume = [c](const std::vector<double>& theta) {
    double sum = 0;
    for (int i = 0; i < c; ++i) sum += 0.5 * std::log(theta[i] * theta[i] + theta[c + i] * theta[c + i]);
    return sum;
  };
  return result;
}

}  // namespace orbitwalk::catalog
