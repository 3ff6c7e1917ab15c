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

// The result of a finished run, as plain data. Reduction and judgement fill it in, summary.json is its text form
// (docs/design.md, contract), and tables, conclusions and reports are made from it alone. Observables are in the units
// of the spec, times are counted in steps, and errors are standard errors over independent particles. A number that
// does not exist is NaN, and so is one that is missing from a summary.json of an earlier version.
namespace orbitwalk {

/// The comparison of a sample of one observable with one predicted law. Fields after `density` are not part of a
/// summary.
struct LawComparison {
  std::string name;  ///< of the law
  std::string observable;
  double mean = 0;      ///< of the law
  double variance = 0;  ///< of the law
  double ks = 0;        ///< Kolmogorov-Smirnov distance at the bin edges
  /// p-value of max(0, ks - law_error - lost_share), at the effective sample size and for these bins (MonitoredBridge)
  double p_value = 0;
  double wasserstein1 = 0;  ///< in units of the observable
  double kl = 0;            ///< Kullback-Leibler divergence of the sample from the law, in nats
  std::string verdict;      ///< "accepted" | "rejected" | "inconclusive" | "no law"
  std::string reason;       ///< why this verdict, in one line
  /// value of ks at which p_value equals the significance, law error included, for a single comparison
  double ks_critical = 0;
  double p_smooth = 0;  ///< p-value of Neyman's smooth test (compare/smooth_test.hpp)
  /// the smaller of p_value and p_smooth, Holm-adjusted over both tests of all laws of the family
  double p_adjusted = 0;
  double ks_bound = 0;                ///< largest deviation of the true law, at the bin edges, that the data allow
  double confidence = 0;              ///< of ks_bound
  std::optional<double> equivalence;  ///< the deviation that would not matter, if one is given
  std::optional<bool> equivalent;     ///< ks_bound <= equivalence; absent if either is missing
  double significance = 0;
  double mean_z = 0;                                ///< (sample mean - law mean) / standard error
  double variance_z = 0;                            ///< the same for the variance; NaN for a windowed law
  double effective_sample_size = 0;                 ///< used for the p-value, after restriction to the law's window
  double law_error = 0;                             ///< the law's own quadrature error (cdf)
  std::string formula;                              ///< joint density of the law, in words
  std::optional<std::pair<double, double>> window;  ///< interval that the law is conditioned on
  std::string attribution;                          ///< cause of a mismatch (step_bias.hpp); empty: not asked for
  std::vector<double> density;                      ///< of the law: mean over each bin, per unit of the observable

  /// if the law does not exist: the reason (Law::reason)
  std::string no_law;
  Stationarity stationary = Stationarity::not_tested;  ///< of the sample
  double lost_share = 0;   ///< missing share of the sample: particles that diverged or blew up
  double sample_mean = 0;  ///< for a windowed law: of the restricted histogram, from bin centres
  double mean_standard_error = 0;
  double variance_standard_error = 0;
  double outside = 0;              ///< share of the sample outside the histogram
  double largest_cell = 0;         ///< largest probability of one cell under the law: how coarse the histogram is
  double largest_sample_cell = 0;  ///< the same for the sample
  bool operator==(const LawComparison&) const = default;
};

/// The step bias of one observable, from two runs at steps h and f·h (compare/step_bias.hpp).
struct StepBias {
  double mean = 0;  ///< bias of the mean at h, in units of the observable
  double standard_error = 0;
  double variance = 0;  ///< bias of the variance at h; 0 if only means are known
  double variance_standard_error = 0;
  double fraction = 0;        ///< f
  double order = 0;           ///< p, the order of the scheme in the invariant law
  double two_step_ks = 0;     ///< KS distance between the two runs
  double two_step_noise = 0;  ///< two-sample critical distance at the level 1e-3
  double ks_bound = 0;        ///< largest KS at h that the step can explain: (two_step_ks + noise) / |1 - f^p|
  /// the two runs differ: |bias| of mean or variance > 3 standard errors, or two_step_ks > two_step_noise
  bool significant = false;
  // Not part of a summary:
  double extrapolated_mean = 0;  ///< m(0)
  double extrapolated_error = 0;
  bool operator==(const StepBias&) const = default;
};

/// The limit of zero shell width, for one observable.
struct ShellLimit {
  double mean = 0, standard_error = 0, variance = 0, variance_standard_error = 0, effective_sample_size = 0;
  bool operator==(const ShellLimit&) const = default;
};

/// A second run at another shell width ε, and the limit ε → 0 from the two runs, in the order of the observables.
struct ShellResult {
  double width = 0, factor = 0, order = 0;  ///< of the first run; second width / first; bias(ε) = C ε^order
  std::vector<ObservableResult> second;     ///< at width · factor
  std::vector<ShellLimit> limits;
  bool operator==(const ShellResult&) const = default;
};

/// One rung of the ladder of step sizes of --accuracy.
struct StepLevel {
  double step = 0;
  std::vector<double> means, standard_errors;  ///< for each observable
  bool operator==(const StepLevel&) const = default;
};

/// A scheme that --accuracy tried, with m(h) = m(0) + C h^order [+ D h^next_order].
struct SchemeCandidate {
  std::string scheme;  ///< the word of [dynamics] scheme; empty: the scheme that the spec names
  int order = 1;
  bool chosen = false;
  double step = 0;                                       ///< step that is small enough
  double particle_steps = 0;                             ///< predicted; not finite if the candidate cannot be used
  std::vector<double> coefficients, coefficient_errors;  ///< C for each observable
  std::string ladder_ended;                              ///< why the ladder ended
  std::vector<StepLevel> levels;
  int next_order = 0;                                              ///< for extrapolated means; 0: not extrapolated
  std::vector<double> next_coefficients, next_coefficient_errors;  ///< D
  bool extrapolated() const { return next_order > 0; }
  bool operator==(const SchemeCandidate&) const = default;
};

/// The mean of one observable extrapolated to step 0 from three runs at different steps
/// (run/accuracy/extrapolation.hpp).
struct ExtrapolatedMean {
  double mean = 0, standard_error = 0;
  double remaining = 0, remaining_error = 0;  ///< remaining bias
  std::array<double, 3> means{}, errors{};    ///< at each step
  bool operator==(const ExtrapolatedMean&) const = default;
};

/// Means extrapolated to step 0.
struct ExtrapolationResult {
  int order = 1, next_order = 2;
  std::array<double, 3> steps{};             ///< h, 2h and the third step
  std::array<std::uint64_t, 3> particles{};  ///< of each run
  std::vector<ExtrapolatedMean> means;       ///< for each observable
  bool operator==(const ExtrapolationResult&) const = default;
};

/// Whether |bias| + 2 standard errors <= allowed, for the mean of one observable.
struct AccuracyReached {
  double bias = 0, standard_error = 0, allowed = 0;
  bool reached = false;
  double bias_standard_error = 0;
  bool operator==(const AccuracyReached&) const = default;
};

/// What was asked for with --accuracy, and what was chosen.
struct AccuracyResult {
  double asked = 0;  ///< in standard deviations of each observable
  std::vector<SchemeCandidate> candidates;
  std::optional<ExtrapolationResult> extrapolation;
  std::vector<AccuracyReached> observables;  ///< in the order of the observables
  bool operator==(const AccuracyResult&) const = default;
};

/// A file named in the spec, as it was read.
struct DataRecord {
  std::string role, file;  ///< the key of the spec, such as "data.x"; absolute path
  std::size_t rows = 0, columns = 1;
  std::vector<std::size_t> shape;  ///< two numbers, or three for a three-dimensional array
  std::vector<std::string> names;  ///< names of the first columns used
  std::string header;              ///< where the names come from; empty: there are no names
  std::vector<std::string> skipped, remarks;
  std::uint64_t missing = 0, bytes = 0;  ///< number of missing values; size of what was parsed
  std::string hash;                      ///< "fnv1a64:…" over the bytes that were parsed
  bool operator==(const DataRecord&) const = default;
};

/// A blow-up with values that are still finite (run/blow_up.hpp).
struct BlowUp {
  std::uint64_t particles = 0;           ///< beyond the limit; a lower bound if last observations were not kept
  std::vector<std::string> observables;  ///< those beyond the limit at any time
  std::string worst;                     ///< the one that is furthest beyond the limit
  double largest = 0, limit = 0;         ///< of the worst: |x| (infinite if its squares overflowed), and the limit
  bool operator==(const BlowUp&) const = default;
};

/// Increments that are lost to rounding in the state's precision (run/lost_increments.hpp).
struct LostIncrements {
  int affected = 0, parameters = 0;
  std::uint64_t particles = 0, steps = 0;  ///< numbers of particles and steps walked again
  bool of_drift = false;                   ///< whether `kept` refers to the drift or to whole increments
  double kept = 0;   ///< Σ r² / Σ x², or Σ f r / Σ f², of the parameter where it differs most from 1
  double apart = 0;  ///< same parameter: distance between the walks over distance of the compensated one
  bool operator==(const LostIncrements&) const = default;
};

/// Particles whose state became non-finite.
struct Diverged {
  std::uint64_t count = 0;
  std::optional<std::uint64_t> first_step;
  bool operator==(const Diverged&) const = default;
};

/// Outcome of the Metropolis tests of all proposals.
struct MetropolisResult {
  std::uint64_t proposals = 0;
  double accept_rate = 0;      ///< over all proposals
  std::uint64_t unsolved = 0;  ///< rejected because no way back to the slice was found
  bool operator==(const MetropolisResult&) const = default;
};

/// A finished run.
struct Result {
  std::string program = "orbitwalk", version;
  std::vector<std::string> conclusion;  ///< the tables in words, most important first
  std::string spec;                     ///< complete, with defaults filled in, as JSON text
  std::string spec_directory;           ///< where relative data paths of the spec start
  std::string backend, device;
  int threads = 1, ranks = 1;
  std::uint64_t seed = 0;
  std::string precision;                   ///< "float" | "double" | "mixed"
  std::uint64_t particles = 0, steps = 0;  ///< steps of each particle, burn-in included
  Diverged diverged;
  std::uint64_t degenerate_projections = 0;
  std::optional<MetropolisResult> metropolis;
  double wall_seconds = 0;  ///< of the main run, over all sessions if it was interrupted
  double particle_steps_per_second = 0;
  std::string digest;  ///< hash of all histogram counts
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
  std::string requested;  ///< what was asked for, as JSON text, if that differs from `spec`; else empty

  /// Position of the observable in `observables`, `step_bias` etc.; observables.size() if there is none of that name.
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
