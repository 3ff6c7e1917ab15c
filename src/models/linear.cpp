// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/linear.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
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

ModelDescription describe_linear(const Section& model, const DataSource& source) {
  ModelDescription result;
  const double decay = model.number("weight_decay", 0.0, non_negative()), l1 = model.number("l1", 0.0, non_negative());
  LinearParameters<Stored> parameters;
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
      source.section().fail("", "linear needs one target column, got " + std::to_string(data.outputs));
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
    // Langevin: exp(-L/T) is normal with covariance T (H + λ)⁻¹, so that w_i alone has the loss (w_i - w*_i)² / 2[(H +
    // λ)⁻¹]_ii.
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
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
  } else {
    const Section loss = model.section("loss");
    loss.choice("kind", {"quadratic"}, "quadratic");
    std::vector<double> target = loss.numbers("target", std::vector<double>{1.0});
    const double k = loss.number("stiffness", 1.0, finite());
    c = static_cast<int>(model.integer("coordinates", std::int64_t(target.size()), between(1, 512)));
    if (target.size() == 1) target.resize(c, target[0]);
    if (int(target.size()) != c) loss.fail("target", "expected " + std::to_string(c) + " numbers, one a coordinate");
    regression = {.coordinates = c, .stiffness = k, .weight_decay = decay, .target = target};
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto i = numbered_index(name, "w");
      if (!i || *i < 0 || *i >= c || !(k + decay > 0)) return {};
      Invariant w;
      w.quotient.loss = [=, t = target[*i]](double z) { return 0.5 * k * (z - t) * (z - t) + 0.5 * decay * z * z; };
      return w;
    };
  }
  parameters.l1 = l1;
  if (l1 > 0) result.invariant = ModelDescription().invariant;
  if (!has_regression_instance(source)) read_regression_truth(source, c, parameters.own);
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
