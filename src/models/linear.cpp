// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/linear.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/regression.hpp"
#include "models/regression_instance.hpp"

namespace orbitwalk::catalog {

ModelInfo info_linear() {
  return {"free weights: linear regression without overparameterisation, to hold hadamard against",
          "L(w) quadratic or least squares on data, + weight_decay/2 |w|^2 + l1 sum |w_i|; no symmetry",
          {{"coordinates", "c, 1 to 512 (default: features of [data], else length of target)"},
           {"weight_decay", "lambda, default 0"},
           {"l1", "of l1 sum |w_i|, default 0"},
           {"loss", "{ kind = \"quadratic\", target = [1.0], stiffness = 1.0 } unless [data] is given"}},
          with_truth_observables({{"w1 ... wc", "weights"}, {"loss", "L with weight decay and l1"}})};
}

namespace {

using InvariantOf = decltype(ModelDescription::invariant);

// Langevin: exp(-L/T) is normal with covariance T (H + λ)⁻¹, so that w_i alone has the loss (w_i - w*_i)² / 2[(H +
// λ)⁻¹]_ii.
InvariantOf weights_on_data(const Dataset& data, const RegressionParameters<Stored>& regression) {
  return [=, c = regression.coordinates, decay = regression.weight_decay,
          squares = LeastSquares(data)](const std::string& name) -> std::optional<Invariant> {
    const auto i = numbered_index(name, "w");
    if (!i || *i < 0 || *i >= c) return {};
    LeastSquares unit = squares;
    unit.cross.assign(c, 0.0);
    unit.cross[*i] = 1;
    const double center = ridge_solution(squares, c, decay)[*i], spread = ridge_solution(unit, c, decay)[*i];
    Invariant w;
    w.quotient.component = *i;
    if (c == 1) w.quotient.sampled = sampled_slope(data.x, data.y, [](double) { return 1.0; });
    if (spread > 0 && std::isfinite(spread))
      w.quotient.loss = [=](double z) { return (z - center) * (z - center) / (2 * spread); };
    return w;
  };
}

InvariantOf free_weights(const RegressionParameters<Stored>& regression) {
  return [decay = regression.weight_decay, k = regression.stiffness,
          target = regression.target](const std::string& name) -> std::optional<Invariant> {
    const auto i = numbered_index(name, "w");
    if (!i || *i < 0 || *i >= int(target.size()) || !(k + decay > 0)) return {};
    Invariant w;
    w.quotient.loss = [=, t = target[*i]](double z) { return 0.5 * k * (z - t) * (z - t) + 0.5 * decay * z * z; };
    return w;
  };
}

}  // namespace

ModelDescription describe_linear(const Section& model, const DataSource& source) {
  ModelDescription result;
  LinearParameters<Stored> parameters;
  RegressionParameters<Stored>& regression = parameters.regression;
  parameters.l1 = model.number("l1", 0.0, non_negative());
  if (has_regression_instance(source)) {
    const double decay = model.number("weight_decay", 0.0, non_negative());
    const int coordinates = read_regression_instance(model, source, result, parameters.own);
    regression = {.coordinates = coordinates, .samples = int(result.samples), .dense = true, .weight_decay = decay};
  } else {
    const RegressionProblem problem = read_regression(model, source, "linear", finite());
    regression = problem.parameters;
    result.samples = regression.samples;
    if (parameters.l1 == 0)
      result.invariant = problem.data ? weights_on_data(*problem.data, regression) : free_weights(regression);
    read_regression_truth(source, regression.coordinates, parameters.own);
  }
  const int c = regression.coordinates;
  result.parameters = store(parameters);
  result.dimension = c;
  result.observables = numbered("w", c);
  result.observables.push_back("loss");
  add_truth_observables(result, parameters.own);
  result.initial = {std::vector<double>(c, 0.0), std::vector<double>(c, 1.0)};
  result.predictor = [](const std::vector<double>& theta) { return theta; };
  return result;
}

}  // namespace orbitwalk::catalog
