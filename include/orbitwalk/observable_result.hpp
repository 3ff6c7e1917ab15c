// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Results of a run for its observables, in the units of the spec. A number that does not exist is NaN.
namespace orbitwalk {

/// A histogram over fixed edges; values outside the range are counted, never dropped.
struct Histogram {
  std::vector<double> edges;          ///< bins + 1 increasing values
  std::vector<std::uint64_t> counts;  ///< bins
  std::uint64_t under = 0;            ///< values below edges.front()
  std::uint64_t over = 0;             ///< values at or above edges.back()
  std::uint64_t non_finite = 0;       ///< NaN or infinite observations of finite particles
  std::uint64_t total() const {
    std::uint64_t n = under + over;
    for (auto c : counts) n += c;
    return n;
  }
  bool operator==(const Histogram&) const = default;
};

/// Whether the law of a sample stays the same over the observation times.
enum class Stationarity {
  not_tested,  ///< there was no test, or none that could have failed
  no,          ///< a test failed, or nothing moves
  yes,         ///< tests that had the power to fail did not fail
};

/// Quantiles over the particles, in the units of the observable.
struct Quantiles {
  std::vector<double> levels, values;  ///< one value per level
  bool operator==(const Quantiles&) const = default;
};

/// The share of particles that have collapsed: |x| <= threshold at their last observation.
struct ShareAtZero {
  double threshold = 1e-6;      ///< in units of the observable
  double share = 0;             ///< of the particles that did not diverge
  std::uint64_t particles = 0;  ///< number of particles that did not diverge
  bool operator==(const ShareAtZero&) const = default;
};

/// Results of a run for one observable. Particles are independent, so every error is taken over particles, or over
/// batches of particles if these share a start that is not forgotten. This includes the autocorrelation in time, which
/// need not be estimated.
struct ObservableResult {
  std::string name;
  std::uint64_t count = 0;  ///< observed values (particles × times)
  double mean = 0;
  double standard_error = 0;           ///< of the mean: sqrt(variance / effective_sample_size_mean)
  double variance = 0;                 ///< of a single value; unbiased
  double variance_standard_error = 0;  ///< of the variance
  double minimum = 0, maximum = 0;
  /// that of the mean, or that of the distribution function if it is clearly smaller
  double effective_sample_size = 0;
  double effective_sample_size_mean = 0;  ///< variance / standard_error²
  /// from the spread of the empirical distribution function over particle batches
  double effective_sample_size_cdf = 0;
  double nested_rhat = 0;
  double nested_rhat_critical = 0;  ///< exceeded with probability 0.01 by a stationary sample; NaN: not tested
  double drift_ks = 0;              ///< KS distance between the first and the second half of the observation times
  double drift_p = 0;               ///< its p-value, from batches of particles; NaN: not tested
  Stationarity stationary = Stationarity::not_tested;
  std::string stationarity_reason;  ///< why `stationary` is not_tested or no; empty for yes
  /// share of the particles that diverged or blew up; the others are conditioned on survival
  double lost_share = 0;
  bool blown_up = false;               ///< a finite value is absurdly large (run/blow_up.hpp)
  std::optional<Quantiles> last;       ///< of the last observation, if it was kept
  std::optional<ShareAtZero> at_zero;  ///< for quantities that may collapse (run/at_zero.hpp)
  Histogram histogram;
  bool operator==(const ObservableResult&) const = default;
};

/// One observable at one time, over the particles that have not diverged and whose value is finite.
struct SeriesPoint {
  std::vector<double> quantiles;  ///< at the series' levels, linear between order statistics; empty without particles
  double mean = 0, standard_error = 0;  ///< NaN with fewer than two particles
  std::uint64_t count = 0;
  bool operator==(const SeriesPoint&) const = default;
};

/// The observables over time: [observe] series.
struct Series {
  std::vector<std::uint64_t> steps;  ///< increasing; 0 is the initial state
  bool logarithmic = true;
  std::vector<double> levels = {0.05, 0.25, 0.5, 0.75, 0.95};
  std::vector<std::string> names;
  std::vector<std::vector<SeriesPoint>> points;  ///< by observable, then by time
  bool operator==(const Series&) const = default;
};

}  // namespace orbitwalk
