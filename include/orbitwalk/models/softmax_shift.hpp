// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/core/math.hpp"
#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/models/model.hpp"

namespace orbitwalk {

/// Softmax classifier without inputs: logits θ = z ∈ R^K, predictor p = softmax(z), L = -Σ t_k log p_k with Σ t_k = 1, under
/// z -> z + c·1. The negative control: every orbit is a straight line of the same length element, so there is no bias.
///
/// Gradient: ∂L/∂z_k = p_k - t_k. Generator: ξ = 1, |ξ| = √K, log v = 1/2 log K everywhere.
/// Laws: the shifts are isometries (though not compact), so the quotient laws of theory.md section 2 hold with a constant v:
/// the same for every β. On the plane Σ z = 0 the map to p_1..p_{K-1} has dp = K ∏ p_k dz, and exp(-L/T) = ∏ p_k^{t_k/T}, hence
/// p ~ Dirichlet(t/T) and p_k ~ Beta(t_k/T, (1 - t_k)/T). The mean of the logits diffuses freely with the vertical noise.
template <class R, int Fixed = 0>
struct SoftmaxShift {
  using Real = R;
  int classes;
  const R* target;

  ORBITWALK_HD explicit SoftmaxShift(const ModelView<R>& view) : classes(view.sizes[0]), target(view.arrays[0]) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return classes; }
  ORBITWALK_HD int generators() const { return 1; }
  ORBITWALK_HD int observables() const { return classes + 2; }
  ORBITWALK_HD int scratch() const { return classes; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    const Lane top = highest(theta);
    Lane result = log(weights(theta, top, scratch));  // log Σ exp(z) - Σ t z, both from the highest logit
    for (int k = 0; k < classes; ++k) result = fma(broadcast<Lane>(-target[k]), theta[k] - top, result);
    return result;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    probabilities(theta, out);
    for (int k = 0; k < classes; ++k) out[k] = out[k] - target[k];
  }

  template <class Lane>
  ORBITWALK_HD void generator(int, const Lane*, Lane* out) const {
    for (int k = 0; k < classes; ++k) out[k] = broadcast<Lane>(R(1));
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane*, const Lane* xi, Lane* out, Lane*) const {
    const Lane along = mean(xi);
    for (int k = 0; k < classes; ++k) out[k] = along;
    return broadcast<Lane>(R(1)) < broadcast<Lane>(R(0));  // no orbit is degenerate
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    probabilities(theta, out);
    out[classes] = mean(theta);
    out[classes + 1] = loss(theta, scratch);
  }

  static ModelInfo info() {
    return {"logits of a softmax under a common shift: the negative control, all orbits have the same volume",
            "p = softmax(z), L = -sum t_k log p_k; z -> z + c; log v = 1/2 log K, constant",
            {{"classes", "K, 2 to 64 (default: length of target, else 3)"},
             {"loss", "{ kind = \"cross_entropy\", target = [1.0, 1.0, 1.0] }: t, scaled to sum 1; one number for all classes alike"}},
            {{"p1 ... pK", "class probabilities; Beta(t_k/T, (1 - t_k)/T) for every noise"},
             {"mean", "mean logit, the coordinate along the orbit (not invariant)"},
             {"loss", "L"}}};
  }

  static ModelDescription describe(const Section& model, const DataSource&) {
    ModelDescription result;
    const Section loss = model.section("loss");
    loss.choice("kind", {"cross_entropy"}, "cross_entropy");
    std::vector<double> target = loss.numbers("target", std::vector<double>{1.0}, positive());
    const int n = static_cast<int>(model.integer("classes", target.size() > 1 ? std::int64_t(target.size()) : 3, between(2, 64)));
    if (target.size() == 1) target.resize(n, target[0]);
    if (int(target.size()) != n) loss.fail("target", "expected " + std::to_string(n) + " numbers, one a class");
    double sum = 0;
    for (double t : target) sum += t;
    if (!std::isfinite(sum)) loss.fail("target", "the sum of the numbers is not finite");
    for (double& t : target) t /= sum;
    result.parameters = {{n}, {}, {target}};
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

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(SoftmaxShift<R>(view)); }

 private:
  template <class Lane>
  ORBITWALK_HD Lane highest(const Lane* theta) const {
    Lane top = theta[0];
    for (int k = 1; k < classes; ++k) top = max(top, theta[k]);
    return top;
  }

  template <class Lane>
  ORBITWALK_HD Lane mean(const Lane* values) const {
    Lane sum = values[0];
    for (int k = 1; k < classes; ++k) sum = sum + values[k];
    return sum * (R(1) / R(classes));
  }

  // exp(z - top); returns their sum, which is at least 1.
  template <class Lane>
  ORBITWALK_HD Lane weights(const Lane* theta, Lane top, Lane* out) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int k = 0; k < classes; ++k) {
      out[k] = exp(theta[k] - top);
      sum = sum + out[k];
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void probabilities(const Lane* theta, Lane* out) const {
    const Lane share = broadcast<Lane>(R(1)) / weights(theta, highest(theta), out);
    for (int k = 0; k < classes; ++k) out[k] = out[k] * share;
  }
};

}  // namespace orbitwalk
