// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/attention.hpp"

#include <algorithm>
#include <cmath>

#include "models/attention_data.hpp"
#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_attention() {
  return {
      "one attention head: query, key and value matrices, outputs softmax((XQ)(XK)^T/sqrt(h)) X V",
      "L = 1/(2N) sum |f(X) - Y|^2 over sequences, + weight_decay/2 |theta|^2; V has m columns and is left out for m = "
      "0; "
      "q_j, k_j -> c_j q_j, k_j/c_j, V stays as it is, log v = 1/2 sum_j log(|q_j|^2 + |k_j|^2); or GL(h), log v = "
      "1/2 sum_ij log(mu_i + nu_j), mu, nu eigenvalues of Q^T Q, K^T K",
      {{"embedding", "e, 1 to 64 (default 4)"},
       {"head", "h, 1 to 64 (default 2)"},
       {"tokens", "tokens of a sequence, 1 to 64 (default 3); [data] has tokens × embedding features"},
       {"values",
        "m, columns of V, 0 to 64 (default 0: no V); [data] has tokens × m targets, without V tokens × embedding"},
       {"symmetry", "diagonal (default): rescaling of the columns q_j, k_j; or full: GL(h)"},
       {"weight_decay", "default 0"},
       {"initial_deviation", "standard deviation of all initial weights before the imbalance (default 1/sqrt(e))"},
       {"initial_gain",
        "[a, b]: the initial Q is multiplied by one number, a + b |N(0, 1)|, of each particle; default [1, 0]"},
       {"imbalance", "initial |q_j|/|k_j| is spread by exp(linspace(-imbalance, imbalance, h)) each way, default 0"},
       {"loss",
        "without [data] (and without V): { kind = \"quadratic\", singular_values = [1.0], stiffness = 1.0 } (of Q K^T, "
        "diagonal "
        "target), or { kind = \"strength_quadratic\", target = 1.0, stiffness = 1.0 }"}},
      {{"ratio1 ... ratioh", "|q_j|/|k_j| (not invariant)"},
       {"strength1 ... strengthh", "|q_j||k_j| (not invariant under GL(h))"},
       {"loss", "L"},
       {"imbalance1 ... imbalanceh", "|q_j|^2 - |k_j|^2, constant under gradient flow"},
       {"frobenius_ratio", "|Q|_F / |K|_F"},
       {"nuclear_ratio", "|Q|_* / |K|_*, sums of singular values"},
       {"log_volume", "1/2 sum_j log(|q_j|^2 + |k_j|^2)"},
       {"excess_log_volume",
        "the same above its least value on the orbit, 1/2 sum_j log 2 |q_j||k_j|; 0 where balanced"}}};
}

ModelDescription describe_attention(const Section& model, const DataSource& source) {
  return orbitwalk::describe_attention(model, source);
}

}  // namespace orbitwalk::catalog
