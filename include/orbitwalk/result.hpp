// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a finished run says, as plain data. Observables are in the units of the spec; times are counted in steps; errors are
// standard errors over independent particles. A number that does not exist is NaN.
namespace orbitwalk {

/// A histogram over fixed edges; values outside are counted, never dropped.
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
};

/// What a sample says about its own law: whether it stays the same over the observation times.
enum class Stationarity {
  not_tested,  ///< nothing was tested, or nothing that could have failed
  no,          ///< a test failed, or nothing moves
  yes,         ///< tests that had the power to fail did not
};

/// What a run says about one observable. Particles are independent, so every error is taken over particles, or over
/// batches of particles where these share a start that is not forgotten: the autocorrelation in time is in it without
/// being estimated.
struct ObservableResult {
  std::string name;
  std::uint64_t count = 0;  ///< observed values (particles × times)
  double mean = 0;
  double standard_error = 0;           ///< of the mean: sqrt(variance / effective_sample_size_mean)
  double variance = 0;                 ///< of a single value; unbiased
  double variance_standard_error = 0;  ///< of the variance
  double minimum = 0, maximum = 0;
  double effective_sample_size = 0;       ///< the mean's, or the distribution function's where that is clearly smaller
  double effective_sample_size_mean = 0;  ///< variance / standard_error²
  /// from the spread of the empirical distribution function over particle batches
  double effective_sample_size_cdf = 0;
  double nested_rhat = 0;
  double nested_rhat_critical = 0;  ///< exceeded with probability 0.01 by a stationary sample; NaN: not tested
  double drift_ks = 0;              ///< KS distance between the first and the second half of the observation times
  double drift_p = 0;               ///< its p-value from batches of particles; NaN: not tested
  Stationarity stationary = Stationarity::not_tested;
  std::string stationarity_reason;  ///< why not_tested or no; empty for yes
  /// of the particles: those that diverged or blew up; the others are conditioned on survival
  double lost_share = 0;
  bool blown_up = false;  ///< a finite value is absurdly large (run/blow_up.hpp)
  Histogram histogram;
};

/// A sample of one observable side by side with one predicted law; fields as in summary.json `laws`, and more.
struct LawComparison {
  std::string name;  ///< of the law
  std::string observable;
  double mean = 0;      ///< of the law
  double variance = 0;  ///< of the law
  double ks = 0;        ///< distance at the bin edges
  /// of max(0, ks - law_error - lost_share), at the effective sample size and for these bins (MonitoredBridge)
  double p_value = 0;
  double wasserstein1 = 0;
  double kl = 0;
  std::string verdict;  ///< "accepted" | "rejected" | "inconclusive" | "no law"
  std::string reason;   ///< one line: why this verdict

  /// why there is nothing to compare with (Law::reason), where the law does not exist
  std::string no_law;
  double p_smooth = 0;  ///< of Neyman's smooth test (compare/smooth_test.hpp)
  /// the smaller of the two, Holm-adjusted over both tests of all laws of the family
  double p_adjusted = 0;
  double ks_bound = 0;                ///< largest deviation of the true law, at the bin edges, that the data allow
  double confidence = 0;              ///< of ks_bound
  std::optional<double> equivalence;  ///< the deviation that would not matter, when one was named
  std::optional<bool> equivalent;     ///< ks_bound <= equivalence; absent without it or without a bound
  Stationarity stationary = Stationarity::not_tested;  ///< of the sample

  double significance = 0;
  /// ks whose p_value is the significance, law error included: one comparison by itself
  double ks_critical = 0;
  double effective_sample_size = 0;  ///< used for the p-value, after restriction to the law's window
  double law_error = 0;              ///< the law's own quadrature error (cdf)
  double lost_share = 0;             ///< missing share of the sample: particles that diverged or blew up
  double sample_mean = 0;            ///< for a windowed law: of the restricted histogram, by bin centres
  double mean_standard_error = 0;
  double variance_standard_error = 0;
  double mean_z = 0;               ///< (sample mean - law mean) / standard error
  double variance_z = 0;           ///< the same for the variance; NaN for a windowed law
  double outside = 0;              ///< share of the sample outside the histogram
  double largest_cell = 0;         ///< largest probability of one cell under the law: how coarse the histogram is
  double largest_sample_cell = 0;  ///< the same of the sample
};

/// What two runs at steps h and f·h say about the step-size bias of a scheme of order p in the invariant law:
///   m(h) = m(0) + C h^p  =>  bias(h) = (m(h) - m(f h)) / (1 - f^p),  m(0) = m(h) - bias(h).
/// The same holds for the distribution function at each edge, hence ks_bound = (two-step KS) / |1 - f^p|.
/// f = 1/2 is the usual second run; a larger step (f = 8) is cheap and gives a smaller error, if h^p still rules there.
struct StepBias {
  double mean = 0;  ///< bias of the mean at h, in units of the observable
  double standard_error = 0;
  double variance = 0;  ///< bias of the variance at h; 0 where only means are known
  double variance_standard_error = 0;
  double extrapolated_mean = 0;  ///< m(0)
  double extrapolated_error = 0;
  double fraction = 0;        ///< f
  double order = 0;           ///< p
  double two_step_ks = 0;     ///< between the two runs
  double two_step_noise = 0;  ///< two-sample critical distance at the level 1e-3
  double ks_bound = 0;        ///< largest KS at h that the step can explain: (two_step_ks + noise) / |1 - f^p|
  /// the two runs differ: |bias| of mean or variance > 3 standard errors, or two_step_ks > two_step_noise
  bool significant = false;
};

/// A finished run.
struct Result {
  std::string version;                  ///< of the program that ran it
  std::vector<std::string> conclusion;  ///< the tables in words, most important first
  std::string spec;                     ///< complete, defaults filled in, as JSON text
  std::string backend, device;
  int threads = 1;
  std::uint64_t seed = 0;
  std::uint64_t particles = 0, steps = 0;  ///< steps of each particle, burn-in included
  double wall_seconds = 0;                 ///< of the main run, over all sessions of an interrupted one
  std::string digest;                      ///< over all histogram counts
  std::vector<ObservableResult> observables;
  std::vector<LawComparison> laws;
  std::vector<std::string> notes;
};

}  // namespace orbitwalk
