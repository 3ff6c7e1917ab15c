// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "orbitwalk/observables/result.hpp"

namespace orbitwalk {

/// Effective sample size for distribution functions, from B batches of independent particles (equal or nearly so):
///   n_eff = Σ_e F(e) (1 - F(e)) / Σ_e Var F̂(e),   Var F̂(e) = B/(B-1) Σ_b w_b² (F_b(e) - F(e))², w_b = n_b / n,
/// sums over the bin edges. For independent values it estimates their number; correlation in time inside a batch lowers
/// it without being modelled. Its own relative error is about sqrt(2 / (3 (B-1))) or less: neighbouring edges are
/// correlated, so more bins do not help, more batches do.
/// NaN when B < 8 (the variance is not known), a batch is empty, or all values fall between the same two edges.
/// SpecError when batches have different edges.
double effective_sample_size_from_batches(const std::vector<Histogram>& batches);

/// Summary of one superchain: chains of equal length that started from the same point.
struct Superchain {
  std::uint64_t chains = 0;               ///< M
  double mean = 0;                        ///< mean of the chain means
  double variance_of_chain_means = 0;     ///< over M - 1; 0 when M = 1
  double mean_within_variance = 0;        ///< mean over chains of the variance inside a chain (over N - 1; 0 when N = 1)
};

/// Nested R-hat of K superchains of M chains:  sqrt(1 + B / W),
///   B = 1/(K-1) Σ_k (mean_k - mean)²,   W = 1/K Σ_k (variance_of_chain_means_k + mean_within_variance_k).
/// In stationarity and with M independent chains it is about 1 + 1/(2M) at chains of length 1; it stays above while the
/// starting points are remembered. NaN for K < 2 or W = 0. Superchains of
/// different size count alike.
/// Source: Margossian et al., arXiv 2110.13017, section 2.
double nested_rhat(const std::vector<Superchain>& superchains);

}  // namespace orbitwalk
