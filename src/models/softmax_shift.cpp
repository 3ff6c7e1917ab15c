// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/softmax_shift.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_softmax_shift() {
  return {"logits of a softmax under a common shift: the negative control, all orbits have the same volume",
          "p = softmax(z), L = -sum t_k log p_k; z -> z + c; log v = 1/2 log K, constant",
          {{"classes", "K, 2 to 64 (default: length of target, else 3)"},
           {"loss",
            "{ kind = \"cross_entropy\", target = [1.0, 1.0, 1.0] }: t, scaled to sum 1; one number for all classes "
            "alike"}},
          {{"p1 ... pK", "class probabilities; Beta(t_k/T, (1 - t_k)/T) for every noise"},
           {"mean", "mean logit, the coordinate along the orbit (not invariant)"},
           {"loss", "L"}}};
}

ModelDescription describe_softmax_shift(const Section& model, const DataSource&) {
  ModelDescription result;
  const Section loss = model.section("loss");
  loss.choice("kind", {"cross_entropy"}, "cross_entropy");
  std::vector<double> target = loss.numbers("target", std::vector<double>{1.0}, positive());
  const int n =
      static_cast<int>(model.integer("classes", target.size() > 1 ? std::int64_t(target.size()) : 3, between(2, 64)));
  if (target.size() == 1) target.resize(n, target[0]);
  if (int(target.size()) != n) loss.fail("target", "expected " + std::to_string(n) + " numbers, one a class");
  double sum = 0;
  for (double t : target) sum += t;
  if (!std::isfinite(sum)) loss.fail("target", "the sum of the numbers is not finite");
  for (double& t : target) t /= sum;
  result.parameters = store(SoftmaxShiftParameters<Stored>{.classes = n, .target = target});
  result.dimension = n;
  result.generators = 1;
  result.closed_projection = true;
  result.observables = numbered("p", n);
  result.observables.push_back("mean");
  result.observables.push_back("loss");
  result.initial = {std::vector<double>(n, 0.0), std::vector<double>(n, 0.5)};
  for (int k = 0; k < n; ++k) result.initial.mean[k] = std::log(n * target[k]);
  result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
    const auto k = numbered_index(name, "p");
    if (!k || *k < 0 || *k >= n) return {};
    Invariant p;
    p.quotient.lower = 0;
    p.quotient.upper = 1;
    p.quotient.log_lebesgue = [](double x) { return -std::log(x) - std::log1p(-x); };
    p.quotient.loss = [t = target[*k]](double x) { return -t * std::log(x) - (1 - t) * std::log1p(-x); };
    return p;
  };
  result.predictor = [](const std::vector<double>& z) {
    double top = z[0], total = 0;
    for (double value : z) top = value > top ? value : top;
    std::vector<double> p;
    for (double value : z) p.push_back(std::exp(value - top)), total += p.back();
    for (double& value : p) value /= total;
    return p;
  };
  result.log_orbit_volume = [n](const std::vector<double>&) { return 0.5 * std::log(double(n)); };
  return result;
}

}  // namespace orbitwalk::catalog
