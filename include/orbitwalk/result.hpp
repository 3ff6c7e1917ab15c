// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orbitwalk/observable_result.hpp"

// What a finished run says, as plain data: reduction and judgement fill it, summary.json is its text form (docs/design.md,
// contract), and tables, conclusions and reports are made from it alone. Observables are in the units of the spec; times are
// counted in steps; errors are standard errors over independent particles. A number that does not exist is NaN, and so is one
// that a summary.json of an earlier version lacks.
namespace orbitwalk {

/// A sample of one observable side by side with one predicted law. Fields below `density` are not part of a summary.
struct LawComparison {
  std::string name;  ///< of the law
  std::string observable;
  double mean = 0;      ///< of the law
  double variance = 0;  ///< of the law
  double ks = 0;        ///< Kolmogorov-Smirnov distance at the bin edges
  /// of max(0, ks - law_error - lost_share), at the effective sample size and for these bins (MonitoredBridge)
  double p_value = 0;
  double wasserstein1 = 0;  ///< in units of the observable
  double kl = 0;            ///< Kullback-Leibler divergence of the sample from the law, natural units
  std::string verdict;      ///< "accepted" | "rejected" | "inconclusive" | "no law"
  std::string reason;       ///< one line: why this verdict
  /// ks whose p_value is the significance, law error included: one comparison by itself
  double ks_critical = 0;
  double p_smooth = 0;  ///< of Neyman's smooth test (compare/smooth_test.hpp)
  /// the smaller of the two, Holm-adjusted over both tests of all laws of the family
  double p_adjusted = 0;
  double ks_bound = 0;                ///< largest deviation of the true law, at the bin edges, that the data allow
  double confidence = 0;              ///< of ks_bound
  std::optional<double> equivalence;  ///< the deviation that would not matter, when one was named
  std::optional<bool> equivalent;     ///< ks_bound <= equivalence; absent without it or without a bound
  double significance = 0;
  double mean_z = 0;                                ///< (sample mean - law mean) / standard error
  double variance_z = 0;                            ///< the same for the variance; NaN for a windowed law
  double effective_sample_size = 0;                 ///< used for the p-value, after restriction to the law's window
  double law_error = 0;                             ///< the law's own quadrature error (cdf)
  std::string formula;                              ///< joint density of the law, in words
  std::optional<std::pair<double, double>> window;  ///< that the law is conditioned on
  std::string attribution;                          ///< where a mismatch comes from (step_bias.hpp); empty: not asked
  std::vector<double> density;                      ///< of the law: its mean over each bin, per unit of the observable

  /// why there is nothing to compare with (Law::reason), where the law does not exist
  std::string no_law;
  Stationarity stationary = Stationarity::not_tested;  ///< of the sample
  double lost_share = 0;   ///< missing share of the sample: particles that diverged or blew up
  double sample_mean = 0;  ///< for a windowed law: of the restricted histogram, by bin centres
  double mean_standard_error = 0;
  double variance_standard_error = 0;
  double outside = 0;              ///< share of the sample outside the histogram
  double largest_cell = 0;         ///< largest probability of one cell under the law: how coarse the histogram is
  double largest_sample_cell = 0;  ///< the same of the sample
  bool operator==(const LawComparison&) const = default;
};

/// What two runs at steps h and f·h say about the step-size bias of one observable (compare/step_bias.hpp).
struct StepBias {
  double mean = 0;  ///< bias of the mean at h, in units of the observable
  double standard_error = 0;
  double variance = 0;  ///< bias of the variance at h; 0 where only means are known
  double variance_standard_error = 0;
  double fraction = 0;        ///< f
  double order = 0;           ///< p, of the scheme in the invariant law
  double two_step_ks = 0;     ///< between the two runs
  double two_step_noise = 0;  ///< two-sample critical distance at the level 1e-3
  double ks_bound = 0;        ///< largest KS at h that the step can explain: (two_step_ks + noise) / |1 - f^p|
  /// the two runs differ: |bias| of mean or variance > 3 standard errors, or two_step_ks > two_step_noise
  bool significant = false;
  // Not part of a summary:
  double extrapolated_mean = 0;  ///< m(0)
  double extrapolated_error = 0;
  bool operator==(const StepBias&) const = default;
};

/// The limit of a shell of no width, for one observable.
struct ShellLimit {
  double mean = 0, standard_error = 0, variance = 0, variance_standard_error = 0, effective_sample_size = 0;
  bool operator==(const ShellLimit&) const = default;
};

/// A second run at another width of the shell, and what the two say about the limit ε → 0, in the order of the observables.
struct ShellResult {
  double width = 0, factor = 0, order = 0;  ///< of the first run; second width / first; bias(ε) = C ε^order
  std::vector<ObservableResult> second;     ///< at width · factor
  std::vector<ShellLimit> limits;
  bool operator==(const ShellResult&) const = default;
};

/// A rung of the ladder of steps of --accuracy.
struct StepLevel {
  double step = 0;
  std::vector<double> means, standard_errors;  ///< of each observable
  bool operator==(const StepLevel&) const = default;
};

/// A scheme that --accuracy tried; m(h) = m(0) + C h^order [+ D h^next_order].
struct SchemeCandidate {
  std::string scheme;  ///< word of the spec; empty: the one that the spec names
  int order = 1;
  bool chosen = false;
  double step = 0;                                       ///< that is enough
  double particle_steps = 0;                             ///< predicted; not finite where it cannot be used
  std::vector<double> coefficients, coefficient_errors;  ///< C, of each observable
  std::string ladder_ended;                              ///< why
  std::vector<StepLevel> levels;
  int next_order = 0;                                              ///< of extrapolated means; 0: not extrapolated
  std::vector<double> next_coefficients, next_coefficient_errors;  ///< D
  bool extrapolated() const { return next_order > 0; }
  bool operator==(const SchemeCandidate&) const = default;
};

/// What three runs at different steps say about the mean of one observable at a step of 0 (run/accuracy/extrapolation.hpp).
struct ExtrapolatedMean {
  double mean = 0, standard_error = 0;
  double remaining = 0, remaining_error = 0;  ///< bias that is left
  std::array<double, 3> means{}, errors{};    ///< at each step
  bool operator==(const ExtrapolatedMean&) const = default;
};

/// Means extrapolated to a step of 0.
struct ExtrapolationResult {
  int order = 1, next_order = 2;
  std::array<double, 3> steps{};             ///< h, 2h and the third
  std::array<std::uint64_t, 3> particles{};  ///< of each run
  std::vector<ExtrapolatedMean> means;       ///< of each observable
  bool operator==(const ExtrapolationResult&) const = default;
};

/// Whether |bias| + 2 standard errors <= allowed, of one observable's mean.
struct AccuracyReached {
  double bias = 0, standard_error = 0, allowed = 0;
  bool reached = false;
  double bias_standard_error = 0;
  bool operator==(const AccuracyReached&) const = default;
};

/// What --accuracy asked for and chose.
struct AccuracyResult {
  double asked = 0;  ///< in standard deviations of each observable
  std::vector<SchemeCandidate> candidates;
  std::optional<ExtrapolationResult> extrapolation;
  std::vector<AccuracyReached> observables;  ///< in the order of the observables
  bool operator==(const AccuracyResult&) const = default;
};

/// A file that the spec names, as it was read.
struct DataRecord {
  std::string role, file;  ///< the key of the spec, such as "data.x"; absolute path
  std::size_t rows = 0, columns = 1;
  std::vector<std::size_t> shape;  ///< two numbers, three for an array of three dimensions
  std::vector<std::string> names;  ///< of the first columns used
  std::string header;              ///< where the names come from; empty: there are none
  std::vector<std::string> skipped, remarks;
  std::uint64_t missing = 0, bytes = 0;  ///< values without a number; size of what was parsed
  std::string hash;                      ///< "fnv1a64:…" over the bytes that were parsed
  bool operator==(const DataRecord&) const = default;
};

/// A blow-up short of infinity (run/blow_up.hpp).
struct BlowUp {
  std::uint64_t particles = 0;           ///< beyond the limit; a lower bound where last observations were not kept
  std::vector<std::string> observables;  ///< that were beyond it at any time
  std::string worst;                     ///< the one that is furthest beyond
  double largest = 0, limit = 0;  ///< of the worst: |x| (infinite where its squares overflowed), and what was allowed
  bool operator==(const BlowUp&) const = default;
};

/// Steps that the state's precision does not hold (run/lost_increments.hpp).
struct LostIncrements {
  int affected = 0, parameters = 0;
  std::uint64_t particles = 0, steps = 0;  ///< that were walked again
  bool of_drift = false;                   ///< what `kept` is of: the drift, or whole increments
  double kept = 0;   ///< Σ r² / Σ x², or Σ f r / Σ f², of the parameter where it differs most from 1
  double apart = 0;  ///< of the same parameter: distance of the two walks over the way of the compensated one
  bool operator==(const LostIncrements&) const = default;
};

/// Particles whose state became non-finite.
struct Diverged {
  std::uint64_t count = 0;
  std::optional<std::uint64_t> first_step;
  bool operator==(const Diverged&) const = default;
};

/// What a Metropolis test did with the proposals.
struct MetropolisResult {
  std::uint64_t proposals = 0;
  double accept_rate = 0;      ///< of all proposals
  std::uint64_t unsolved = 0;  ///< refused because no way to the slice was found
  bool operator==(const MetropolisResult&) const = default;
};

/// A finished run.
struct Result {
  std::string program = "orbitwalk", version;
  std::vector<std::string> conclusion;  ///< the tables in words, most important first
  std::string spec;                     ///< complete, defaults filled in, as JSON text
  std::string spec_directory;           ///< that relative data paths of the spec start at
  std::string backend, device;
  int threads = 1, ranks = 1;
  std::uint64_t seed = 0;
  std::string precision;                   ///< "float" | "double" | "mixed"
  std::uint64_t particles = 0, steps = 0;  ///< steps of each particle, burn-in included
  Diverged diverged;
  std::uint64_t degenerate_projections = 0;
  std::optional<MetropolisResult> metropolis;
  double wall_seconds = 0;  ///< of the main run, over all sessions of an interrupted one
  double particle_steps_per_second = 0;
  std::string digest;  ///< over all histogram counts
  std::vector<ObservableResult> observables;
  std::vector<StepBias> step_bias;  ///< one per observable, or none
  std::optional<ShellResult> shell_extrapolation;
  std::vector<LawComparison> laws;
  std::vector<std::string> notes;
  std::string build;  ///< version, hash over the source texts, compiler
  std::optional<BlowUp> blown_up;
  std::optional<LostIncrements> lost_increments;
  std::vector<DataRecord> data;
  std::optional<AccuracyResult> accuracy;
  std::optional<Series> series;
  std::string requested;  ///< what was asked for, as JSON text, where that is not `spec`; else empty

  /// Where the observable stands in `observables`, `step_bias` and the like; observables.size() for none of that name.
  std::size_t index_of(std::string_view name) const {
    std::size_t i = 0;
    while (i < observables.size() && observables[i].name != name) ++i;
    return i;
  }
  /// The observable of that name, or null.
  const ObservableResult* observable(std::string_view name) const {
    const std::size_t i = index_of(name);
    return i < observables.size() ? &observables[i] : nullptr;
  }
  bool operator==(const Result&) const = default;
};

}  // namespace orbitwalk
