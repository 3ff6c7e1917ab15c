// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "orbitwalk/result.hpp"

namespace orbitwalk {

/// Effective sample size for distribution functions, from B batches of independent particles (equal or nearly so):
///   n_eff = Σ_e F(e) (1 - F(e)) / Σ_e Var F̂(e),   Var F̂(e) = B/(B-1) Σ_b w_b² (F_b(e) - F(e))², w_b = n_b / n,
/// sums over the bin edges. For independent values it estimates their number; correlation in time inside a batch lowers
/// it without being modelled. Its own relative error is about sqrt(2 / (3 (B-1))) or less: neighbouring edges are
/// correlated, so more bins do not help, more batches do.
/// NaN when B < 8 (the variance is not known), a batch is empty, or all values fall between the same two edges.
/// SpecError when batches have different edges.
double effective_sample_size_from_batches(const std::vector<Histogram>& batches);

/// Whether a ratio of two estimates of one variance, the upper one with `freedom` degrees of freedom and the lower one
/// precise, is above what χ²_ν / ν exceeds with probability `level` (Wilson and Hilferty 1931). False for ν < 1.
bool beyond_chance(double ratio, double freedom, double level);

/// The effective sample size that p-values use, from that of the mean (precise: taken over particles) and that of the
/// distribution function (noisy: taken over B batches). The mean's, at most `count`, unless the batches contradict it:
/// n_mean / n_cdf above the 99 % point of χ²_ν / ν, ν = 2.5 (B - 1) (the Karhunen-Loève weights 1/k² of a Brownian
/// bridge give Var = 0.8 / (B - 1)); then the smaller one. Taking the smaller one always would make p-values too large,
/// by the noise of the batches. Under time correlation the mean is among the slowest functions, and p-values err on the
/// large side.
double combined_effective_sample_size(double count, double of_mean, double of_cdf, std::size_t batches);

/// p-value of "both halves of the observation times have the same law", from B batches of independent particles.
///   D_b = w_b (F_b,first - F_b,second),   statistic  max_e |Σ_b D_b(e)|   (its value for equal halves of unequal batches: drift KS)
/// The halves are correlated, being of the same particles, but in stationarity D_b is as likely as -D_b (exactly so for
/// a reversible process, else for batches large enough to be Gaussian) and batches are independent: flipping signs
/// gives the null law, whatever the correlation. All 2^(B-1) sign patterns for B <= 12, else 4095 drawn ones from a
/// fixed seed. Edges are thinned to about 64 of equal mass. The smallest p-value is 2^(1-B) or 1/4096. NaN for B < 8 or
/// where a half of a batch is empty. SpecError when the edges or the numbers of batches differ. Source: Fisher's
/// randomisation test; Lehmann and Romano, Testing Statistical Hypotheses, ch. 15.2.
double drift_p_value(const std::vector<Histogram>& first, const std::vector<Histogram>& second);

/// Summary of one superchain: chains of equal length that started from the same point.
struct Superchain {
  std::uint64_t chains = 0;            ///< M
  double mean = 0;                     ///< mean of the chain means
  double variance_of_chain_means = 0;  ///< over M - 1; 0 when M = 1
  /// mean over chains of the variance inside a chain (over N - 1; 0 when N = 1)
  double mean_within_variance = 0;
};

/// Nested R-hat of K superchains of M chains:  sqrt(1 + B / W),
///   B = 1/(K-1) Σ_k (mean_k - mean)²,   W = 1/K Σ_k (variance_of_chain_means_k + mean_within_variance_k).
/// In stationarity and with M independent chains it is about 1 + 1/(2M) at chains of length 1; it stays above while the
/// starting points are remembered. NaN for K < 2 or W = 0. Superchains of
/// different size count alike.
/// Source: Margossian et al., arXiv 2110.13017, section 2.
double nested_rhat(const std::vector<Superchain>& superchains);

/// The value that nested R-hat exceeds in stationarity with probability `level` at most:  sqrt(1 + q mean_k(1/M_k)), q the upper point of
/// χ²_{K-1} / (K-1) (Wilson and Hilferty's approximation): B is then at most σ²/M χ²_{K-1} / (K-1), W at least σ², σ² the
/// variance of a chain's mean. NaN for K < 2 or a superchain without a chain.
double nested_rhat_critical(const std::vector<Superchain>& superchains, double level);

/// Probability of each test of stationarity (drift, nested R-hat) to fail for a stationary sample.
inline constexpr double stationarity_level = 0.01;

}  // namespace orbitwalk
