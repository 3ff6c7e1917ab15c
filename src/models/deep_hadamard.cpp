// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/deep_hadamard.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
#include "models/product_laws.hpp"
#include "models/regression.hpp"

namespace orbitwalk::catalog {

ModelInfo info_deep_hadamard() {
  return {"elementwise product of D vectors, w = u_1∘…∘u_D: regression with a deep diagonal parameterisation",
          "L(w) quadratic or least squares on data, + weight_decay/2 |theta|^2; D-1 rescalings a coordinate; "
          "log v = 1/2 sum_i log sum_a prod_{b != a} u_bi^2, where balanced sum_i (D-1)/D log |w_i|",
          {{"depth", "D, 2 to 16 (default 3)"},
           {"coordinates", "c, 1 to 512 (default: features of [data], else length of target)"},
           {"weight_decay", "lambda, default 0"},
           {"loss", "{ kind = \"quadratic\", target = [1.0], stiffness = 1.0 } unless [data] is given"}},
          {{"w1 ... wc", "products of the D factors"},
           {"spread1 ... spreadc", "largest less smallest u_a^2 of the coordinate: 0 where balanced (not invariant)"},
           {"loss", "L with weight decay"}}};
}

ModelDescription describe_deep_hadamard(const Section& model, const DataSource& source) {
  ModelDescription result;
  const int depth = static_cast<int>(model.integer("depth", 3, between(2, 16)));
  const RegressionProblem problem = read_regression(model, source, "deep_hadamard");
  const RegressionParameters<Stored>& regression = problem.parameters;
  const int c = regression.coordinates;
  result.parameters = store(DeepHadamardParameters<Stored>{.regression = regression, .depth = depth});
  result.samples = std::uint64_t(regression.samples);
  result.notes = problem.notes;
  result.dimension = depth * c;
  result.generators = (depth - 1) * c;
  result.closed_projection = true;
  result.observables = numbered("w", c);
  for (const auto& name : numbered("spread", c)) result.observables.push_back(name);
  result.observables.push_back("loss");
  // Mostly positive factors: horizontal noise cannot change the sign of w once an even number of factors is balanced.
  result.initial = {std::vector<double>(result.dimension, 1.0), std::vector<double>(result.dimension, 0.5)};
  if (!source.given()) {
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto i = numbered_index(name, "w");
      if (!i || *i < 0 || *i >= c) return {};
      return scalar_product_invariant(
          depth, regression.weight_decay,
          [k = regression.stiffness, t = regression.target[*i]](double z) { return 0.5 * k * (z - t) * (z - t); });
    };
  }
  if (source.given() && c == 1) {
    result.invariant = [depth, decay = regression.weight_decay, h = regression.hessian[0], b = regression.cross[0],
                        rest = regression.constant,
                        sampled = sampled_slope(regression.x, regression.y, [depth](double w) {
                          return depth * std::pow(std::abs(w), 2 - 2.0 / depth);
                        })](const std::string& name) -> std::optional<Invariant> {
      if (name != "w1") return {};
      Invariant w = scalar_product_invariant(depth, decay, [=](double z) { return (0.5 * h * z - b) * z + rest; });
      w.quotient.lower = 0;
      w.quotient.sampled = sampled;
      return w;
    };
  }
  result.predictor = [c](const std::vector<double>& theta) {
    std::vector<double> w(theta.begin(), theta.begin() + c);
    for (std::size_t at = c; at < theta.size(); ++at) w[at % c] *= theta[at];
    return w;
  };
  result.log_orbit_volume = [c](const std::vector<double>& theta) {
    double sum = 0;
    for (int i = 0; i < c; ++i) {
      // all = ∏ s_b of the factors so far, determinant = Σ_a ∏_{b≠a} s_b.
      double all = 1, determinant = 0;
      for (std::size_t at = i; at < theta.size(); at += c) {
        const double square = theta[at] * theta[at];
        determinant = determinant * square + all;
        all *= square;
      }
      sum += 0.5 * std::log(determinant);
    }
    return sum;
  };
  return result;
}

}  // namespace orbitwalk::catalog
