// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/groups.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"
#include "models/product_laws.hpp"
#include "models/regression.hpp"

namespace orbitwalk::catalog {

ModelInfo info_groups() {
  return {"groups of weights with a common factor, w_g = a_g v_g: weight decay acts like the group lasso",
          "L(w) of the norms |w_g|, quadratic, or least squares on data, + weight_decay/2 |theta|^2; a_g, v_g -> "
          "a_g/c, c v_g; "
          "log v = 1/2 sum log(a_g^2 + |v_g|^2)",
          {{"groups", "G, 1 to 256 (default 2; features of [data] / size)"},
           {"size", "n, coordinates of a group, 1 to 256 (default 2); G n up to 512"},
           {"weight_decay", "lambda, default 0"},
           {"loss",
            "unless [data] is given: { kind = \"norm_quadratic\", target = [1.0], stiffness = 1.0 } (target of each "
            "norm), or kind = \"quadratic\" (target of each weight)"}},
          {{"norm1 ... normG", "|a_g||v_g|"},
           {"w1 ... wc", "weights, group by group, c = G n"},
           {"balance1 ... balanceG", "|v_g|^2 - a_g^2 (not invariant)"},
           {"loss", "L with weight decay"}}};
}

ModelDescription describe_groups(const Section& model, const DataSource& source) {
  ModelDescription result;
  const int n = static_cast<int>(model.integer("size", 2, between(1, 256)));
  int count = 0;
  const auto weights_of = [&](int natural) {
    count =
        static_cast<int>(model.integer("groups", natural > 0 && natural % n == 0 ? natural / n : 2, between(1, 256)));
    if (count * n > 512)
      model.fail("groups", "groups × size is " + std::to_string(count * n) + ", at most 512 are supported");
    return count * n;
  };
  RegressionProblem problem;
  RegressionParameters<Stored>& regression = problem.parameters;
  std::vector<double> norms;
  const bool of_norms = !source.given() && model.section("loss").choice("kind", {"norm_quadratic", "quadratic"},
                                                                        "norm_quadratic") == "norm_quadratic";
  if (of_norms) {
    const Section loss = model.section("loss");
    regression.weight_decay = model.number("weight_decay", 0.0, non_negative());
    regression.stiffness = loss.number("stiffness", 1.0, positive());
    norms = loss.numbers("target", std::vector<double>{1.0});
    regression.coordinates = weights_of(norms.size() > 1 ? int(norms.size()) * n : 0);
    if (norms.size() == 1) norms.resize(count, norms[0]);
    if (int(norms.size()) != count) loss.fail("target", "expected " + std::to_string(count) + " numbers, one a group");
  } else {
    problem = read_regression(model, source, "groups", "groups", weights_of);
  }
  const int c = regression.coordinates;
  result.parameters = store(GroupsParameters<Stored>{
      .regression = regression, .groups = count, .size = n, .of_norms = of_norms, .norms = norms});
  result.samples = std::uint64_t(regression.samples);
  result.notes = problem.notes;
  result.dimension = count * (n + 1);
  result.generators = count;
  result.closed_projection = true;
  result.observables = numbered("norm", count);
  for (const auto& name : numbered("w", c)) result.observables.push_back(name);
  for (const auto& name : numbered("balance", count)) result.observables.push_back(name);
  result.observables.push_back("loss");
  result.initial = {std::vector<double>(result.dimension, 0.0),
                    std::vector<double>(result.dimension, 1 / std::sqrt(double(n)))};
  for (int g = 0; g < count; ++g) result.initial.scale[g] = 1;
  if (!source.given()) {
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto g = numbered_index(name, "norm");
      if (!g || *g < 0 || *g >= count) return {};
      double target = of_norms ? norms[*g] : 0;
      for (int i = 0; i < n && !of_norms; ++i) {
        if (regression.target[*g * n + i] != 0) return {};  // the loss then depends on the direction of w_g
      }
      return norm_product_invariant(1, n, regression.weight_decay, [k = regression.stiffness, target](double s) {
        return 0.5 * k * (s - target) * (s - target);
      });
    };
  }
  result.predictor = [count, n](const std::vector<double>& theta) {
    std::vector<double> w(theta.begin() + count, theta.end());
    for (int i = 0; i < count * n; ++i) w[i] *= theta[i / n];
    return w;
  };
  result.log_orbit_volume = [count, n](const std::vector<double>& theta) {
    double sum = 0;
    for (int g = 0; g < count; ++g) {
      double square = theta[g] * theta[g];
      for (int i = 0; i < n; ++i) square += theta[count + g * n + i] * theta[count + g * n + i];
      sum += 0.5 * std::log(square);
    }
    return sum;
  };
  return result;
}

}  // namespace orbitwalk::catalog
