// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/geometry/gauge.hpp"
#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/models/model.hpp"
#include "orbitwalk/models/product_laws.hpp"
#include "orbitwalk/models/regression.hpp"

namespace orbitwalk {

/// w_g = a_g v_g, a_g ∈ R, v_g ∈ R^n, g = 1..G; θ = (a_1..a_G, v_1..v_G), under a_g -> a_g/c, v_g -> c v_g for each group. The
/// parameterisation behind the group lasso: weight decay on (a, v) is a penalty on s_g = |w_g| = |a_g||v_g|.
///
/// Loss: that of a linear regression in w ∈ R^{Gn} (models/regression.hpp), or kind "norm_quadratic": stiffness/2
/// Σ (s_g - target_g)², ∂L/∂w_g = stiffness (s_g - target_g) w_g/s_g; + weight_decay/2 |θ|².
/// Gradient: with u = ∂L/∂w: ∂a_g = v_g·u_g + λ a_g, ∂v_g = a_g u_g + λ v_g.
/// Generators ξ_g = (-a_g, v_g) are orthogonal, log v = 1/2 Σ log(a_g² + |v_g|²).
/// Gauges: moment_map (|v_g|² - a_g²)/2, its gradient is ξ_g; norm_difference |v_g| - |a_g|.
/// Laws of s_g where the loss depends on the norms only (norm_quadratic, or a quadratic loss with target 0): a rescaling of
/// factors in R and R^n (models/product_laws.hpp with m = 1).
template <class R, int Fixed = 0>
struct Groups {
  using Real = R;
  Regression<R> regression;
  int groups, size, samples;
  bool of_norms;
  R weight_decay;
  const R* norms;  // targets of the norms, where the loss is of these

  ORBITWALK_HD explicit Groups(const ModelView<R>& view)
      : regression(view), groups(view.sizes[Regression<R>::own_sizes]), size(view.sizes[Regression<R>::own_sizes + 1]),
        samples(view.sizes[1]), of_norms(view.sizes[Regression<R>::own_sizes + 2] != 0), weight_decay(R(view.numbers[1])),
        norms(view.arrays[Regression<R>::own_arrays]) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return groups * (size + 1); }
  ORBITWALK_HD int generators() const { return groups; }
  ORBITWALK_HD int observables() const { return groups * (size + 2) + 1; }
  ORBITWALK_HD int scratch() const { return 2 * groups * size; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane sum = dot(theta, theta, parameters()) * (R(0.5) * weight_decay);
    if (!of_norms) {
      weights(theta, scratch);
      return sum + regression.loss(scratch);
    }
    for (int g = 0; g < groups; ++g) {
      const Lane stretch = norm(theta, g) - norms[g];
      sum = fma(stretch * stretch, broadcast<Lane>(R(0.5) * regression.stiffness), sum);
    }
    return sum;
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + groups * size;
    weights(theta, w);
    if (of_norms) {
      for (int g = 0; g < groups; ++g) {
        const Lane s = norm(theta, g), pull = ratio_or_zero((s - norms[g]) * regression.stiffness, s);
        for (int i = 0; i < size; ++i) slope[g * size + i] = pull * w[g * size + i];
      }
    } else {
      regression.gradient(w, slope);
    }
    chain(theta, slope, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int g, const Lane* theta, Lane* out) const {
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[g] = -theta[g];
    for (int i = 0; i < size; ++i) out[second(g) + i] = theta[second(g) + i];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int g = 0; g < groups; ++g) {
      const Lane a = theta[g], *v = theta + second(g);
      const Lane square = fma(a, a, dot(v, v, size));
      const Lane along = ratio_or_zero(fma(-a, xi[g], dot(v, xi + second(g), size)), square);
      out[g] = -(along * a);
      for (int i = 0; i < size; ++i) out[second(g) + i] = along * v[i];
      degenerate = degenerate | (square <= zero);
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[observables() - 1] = loss(theta, scratch);
    weights(theta, out + groups);
    for (int g = 0; g < groups; ++g) {
      const Lane* v = theta + second(g);
      const Lane length = sqrt(dot(v, v, size)), a = abs(theta[g]);
      out[g] = a * length;
      out[groups * (size + 1) + g] = (length - a) * (length + a);
    }
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + groups * size;
    weights(theta, w);
    regression.minibatch_gradient(w, slope, batch, draw);
    chain(theta, slope, out);
  }

  ORBITWALK_HD int constraints(Gauge) const { return groups; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int g = 0; g < groups; ++g) {
      const Lane* v = theta + second(g);
      const Lane length = sqrt(dot(v, v, size)), a = abs(theta[g]);
      out[g] = gauge == Gauge::moment_map ? (length - a) * (length + a) * R(0.5) : length - a;
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int g, const Lane* theta, Lane* out) const {
    generator(g, theta, out);
    if (gauge == Gauge::moment_map) return;
    const Lane* v = theta + second(g);
    const Lane share = ratio_or_zero(broadcast<Lane>(R(1)), sqrt(dot(v, v, size)));
    out[g] = -copysign(broadcast<Lane>(R(1)), theta[g]);
    for (int i = 0; i < size; ++i) out[second(g) + i] = out[second(g) + i] * share;
  }

  static ModelInfo info() {
    return {"groups of weights with a common factor, w_g = a_g v_g: weight decay acts like the group lasso",
            "L(w) of the norms |w_g|, quadratic, or least squares on data, + weight_decay/2 |theta|^2; a_g, v_g -> a_g/c, c v_g; "
            "log v = 1/2 sum log(a_g^2 + |v_g|^2)",
            {{"groups", "G, 1 to 256 (default 2; features of [data] / size)"},
             {"size", "n, coordinates of a group, 1 to 256 (default 2); G n up to 512"},
             {"weight_decay", "lambda, default 0"},
             {"loss", "unless [data] is given: { kind = \"norm_quadratic\", target = [1.0], stiffness = 1.0 } (target of each "
                      "norm), or kind = \"quadratic\" (target of each weight)"}},
            {{"norm1 ... normG", "|a_g||v_g|"},
             {"w1 ... wc", "weights, group by group, c = G n"},
             {"balance1 ... balanceG", "|v_g|^2 - a_g^2 (not invariant)"},
             {"loss", "L with weight decay"}}};
  }

  static ModelDescription describe(const Section& model, const DataSource& source) {
    ModelDescription result;
    const int n = static_cast<int>(model.integer("size", 2, between(1, 256)));
    int count = 0;
    const auto weights_of = [&](int natural) {
      count = static_cast<int>(model.integer("groups", natural > 0 && natural % n == 0 ? natural / n : 2, between(1, 256)));
      if (count * n > 512) model.fail("groups", "groups × size is " + std::to_string(count * n) + ", at most 512 are supported");
      return count * n;
    };
    RegressionProblem problem;
    std::vector<double> norms;
    const bool of_norms = !source.given() && model.section("loss").choice("kind", {"norm_quadratic", "quadratic"},
                                                                         "norm_quadratic") == "norm_quadratic";
    if (of_norms) {
      const Section loss = model.section("loss");
      problem.decay = model.number("weight_decay", 0.0, non_negative());
      problem.stiffness = loss.number("stiffness", 1.0, positive());
      norms = loss.numbers("target", std::vector<double>{1.0});
      problem.count = weights_of(norms.size() > 1 ? int(norms.size()) * n : 0);
      if (norms.size() == 1) norms.resize(count, norms[0]);
      if (int(norms.size()) != count) loss.fail("target", "expected " + std::to_string(count) + " numbers, one a group");
      problem.parameters = {{problem.count, 0, 0}, {problem.stiffness, problem.decay, 0}, {{}, {}, {}, {}, {}}};
    } else {
      problem = read_regression(model, source, "groups", "groups", weights_of);
    }
    const int c = problem.count;
    problem.parameters.sizes.insert(problem.parameters.sizes.end(), {count, n, int(of_norms)});
    problem.parameters.arrays.push_back(norms);
    result.parameters = problem.parameters;
    result.samples = problem.samples;
    result.notes = problem.notes;
    result.dimension = count * (n + 1);
    result.generators = count;
    result.closed_projection = true;
    result.observables = numbered("norm", count);
    for (const auto& name : numbered("w", c)) result.observables.push_back(name);
    for (const auto& name : numbered("balance", count)) result.observables.push_back(name);
    result.observables.push_back("loss");
    result.initial = {std::vector<double>(result.dimension, 0.0), std::vector<double>(result.dimension, 1 / std::sqrt(double(n)))};
    for (int g = 0; g < count; ++g) result.initial.scale[g] = 1;
    if (!source.given()) {
      result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
        const auto g = numbered_index(name, "norm");
        if (!g || *g < 0 || *g >= count) return {};
        double target = of_norms ? norms[*g] : 0;
        for (int i = 0; i < n && !of_norms; ++i) {
          if (problem.target[*g * n + i] != 0) return {};  // the loss then depends on the direction of w_g
        }
        return norm_product_invariant(1, n, problem.decay, [k = problem.stiffness, target](double s) {
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

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(Groups<R>(view)); }

 private:
  ORBITWALK_HD int second(int g) const { return groups + g * size; }

  template <class Lane>
  ORBITWALK_HD Lane norm(const Lane* theta, int g) const {
    return abs(theta[g]) * sqrt(dot(theta + second(g), theta + second(g), size));
  }

  template <class Lane>
  ORBITWALK_HD void weights(const Lane* theta, Lane* w) const {
    for (int g = 0; g < groups; ++g) {
      for (int i = 0; i < size; ++i) w[g * size + i] = theta[g] * theta[second(g) + i];
    }
  }

  template <class Lane>
  ORBITWALK_HD void chain(const Lane* theta, const Lane* slope, Lane* out) const {
    for (int g = 0; g < groups; ++g) {
      const Lane *v = theta + second(g), *u = slope + g * size;
      out[g] = fma(theta[g], broadcast<Lane>(weight_decay), dot(v, u, size));
      for (int i = 0; i < size; ++i) out[second(g) + i] = fma(theta[g], u[i], v[i] * weight_decay);
    }
  }
};

}  // namespace orbitwalk
