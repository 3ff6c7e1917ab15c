// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/laws/law.hpp"
#include "orbitwalk/observables/result.hpp"

namespace orbitwalk {

// Distances between a sample, kept as a histogram, and a law or a second sample. Only the bin edges are known exactly, so
// distances of distribution functions are taken there. Non-finite values take no part. All throw SpecError on an empty
// or malformed histogram (edges not increasing, counts of another length).

/// The part of a histogram inside a window whose ends are bin edges (SpecError otherwise); nothing is left under or over.
Histogram restrict_to(const Histogram& histogram, const Window& window);

/// Kolmogorov-Smirnov distance sup_e |F_n(e) - F(e)| over all bin edges e; values under and over count. At most the
/// unbinned distance. A law conditioned on a window is compared with the histogram restricted to it.
double ks_distance(const Histogram& sample, const Law& law);

/// The same between two samples with identical edges (SpecError otherwise).
double ks_distance(const Histogram& a, const Histogram& b);

/// Probability that a sample of that many independent values is at least d away from its own law:
///   Q(λ) = 2 Σ_k (-1)^{k-1} exp(-2 k² λ²),  λ = d (√n + 0.12 + 0.11/√n)  (Stephens 1970, J. R. Stat. Soc. B 32).
/// Relative error below 1e-12 of the series in both tails. For two samples, n = n_a n_b / (n_a + n_b).
double ks_p_value(double d, double effective_sample_size);

/// The distance whose p-value is `significance`, in (0, 1).
double ks_critical(double significance, double effective_sample_size);

/// Wasserstein-1 distance ∫ |F_n - F| dx over the histogram's range, in units of the observable: values beyond the range
/// count as if they lay on its ends, in the sample and in the law. F_n is linear inside a bin: error O(width²).
double wasserstein1(const Histogram& sample, const Law& law);

/// Kullback-Leibler divergence Σ_c p_c log(p_c / q_c) of the sample p from the law q over the bins and the two tails,
/// natural units. q is floored at 1e-16 (its rounding), so that the value is finite. Under the law itself its mean is
/// about (occupied cells - 1) / (2 effective sample size), not 0.
double kl_divergence(const Histogram& sample, const Law& law);

}  // namespace orbitwalk
