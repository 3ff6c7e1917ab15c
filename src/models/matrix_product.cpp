// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/matrix_product.hpp"

#include <algorithm>
#include <cmath>

#include "geometry/spectra.hpp"
#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_matrix_product() {
  return {"product of two matrices, W = U V^T: matrix factorisation, or a two-layer linear network on data",
          "L = stiffness/2 |W - target|^2, or 1/(2N) sum |W x - y|^2; GL(r); "
          "log v = 1/2 sum_ij log(lambda_i + mu_j), eigenvalues of U^T U and V^T V; where these are equal "
          "1/2 sum log 2 sigma_i + sum_{i<j} log(sigma_i + sigma_j)",
          {{"rows, columns, rank", "m, n, r (defaults 3, 3, min(m, n))"},
           {"weight_decay", "default 0"},
           {"loss",
            "without [data]: { kind = \"quadratic\", stiffness = 1.0, singular_values = [1.0] } (diagonal target)"}},
          {{"sigma1 ...", "singular values of W, descending"}, {"nuclear", "their sum"}, {"loss", "L"}}};
}

ModelDescription describe_matrix_product(const Section& model, const DataSource& source) {
  ModelDescription result;
  const double decay = model.number("weight_decay", 0.0, non_negative());
  int m, n, r;
  if (source.given()) {
    if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
    const Dataset data = source.read([&](const Section& teacher) {
      return linear_teacher(teacher, static_cast<int>(model.integer("columns", 3, between(1, 64))),
                            static_cast<int>(model.integer("rows", 3, between(1, 64))));
    });
    m = static_cast<int>(model.integer("rows", std::int64_t(data.outputs), between(1, 64)));
    n = static_cast<int>(model.integer("columns", std::int64_t(data.features), between(1, 64)));
    if (m != int(data.outputs)) model.fail("rows", "the data has " + std::to_string(data.outputs) + " targets");
    if (n != int(data.features)) model.fail("columns", "the data has " + std::to_string(data.features) + " features");
    r = static_cast<int>(model.integer("rank", std::int64_t(std::min(m, n)), between(1, 64)));
    const std::size_t count = data.samples;
    const auto x = by_columns(data.x, count, n), y = by_columns(data.y, count, m);
    const LeastSquares squares(data);
    result.parameters = store(MatrixProductParameters<Stored>{.rows = m,
                                                              .columns = n,
                                                              .rank = r,
                                                              .samples = int(count),
                                                              .weight_decay = decay,
                                                              .constant = 0.5 * squares.constant,
                                                              .hessian = squares.hessian,
                                                              .cross = squares.cross,
                                                              .x = x,
                                                              .y = y});
    result.samples = count;
  } else {
    m = static_cast<int>(model.integer("rows", 3, between(1, 64)));
    n = static_cast<int>(model.integer("columns", 3, between(1, 64)));
    r = static_cast<int>(model.integer("rank", std::int64_t(std::min(m, n)), between(1, 64)));
    const Section loss = model.section("loss");
    loss.choice("kind", {"quadratic"}, "quadratic");
    const double k = loss.number("stiffness", 1.0, positive());
    const auto sigma = loss.numbers("singular_values", std::vector<double>{1.0}, non_negative());
    if (int(sigma.size()) > std::min(m, n)) loss.fail("singular_values", "more than min(rows, columns) numbers");
    std::vector<double> target(m * n, 0.0);
    for (std::size_t i = 0; i < sigma.size(); ++i) target[i * n + i] = sigma[i];
    result.parameters = store(MatrixProductParameters<Stored>{
        .rows = m, .columns = n, .rank = r, .stiffness = k, .weight_decay = decay, .target = target});
    // Without a target the loss is a sum over the singular values, k/2 Σ σ²; on UᵀU = VᵀV their law is a power measure
    // (theory.md section 2, singular values). A rank above min(m, n) makes the slice singular.
    const bool spectral =
        std::all_of(sigma.begin(), sigma.end(), [](double s) { return s == 0; }) && r <= std::min(m, n);
    result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
      const auto i = numbered_index(name, "sigma");
      if (!spectral || !(name == "nuclear" || (i && *i >= 0 && *i < r))) return {};
      Invariant s;
      s.statistic = name == "nuclear" ? Statistic::sum
                    : *i == 0         ? Statistic::maximum
                    : *i == r - 1     ? Statistic::minimum
                                      : Statistic::order;
      s.order = i ? *i + 1 : 1;
      s.quotient.symmetry = Symmetry::rescaling;
      s.quotient.coordinates = r;
      s.quotient.lower = 0;
      s.quotient.slices["moment_map"] = {0.5 * (m + n) - r - 1, r > 1 ? 1.0 : 0.0, 0};
      if (m == n) s.quotient.level_set = PowerMeasure{n - r - 0.5, r > 1 ? 1.0 : 0.0, 0};
      s.quotient.weight_decay = decay;
      s.quotient.decay_on_slice = [decay](double z) { return decay * z; };
      s.quotient.bessel_power = r == 1 ? 0.5 * (m + n) - 1 : std::nan("");
      s.quotient.bessel_order = r == 1 ? 0.5 * std::abs(m - n) : 0;
      s.quotient.loss = [k](double z) { return 0.5 * k * z * z; };
      return s;
    };
  }
  result.dimension = (m + n) * r;
  result.generators = r * r;
  result.observables = numbered("sigma", std::min({m, n, r}));
  result.observables.push_back("nuclear");
  result.observables.push_back("loss");
  result.initial = {std::vector<double>(result.dimension, 0.0),
                    std::vector<double>(result.dimension, 1 / std::sqrt(double(r)))};
  result.predictor = [=](const std::vector<double>& theta) {
    std::vector<double> w(m * n);
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) w[i * n + j] = dot(&theta[i * r], &theta[(m + j) * r], r);
    }
    return w;
  };
  result.log_orbit_volume = [=](const std::vector<double>& theta) {
    return half_log_det_sylvester(squared_singular_values(theta.data(), m, r),
                                  squared_singular_values(&theta[m * r], n, r), r);
  };
  return result;
}

}  // namespace orbitwalk::catalog
