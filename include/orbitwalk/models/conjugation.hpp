// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "orbitwalk/geometry/projection.hpp"
#include "orbitwalk/geometry/spectra.hpp"
#include "orbitwalk/models/dataset.hpp"
#include "orbitwalk/core/lane_algebra.hpp"
#include "orbitwalk/models/model.hpp"

namespace orbitwalk {

/// Symmetric A ∈ R^{n×n}, L(A) = Σ U(λ_i), U(λ) = stiffness/2 (λ - center)², under A -> Q A Qᵀ, Q ∈ O(n).
///
/// Coordinates θ ∈ R^{n(n+1)/2} are isometric for the Frobenius norm: the upper triangle row by row, A_ii as it is and
/// A_ij = θ/√2. Then ∇L = stiffness (A - center I) in coordinates, and white noise in θ is white in A.
/// Generators, one for each a < b: K A - A K, K = e_a e_bᵀ - e_b e_aᵀ. In the eigenbasis |ξ_ab| = √2 |λ_a - λ_b|, so
/// log v = Σ_{a<b} log √2 |λ_a - λ_b|; Lebesgue measure in λ is the same product. Projected noise therefore gives the
/// β-ensemble of index β²/α² (theory.md section 3).
template <class R, int Fixed = 0>
struct Conjugation {
  using Real = R;
  int size;
  R stiffness, center;

  ORBITWALK_HD explicit Conjugation(const ModelView<R>& view)
      : size(view.sizes[0]), stiffness(R(view.numbers[0])), center(R(view.numbers[1])) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return size * (size + 1) / 2; }
  ORBITWALK_HD int generators() const { return size * (size - 1) / 2; }
  ORBITWALK_HD int observables() const { return 4; }
  ORBITWALK_HD int scratch() const { return size * size + size + gram_scratch(generators(), parameters()); }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane*) const {
    Lane sum = broadcast<Lane>(R(0));
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) {
        const Lane e = i == j ? theta[at] - center : theta[at];
        sum = fma(e, e, sum);
      }
    }
    return sum * (R(0.5) * stiffness);
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) out[at] = (i == j ? theta[at] - center : theta[at]) * stiffness;
    }
  }

  template <class Lane>
  ORBITWALK_HD void generator(int index, const Lane* theta, Lane* out) const {
    int a = 0, b = 1 + index;
    for (; b >= size; ++a) b += a + 2 - size;
    for (int i = 0; i < parameters(); ++i) out[i] = broadcast<Lane>(R(0));
    // (KA)_aj = A_bj, (KA)_bj = -A_aj; with its transpose this is K A - A K.
    const R diagonal = R(0.7071067811865475244);  // A_ij = θ/√2 off the diagonal
    for (int j = 0; j < size; ++j) {
      if (j == a || j == b) continue;
      out[place(a, j)] = theta[place(b, j)];
      out[place(b, j)] = -theta[place(a, j)];
    }
    const Lane across = theta[place(a, b)] * (R(2) * diagonal);  // 2 A_ab
    out[place(a, a)] = across;
    out[place(b, b)] = -across;
    out[place(a, b)] = (theta[place(b, b)] - theta[place(a, a)]) * (R(2) * diagonal);  // √2 (A_bb - A_aa)
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane* scratch) const {
    return project_by_gram(*this, theta, xi, out, scratch);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[3] = loss(theta, scratch);
    Lane *a = scratch, *lambda = scratch + size * size;
    Lane trace = broadcast<Lane>(R(0));
    for (int i = 0, at = 0; i < size; ++i) {
      for (int j = i; j < size; ++j, ++at) {
        if (i == j) trace = trace + theta[at];
        const Lane entry = i == j ? theta[at] : theta[at] * R(0.7071067811865475244);
        a[i * size + j] = a[j * size + i] = entry;
      }
    }
    symmetric_eigenvalues(a, size, lambda);
    out[0] = lambda[0];
    out[1] = lambda[size - 1];
    out[2] = trace;
  }

  static ModelInfo info() {
    return {"symmetric matrix with a spectral loss, under conjugation by O(n): a tunable Dyson ensemble",
            "L = sum U(lambda_i); log v = sum_{i<j} log sqrt(2) |lambda_i - lambda_j|",
            {{"size", "n, 1 to 16 (default 4)"},
             {"loss", "{ kind = \"spectral_quadratic\", stiffness = 1.0, center = 0.0 }: U = stiffness/2 (lambda - center)^2"}},
            {{"lambda_min, lambda_max", "extreme eigenvalues"}, {"trace", "their sum"}, {"loss", "L"}}};
  }

  static ModelDescription describe(const Section& model, const DataSource&) {
    ModelDescription result;
    const int n = static_cast<int>(model.integer("size", 4, between(1, 16)));
    const Section loss = model.section("loss");
    loss.choice("kind", {"spectral_quadratic"}, "spectral_quadratic");
    const double k = loss.number("stiffness", 1.0, positive()), center = loss.number("center", 0.0, finite());
    result.parameters = {{n}, {k, center}, {}};
    result.dimension = n * (n + 1) / 2;
    result.generators = n * (n - 1) / 2;
    result.observables = {"lambda_min", "lambda_max", "trace", "loss"};
    result.initial = {std::vector<double>(result.dimension, 0.0),
                      std::vector<double>(result.dimension, 1 / std::sqrt(k))};
    for (int i = 0, at = 0; i < n; at += n - i, ++i) result.initial.mean[at] = center;
    result.predictor = [n](const std::vector<double>& theta) { return symmetric_spectrum(theta.data(), n); };
    result.log_orbit_volume = [n](const std::vector<double>& theta) {
      const auto lambda = symmetric_spectrum(theta.data(), n);
      double sum = 0;
      for (int a = 0; a < n; ++a) {
        for (int b = 0; b < a; ++b) sum += std::log(std::sqrt(2.0) * (lambda[a] - lambda[b]));
      }
      return sum;
    };
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      Invariant lambda;
      if (name == "lambda_min") lambda.statistic = Statistic::minimum;
      else if (name == "lambda_max") lambda.statistic = Statistic::maximum;
      else if (name == "trace") lambda.statistic = Statistic::sum;
      else return {};
      lambda.quotient.coordinates = n;
      lambda.quotient.lebesgue.difference = 1;
      lambda.quotient.orbit_volume.difference = 1;
      lambda.quotient.loss = [=](double z) { return 0.5 * k * (z - center) * (z - center); };
      return lambda;
    };
    return result;
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) { visit(Conjugation<R>(view)); }

 private:
  /// Coordinate of A_ij.
  ORBITWALK_HD int place(int i, int j) const {
    const int low = i < j ? i : j, high = i < j ? j : i;
    return low * size - low * (low - 1) / 2 + high - low;
  }
};

}  // namespace orbitwalk
