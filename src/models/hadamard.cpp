// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/hadamard.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/product_laws.hpp"
#include "models/regression.hpp"
#include "models/regression_instance.hpp"

namespace orbitwalk::catalog {

ModelInfo info_hadamard() {
  return {"elementwise product of two vectors, w = p∘q: the smallest overparameterised regression",
          "L(w) quadratic or least squares on data, + weight_decay/2 |theta|^2; rescaling p_i, q_i; "
          "log v = 1/2 sum log(p_i^2 + q_i^2)",
          {{"coordinates", "c, 1 to 512 (default: features of [data], else length of target)"},
           {"weight_decay", "lambda, default 0"},
           {"loss", "{ kind = \"quadratic\", target = [1.0], stiffness = 1.0 } unless [data] is given"}},
          with_truth_observables(
              {{"w1 ... wc", "p_i q_i"}, {"balance1 ... balancec", "p_i^2 - q_i^2"}, {"loss", "L with weight decay"}})};
}

namespace {

using InvariantOf = decltype(ModelDescription::invariant);

InvariantOf only_coordinate(const Dataset& data, const RegressionParameters<Stored>& regression) {
  return [decay = regression.weight_decay, h = regression.hessian[0], b = regression.cross[0],
          rest = regression.constant, sampled = sampled_slope(data.x, data.y, [](double w) {
                                        return 2 * std::abs(w);
                                      })](const std::string& name) -> std::optional<Invariant> {
    if (name != "w1") return {};
    Invariant w = scalar_product_invariant(2, decay, [=](double z) { return (0.5 * h * z - b) * z + rest; });
    w.quotient.lower = 0;  // balanced factors of equal signs; SGD does not change the signs
    w.quotient.sampled = sampled;
    return w;
  };
}

InvariantOf coordinates_of(const RegressionParameters<Stored>& regression) {
  return [decay = regression.weight_decay, k = regression.stiffness,
          target = regression.target](const std::string& name) -> std::optional<Invariant> {
    const auto i = numbered_index(name, "w");
    if (!i || *i < 0 || *i >= int(target.size())) return {};
    Invariant w;
    w.quotient.symmetry = Symmetry::rescaling;
    w.quotient.weight_decay = decay;
    w.quotient.slices = {{"moment_map", {-1, 0, 0}}, {"norm_difference", {-0.5, 0, 0}}};
    w.quotient.level_set = PowerMeasure{-0.5, 0, 0};  // arc length of p = ±q
    w.quotient.decay_on_slice = [decay](double z) { return decay * std::abs(z); };
    w.quotient.loss = [k, t = target[*i]](double z) { return 0.5 * k * (z - t) * (z - t); };
    return w;
  };
}

}  // namespace

ModelDescription describe_hadamard(const Section& model, const DataSource& source) {
  ModelDescription result;
  HadamardParameters<Stored> parameters;
  RegressionParameters<Stored>& regression = parameters.regression;
  if (has_regression_instance(source)) {
    const double decay = model.number("weight_decay", 0.0, non_negative());
    const int coordinates = read_regression_instance(model, source, result, parameters.own);
    regression = {.coordinates = coordinates, .samples = int(result.samples), .dense = true, .weight_decay = decay};
  } else {
    const RegressionProblem problem = read_regression(model, source, "hadamard");
    regression = problem.parameters;
    result.samples = regression.samples;
    result.notes = problem.notes;
    if (!problem.data) result.invariant = coordinates_of(regression);
    else if (regression.coordinates == 1) result.invariant = only_coordinate(*problem.data, regression);
    read_regression_truth(source, regression.coordinates, parameters.own);
  }
  const int c = regression.coordinates;
  result.parameters = store(parameters);
  result.dimension = 2 * c;
  result.generators = c;
  result.closed_projection = true;
  result.observables = numbered("w", c);
  for (const auto& name : numbered("balance", c)) result.observables.push_back(name);
  result.observables.push_back("loss");
  add_truth_observables(result, parameters.own);
  result.initial = {std::vector<double>(2 * c, 0.0), std::vector<double>(2 * c, 1.0)};
  result.predictor = [c](const std::vector<double>& theta) {
    std::vector<double> w(c);
    for (int i = 0; i < c; ++i) w[i] = theta[i] * theta[c + i];
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
