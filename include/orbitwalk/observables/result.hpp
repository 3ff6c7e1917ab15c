// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orbitwalk {

/// A histogram over fixed edges; values outside are counted, never dropped.
struct Histogram {
  std::vector<double> edges;           ///< bins + 1 increasing values
  std::vector<std::uint64_t> counts;   ///< bins
  std::uint64_t under = 0;             ///< values below edges.front()
  std::uint64_t over = 0;              ///< values at or above edges.back()
  std::uint64_t non_finite = 0;        ///< NaN or infinite observations of finite particles
  std::uint64_t total() const {
    std::uint64_t n = under + over;
    for (auto c : counts) n += c;
    return n;
  }
};

/// What a run says about one observable. Particles are independent, so every error is taken over particles: the
/// autocorrelation in time is in it without being estimated.
struct ObservableResult {
  std::string name;
  std::uint64_t count = 0;               ///< observed values (particles × times)
  double mean = 0;
  double standard_error = 0;             ///< of the mean
  double variance = 0;                   ///< of a single value
  double variance_standard_error = 0;    ///< of the variance
  double minimum = 0, maximum = 0;
  double effective_sample_size = 0;      ///< the mean's, or the distribution function's where that is clearly smaller
  double effective_sample_size_mean = 0; ///< variance / standard_error²
  double effective_sample_size_cdf = 0;  ///< from the spread of the empirical distribution function over particle batches
  double nested_rhat = 0;
  double nested_rhat_critical = 0;       ///< exceeded with probability 0.01 by a stationary sample; NaN: not tested
  double drift_ks = 0;                   ///< KS distance between the first and the second half of the observation times
  double drift_p = 0;                    ///< its p-value from batches of particles; NaN: not tested
  bool stationary = true;                ///< no test says otherwise: drift_p >= 0.01, nested_rhat <= nested_rhat_critical
  Histogram histogram;
};

}  // namespace orbitwalk
