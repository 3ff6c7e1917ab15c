// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compare/sample.hpp"
#include "laws/law.hpp"

namespace orbitwalk {

// Distances between a sample, known by the shares of its bins, and a law or a second sample. Only the bin edges are
// known exactly, so distances of distribution functions are taken there. A Histogram converts to a Distribution, with a
// SpecError where it is empty or malformed.

/// Kolmogorov-Smirnov distance sup_e |F_n(e) - F(e)| over all bin edges e; values under and over count. At most the
/// unbinned distance. A law conditioned on a window is compared with the sample restricted to it.
double ks_distance(const Distribution& sample, const Law& law);

/// The same between two samples with identical edges (SpecError otherwise).
double ks_distance(const Distribution& a, const Distribution& b);

/// Probability that a sample of that many independent values is at least d away from its own law:
///   Q(λ) = 2 Σ_k (-1)^{k-1} exp(-2 k² λ²),  λ = d (√n + 0.12 + 0.11/√n)  (Stephens 1970, J. R. Stat. Soc. B 32).
/// Relative error below 1e-12 of the series in both tails. For two samples, n = n_a n_b / (n_a + n_b).
double ks_p_value(double d, double effective_sample_size);

/// The distance whose p-value is `significance`, in (0, 1).
double ks_critical(double significance, double effective_sample_size);

/// Wasserstein-1 distance ∫ |F_n - F| dx over the histogram's range, in units of the observable: values beyond the
/// range count as if they lay on its ends, in the sample and in the law. F_n is linear inside a bin: error O(width²).
double wasserstein1(const Distribution& sample, const Law& law);

/// Kullback-Leibler divergence Σ_c p_c log(p_c / q_c) of the sample p from the law q over the bins and the two tails,
/// natural units; cells of no or (extrapolated) negative share are left out. q is floored at 1e-16 (its rounding), so
/// that the value is finite. Under the law itself its mean is about (occupied cells - 1) / (2 effective sample size),
/// not 0.
double kl_divergence(const Distribution& sample, const Law& law);

}  // namespace orbitwalk
