// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <numbers>

#include "orbitwalk/models/deep_hadamard.hpp"
#include "orbitwalk/models/regression_instance.hpp"

namespace orbitwalk {

/// w = M (p∘q), M = D⁻¹ a fixed invertible c×c matrix, so that z = p∘q = D w: `hadamard` in other coordinates. The penalty that
/// the orbits put on z then falls on D w: total variation, or sparsity of the spectrum. θ = (p, q), rescaling p_i, q_i.
///
/// Maps: "identity"; "difference": z_1 = w_1, z_i = w_i - w_{i-1}, M the cumulative sum; "fourier": M the orthonormal real
/// Fourier basis, columns 1/√c, √(2/c) cos(2πkj/c), √(2/c) sin(2πkj/c) for k = 1, 2, … in this order, and (-1)^j/√c at last for
/// even c (j = 0..c-1 counts the weights), D = Mᵀ.
/// Loss: stiffness/2 |w - target|² or 1/(2N)|Xw - y|², + weight_decay/2 |θ|². Everything but the observables is
/// `deep_hadamard` with D = 2 in the coordinates z: H' = MᵀHM, b' = Mᵀb, X' = XM (change_coordinates); gradient
/// ∂p_i = q_i (H'z - b')_i + λ p_i. log v = 1/2 Σ log(p_i² + q_i²).
/// The data may be each particle's own (instance): X M is then made when it is drawn.
/// Laws of z_i where M is orthogonal and the loss quadratic: |w - target|² = |z - Mᵀ target|² is a sum over i.
template <class R, int Fixed = 0>
struct MappedHadamard {
  using Real = R;
  DeepHadamard<R> product;
  int samples;
  const R* map;  // M, row-major
  RegressionInstance<R> own;

  ORBITWALK_HD explicit MappedHadamard(const ModelView<R>& view)
      : product(view), samples(product.samples), map(view.arrays[Regression<R>::own_arrays]),
        own(view, product.coordinates, product.samples) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return product.parameters(); }
  ORBITWALK_HD int generators() const { return product.generators(); }
  ORBITWALK_HD int observables() const { return 3 * product.coordinates + 1 + own.observables(); }
  ORBITWALK_HD int scratch() const { return product.scratch(); }
  ORBITWALK_HD int instance() const { return own.lanes(); }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    own.draw(draw, theta + parameters(), scratch, map);
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    if (!own.drawn()) return product.loss(theta, scratch);
    product.weights(theta, scratch);
    return fma(dot(theta, theta, parameters()), broadcast<Lane>(R(0.5) * product.weight_decay), own.loss(theta + parameters(), scratch));
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    if (own.drawn()) return minibatch_gradient(theta, out, samples, EverySample<Lane>{R(1) / R(samples)}, scratch);
    product.gradient(theta, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const { product.generator(a, theta, out); }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return product.project_vertical(theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = product.coordinates;
    Lane *z = out, *w = out + c, *balance = out + 2 * c;
    out[3 * c] = loss(theta, scratch);
    for (int i = 0; i < c; ++i) {
      z[i] = theta[i] * theta[c + i];
      balance[i] = (theta[i] - theta[c + i]) * (theta[i] + theta[c + i]);
    }
    for (int i = 0; i < c; ++i) {
      w[i] = z[0] * map[i * c];
      for (int j = 1; j < c; ++j) w[i] = fma(broadcast<Lane>(map[i * c + j]), z[j], w[i]);
    }
    own.observe(theta + parameters(), w, out + 3 * c + 1);
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    if (!own.drawn()) return product.minibatch_gradient(theta, out, batch, draw, scratch);
    Lane *z = scratch, *slope = scratch + product.coordinates;
    product.weights(theta, z);
    own.slope(theta + parameters(), z, slope, draw);
    product.chain(theta, slope, out);
  }

  ORBITWALK_HD int constraints(Gauge gauge) const { return product.constraints(gauge); }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const { product.gauge(gauge, theta, out); }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    product.gauge_gradient(gauge, a, theta, out);
  }

  static ModelInfo info() {
    return {"elementwise product in other coordinates, w = M (p∘q): total variation, or sparse spectra, by parameterisation",
            "L(w) quadratic or least squares on data, + weight_decay/2 |theta|^2; rescaling p_i, q_i; "
            "log v = 1/2 sum log(p_i^2 + q_i^2)",
            {{"map", "identity, difference (default; z are the increments of w, M the cumulative sum) or fourier (z in the "
                     "orthonormal real Fourier basis: constant, then cosine and sine of each frequency)"},
             {"coordinates", "c, 1 to 512 (default: features of [data], else length of target)"},
             {"weight_decay", "lambda, default 0"},
             {"loss", "{ kind = \"quadratic\", target = [1.0], stiffness = 1.0 } (of w) unless [data] is given"}},
            with_truth_observables({{"z1 ... zc", "p_i q_i, the coefficients"},
                                    {"w1 ... wc", "weights M z"},
                                    {"balance1 ... balancec", "p_i^2 - q_i^2 (not invariant)"},
                                    {"loss", "L with weight decay"}})};
  }

  /// M, row-major.
  static std::vector<double> matrix(const std::string& map, int c) {
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

  static ModelDescription describe(const Section& model, const DataSource& source) {
    ModelDescription result;
    const std::string kind = model.choice("map", {"identity", "difference", "fourier"}, "difference");
    const bool orthogonal = kind != "difference";
    RegressionProblem problem;
    int c;
    std::vector<double> map;
    if (has_regression_instance(source)) {
      const double decay = model.number("weight_decay", 0.0, non_negative());
      c = read_regression_instance(model, source, result);
      map = matrix(kind, c);
      auto& [sizes, numbers, arrays] = result.parameters;
      sizes[0] = c, sizes[1] = int(result.samples), sizes[2] = 1, sizes[Regression<R>::own_sizes] = 2;
      numbers[1] = decay;
      arrays[Regression<R>::own_arrays] = map;
    } else {
      problem = read_regression(model, source, "mapped_hadamard");
      c = problem.count;
      map = matrix(kind, c);
      change_coordinates(problem, map, orthogonal);
      problem.parameters.sizes.push_back(2);
      problem.parameters.arrays.push_back(map);
      result.parameters = problem.parameters;
      result.samples = problem.samples;
      result.notes = problem.notes;
      read_regression_truth(source, c, result);
    }
    result.dimension = 2 * c;
    result.generators = c;
    result.closed_projection = true;
    result.observables = numbered("z", c);
    for (const auto& name : numbered("w", c)) result.observables.push_back(name);
    for (const auto& name : numbered("balance", c)) result.observables.push_back(name);
    result.observables.push_back("loss");
    add_truth_observables(result);
    result.initial = {std::vector<double>(2 * c, 0.0), std::vector<double>(2 * c, 1.0)};
    if (!source.given() && (orthogonal || c == 1)) {
      result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
        const auto i = numbered_index(name, "z");
        if (!i || *i < 0 || *i >= c) return {};
        return scalar_product_invariant(2, problem.decay, [k = problem.stiffness, t = problem.target[*i]](double z) {
          return 0.5 * k * (z - t) * (z - t);
        });
      };
    }
    result.predictor = [c, map](const std::vector<double>& theta) {
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

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(MappedHadamard<R>(view)); }
};

}  // namespace orbitwalk
