// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/hadamard.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
#include "models/product_laws.hpp"
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

ModelDescription describe_hadamard(const Section& model, const DataSource& source) {
  ModelDescription result;
  const double decay = model.number("weight_decay", 0.0, non_negative());
  HadamardParameters<Stored> parameters;
  RegressionParameters<Stored>& regression = parameters.regression;
  int c = 0;
  if (has_regression_instance(source)) {
    c = read_regression_instance(model, source, result, parameters.own);
    regression = {.coordinates = c, .samples = int(result.samples), .dense = true, .weight_decay = decay};
  } else if (source.given()) {
    if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
    const Dataset data = source.read([&](const Section& teacher) {
      return linear_teacher(teacher, static_cast<int>(model.integer("coordinates", 3, between(1, 512))), 1);
    });
    if (data.outputs != 1)
      source.section().fail("", "hadamard needs one target column, got " + std::to_string(data.outputs));
    c = static_cast<int>(model.integer("coordinates", std::int64_t(data.features), between(1, 512)));
    if (c != int(data.features))
      model.fail("coordinates", "the data has " + std::to_string(data.features) + " features");
    const LeastSquares squares(data);
    regression = {.coordinates = c,
                  .samples = int(data.samples),
                  .dense = true,
                  .weight_decay = decay,
                  .constant = 0.5 * squares.constant,
                  .hessian = squares.hessian,
                  .cross = squares.cross,
                  .x = by_columns(data.x, data.samples, c),
                  .y = data.y};
    result.samples = data.samples;
    const auto free = ridge_solution(squares, c, decay);
    if (c == 1) {
      result.invariant = [decay, h = squares.hessian[0], b = squares.cross[0], rest = 0.5 * squares.constant,
                          sampled = sampled_slope(data.x, data.y, [](double w) { return 2 * std::abs(w); })](
                             const std::string& name) -> std::optional<Invariant> {
        if (name != "w1") return {};
        Invariant w = scalar_product_invariant(2, decay, [=](double z) { return (0.5 * h * z - b) * z + rest; });
        w.quotient.lower = 0;  // balanced factors of equal signs; SGD does not change the signs
        w.quotient.sampled = sampled;
        return w;
      };
    }
    for (int j = 0; j < c; ++j) {
      result.notes.push_back("w" + std::to_string(j + 1) + " is " + data.feature_names[j] +
                             "; free weights with the same weight decay: " + std::to_string(free[j]));
    }
  } else {
    const Section loss = model.section("loss");
    loss.choice("kind", {"quadratic"}, "quadratic");
    std::vector<double> target = loss.numbers("target", std::vector<double>{1.0});
    const double k = loss.number("stiffness", 1.0, positive());
    c = static_cast<int>(model.integer("coordinates", std::int64_t(target.size()), between(1, 512)));
    if (target.size() == 1) target.resize(c, target[0]);
    if (int(target.size()) != c) loss.fail("target", "expected " + std::to_string(c) + " numbers, one a coordinate");
    regression = {.coordinates = c, .stiffness = k, .weight_decay = decay, .target = target};
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto i = numbered_index(name, "w");
      if (!i || *i < 0 || *i >= c) return {};
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
  if (!has_regression_instance(source)) read_regression_truth(source, c, parameters.own);
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
