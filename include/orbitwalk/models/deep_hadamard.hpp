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

/// w = u_1∘…∘u_D in R^c, θ = (u_1, …, u_D) ∈ R^{Dc}, under u_a -> s u_a, u_{a+1} -> u_{a+1}/s for each coordinate and each
/// pair of neighbours (D = 2 is `hadamard`).
///
/// Loss: that of a linear regression in w (models/regression.hpp) + weight_decay/2 |θ|². Gradient of a coordinate:
/// ∂u_a = n_a ∂L/∂w + λ u_a with n_a = ∏_{b≠a} u_b, so n = ∂w/∂u spans the horizontal line and P_V ξ = ξ - n <n,ξ>/|n|².
/// Generators ξ_a = (…, u_a, -u_{a+1}, …), a = 1..D-1 (index i (D-1) + a - 1 for coordinate i). With squares s_a = u_a² their
/// Gram matrix is tridiagonal, s_a + s_{a+1} and -s_{a+1} beside it, and its determinant Σ_a ∏_{b≠a} s_b = |n|² (the
/// recursion d_k = (s_k + s_{k+1}) d_{k-1} - s_k² d_{k-2}). So log v = 1/2 Σ_i log Σ_a ∏_{b≠a} u_{bi}², everywhere; where
/// balanced Σ_i (D-1)/D log|w_i| up to a constant.
/// Gauges: moment_map (u_a² - u_{a+1}²)/2, whose gradients are the generators; norm_difference |u_a| - |u_{a+1}|.
/// Projected noise: Q = u_a² - u_b² has no noise and d/dt Q = -2α² Q w²/(u_a² u_b² |n|²) for β = 0, λ = 0, which is
/// -2α² Q/ρ² for D = 2. Laws on the slices: models/product_laws.hpp.
/// Where two or more factors of a coordinate are zero, the orbit is smaller: flagged, and P_V keeps the other factors.
template <class R, int Fixed = 0>
struct DeepHadamard {
  using Real = R;
  Regression<R> regression;
  int coordinates, depth, samples;
  R weight_decay;

  ORBITWALK_HD explicit DeepHadamard(const ModelView<R>& view)
      : regression(view), coordinates(view.sizes[0]), depth(view.sizes[Regression<R>::own_sizes]), samples(view.sizes[1]),
        weight_decay(R(view.numbers[1])) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return depth * coordinates; }
  ORBITWALK_HD int generators() const { return (depth - 1) * coordinates; }
  ORBITWALK_HD int observables() const { return 2 * coordinates + 1; }
  ORBITWALK_HD int scratch() const { return 2 * coordinates; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    weights(theta, scratch);
    return fma(dot(theta, theta, parameters()), broadcast<Lane>(R(0.5) * weight_decay), regression.loss(scratch));
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + coordinates;
    weights(theta, w);
    regression.gradient(w, slope);
    chain(theta, slope, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    const int at = first(index), next = at + coordinates;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[at] = theta[at];
    out[next] = -theta[next];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane zero = broadcast<Lane>(R(0));
    MaskOf<Lane> degenerate = broadcast<Lane>(R(1)) < zero;
    for (int i = 0; i < coordinates; ++i) {
      cofactors(theta, i, out);
      Lane square = zero, along = zero;
      for (int at = i; at < parameters(); at += coordinates) {
        square = fma(out[at], out[at], square);
        along = fma(out[at], xi[at], along);
      }
      along = ratio_or_zero(along, square);
      const auto flat = square <= zero;
      for (int at = i; at < parameters(); at += coordinates) {
        const Lane rest = fma(-along, out[at], xi[at]);
        out[at] = select(flat & (abs(theta[at]) <= zero), zero, rest);
      }
      degenerate = degenerate | flat;
    }
    return degenerate;
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    const int c = coordinates;
    out[2 * c] = loss(theta, scratch);
    for (int i = 0; i < c; ++i) {
      Lane low = theta[i] * theta[i], high = low;
      for (int at = i + c; at < parameters(); at += c) {
        const Lane square = theta[at] * theta[at];
        low = min(low, square);
        high = max(high, square);
      }
      out[i] = scratch[i];
      out[c + i] = high - low;
    }
  }

  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int batch, Draw&& draw, Lane* scratch) const {
    Lane *w = scratch, *slope = scratch + coordinates;
    weights(theta, w);
    regression.minibatch_gradient(w, slope, batch, draw);
    chain(theta, slope, out);
  }

  /// w.
  template <class Lane>
  ORBITWALK_HD void weights(const Lane* theta, Lane* w) const {
    for (int i = 0; i < coordinates; ++i) {
      w[i] = theta[i];
      for (int at = i + coordinates; at < parameters(); at += coordinates) w[i] = w[i] * theta[at];
    }
  }

  /// out = ∂L/∂θ from slope = ∂L/∂w, with what weight decay adds.
  template <class Lane>
  ORBITWALK_HD void chain(const Lane* theta, const Lane* slope, Lane* out) const {
    if (const int c = coordinates; depth == 2) {  // the same bits with less to do
      for (int i = 0; i < c; ++i) pull_back_product(theta[i], theta[c + i], slope[i], weight_decay, out[i], out[c + i]);
      return;
    }
    for (int i = 0; i < coordinates; ++i) {
      cofactors(theta, i, out);
      for (int at = i; at < parameters(); at += coordinates) out[at] = fma(out[at], slope[i], theta[at] * weight_decay);
    }
  }

  ORBITWALK_HD int constraints(Gauge) const { return generators(); }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    for (int a = 0; a < generators(); ++a) {
      const Lane u = theta[first(a)], next = theta[first(a) + coordinates];
      out[a] = gauge == Gauge::moment_map ? (u - next) * (u + next) * R(0.5) : abs(u) - abs(next);
    }
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    if (gauge == Gauge::moment_map) return generator(a, theta, out);
    const int at = first(a), next = at + coordinates;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    out[at] = copysign(broadcast<Lane>(R(1)), theta[at]);
    out[next] = -copysign(broadcast<Lane>(R(1)), theta[next]);
  }

  static ModelInfo info() {
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

  static ModelDescription describe(const Section& model, const DataSource& source) {
    ModelDescription result;
    const int depth = static_cast<int>(model.integer("depth", 3, between(2, 16)));
    RegressionProblem problem = read_regression(model, source, "deep_hadamard");
    const int c = problem.count;
    problem.parameters.sizes.push_back(depth);
    result.parameters = problem.parameters;
    result.samples = problem.samples;
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
        return scalar_product_invariant(depth, problem.decay, [k = problem.stiffness, t = problem.target[*i]](double z) {
          return 0.5 * k * (z - t) * (z - t);
        });
      };
    }
    if (source.given() && c == 1) {
      const auto& arrays = problem.parameters.arrays;
      result.invariant = [depth, decay = problem.decay, h = arrays[1][0], b = arrays[2][0], rest = problem.parameters.numbers[2],
                          sampled = sampled_slope(arrays[3], arrays[4], [depth](double w) {
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

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(DeepHadamard<R>(view)); }

 private:
  /// Place of the factor u_a that generator `index` stretches; the one that it shrinks lies `coordinates` further.
  ORBITWALK_HD int first(int index) const { return index % (depth - 1) * coordinates + index / (depth - 1); }

  // n_a = ∏_{b≠a} u_b of coordinate i, in the places of u_a.
  template <class Lane>
  ORBITWALK_HD void cofactors(const Lane* theta, int i, Lane* out) const {
    Lane before = broadcast<Lane>(R(1)), after = before;
    for (int at = i; at < parameters(); at += coordinates) {
      out[at] = before;
      before = before * theta[at];
    }
    for (int at = parameters() - coordinates + i; at >= 0; at -= coordinates) {
      out[at] = out[at] * after;
      after = after * theta[at];
    }
  }
};

}  // namespace orbitwalk
