// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/completion.hpp"

#include <algorithm>
#include <cmath>

#include "geometry/spectra.hpp"
#include "models/catalog.hpp"
#include "models/completion_data.hpp"

namespace orbitwalk::catalog {

ModelInfo info_completion() {
  return {
      "matrix completion by a product of two matrices, W = P Q, from some of the entries of a matrix",
      "a step keeps each observed entry with probability `keep`: loss = sum of kept (W - M)^2 / (n m), L its mean; "
      "rescaling "
      "of column P_j and row Q_j; log v = 1/2 sum_j log(|P_j|^2 + |Q_j|^2)",
      {{"rows, columns", "n, m, 1 to 64 (default: those of the file of [data], else 20 with an instance, 3 without)"},
       {"rank", "r, 1 to 64 (default min(n, m))"},
       {"keep", "probability, default 0.5"},
       {"values", "singular values shown (default min(n, m, r, 5))"},
       {"initial_deviation", "of the entries of P and of Q (default [0.11, 0.1])"},
       {"loss",
        "without [data]: { kind = \"quadratic\", singular_values = [1.0] } (diagonal M, all entries observed)"}},
      {{"sigma1 ...", "largest singular values of W, descending"},
       {"ratio1 ... ratior", "|P_j|/|Q_j|"},
       {"log_volume", "log v"},
       {"half_log_det", "that of all GL(r): 1/2 sum_ij log(lambda_i + mu_j), eigenvalues of P^T P and Q Q^T"},
       {"nuclear", "sum of all singular values"},
       {"error", "mean squared error of the entries not observed (of all, where all are)"},
       {"unseen_square", "in place of error where the entries not observed are unknown: the mean of their W^2"},
       {"loss", "L"}}};
}

ModelDescription describe_completion(const Section& model, const DataSource& source) {
  ModelDescription result = orbitwalk::describe_completion(model, source);
  const int n = result.parameters.sizes[0], m = result.parameters.sizes[1], r = result.parameters.sizes[2];
  result.dimension = r * (n + m);
  result.generators = r;
  result.closed_projection = true;
  result.observables = numbered("sigma", result.parameters.sizes[3]);
  for (const auto& name : numbered("ratio", r)) result.observables.push_back(name);
  const bool truth_is_whole = result.parameters.sizes[7] == 0;  // else M counts as 0 where it is not observed
  for (const char* name : {"log_volume", "half_log_det", "nuclear", truth_is_whole ? "error" : "unseen_square", "loss"})
    result.observables.push_back(name);
  if (!truth_is_whole) {
    result.absent.push_back({"error",
                             "is measured on the entries that are not observed, and their values are not known; give "
                             "the whole matrix in [data] truth, or observe "
                             "unseen_square, loss, nuclear or sigma1 instead"});
  }
  result.predictor = [=](const std::vector<double>& theta) {
    std::vector<double> w(std::size_t(n) * m, 0.0);
    for (int j = 0; j < r; ++j) {
      for (int i = 0; i < n; ++i) {
        for (int k = 0; k < m; ++k) w[i * m + k] += theta[j * n + i] * theta[r * n + j * m + k];
      }
    }
    return w;
  };
  result.log_orbit_volume = [=](const std::vector<double>& theta) {
    return VectorPairs<double>{n, r, m}.log_orbit_volume(theta.data());
  };
  return result;
}

}  // namespace orbitwalk::catalog
