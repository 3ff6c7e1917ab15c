// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>

#include "baselines/baselines.hpp"
#include "orbitwalk/error.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/instances.hpp"
#include "support/decompositions.hpp"

// Matrix completion by W = P Q: which singular values grow, and how far W is from the matrix of least nuclear norm that
// agrees with the observed entries.
namespace orbitwalk::reproduce {
namespace {

double hidden_error(const MaskedMatrix& instance, const Eigen::MatrixXd& w) {
  double sum = 0;
  int count = 0;
  for (Eigen::Index i = 0; i < w.rows(); ++i) {
    for (Eigen::Index j = 0; j < w.cols(); ++j) {
      if (instance.mask(i, j)) continue;
      sum += (w(i, j) - instance.truth(i, j)) * (w(i, j) - instance.truth(i, j));
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

std::string list_of(const std::vector<double>& values, Eigen::Index count) {
  std::string text;
  for (Eigen::Index i = 0; i < count; ++i)
    text += (i == 0 ? "" : i + 1 < count ? ", " : " and ") + digits(values[std::size_t(i)]);
  return text;
}

std::string number_of_values(Eigen::Index count) {
  return count == 1 ? "singular value" : (count == 2 ? "two" : std::to_string(count)) + std::string(" singular values");
}

/// The matrices of least nuclear norm that agree with what the seeds observe.
struct Baseline {
  std::vector<double> norm, error, zero_error;  ///< of each seed, or of the one that all share
  /// of the truth; drawn truths all have the same. Empty where it is not known
  std::vector<double> spectrum;
  /// of the truth: singular values that are not 0 to rounding, that of a file's digits
  Eigen::Index rank = 0;
  Eigen::Index rows = 0, entries = 0, seen = 0;  ///< of the matrix, and entries that the first seed observes
  std::size_t unsolved = 0;                      ///< seeds whose optimum is not certified: NaN
  bool shared = false;
  /// a_i over the number of its seed.
  std::vector<double> relative(const std::vector<double>& a, const std::vector<double>& b) const {
    std::vector<double> result(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] / b[shared ? 0 : i];
    return result;
  }
};

Baseline baseline_of(const FinishedRun& run) {
  Baseline result;
  result.shared = same_for_all(run);
  const bool unknown = no_whole_matrix(run).has_value();
  const std::uint64_t seeds = result.shared ? 1 : run.experiment.problem.plan.particles;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const MaskedMatrix instance = masked_matrix_of(run, i);
    result.norm.push_back(std::nan(""));
    result.error.push_back(std::nan(""));
    try {
      const MatrixOptimum optimum =
          minimum_nuclear_norm(instance.mask, instance.mask.select(instance.truth, 0.0), certified);
      result.norm.back() = optimum.value, result.error.back() = hidden_error(instance, optimum.x);
    } catch (const NumericalError&) {  // one seed is left out, and not the work of hours
      ++result.unsolved;
    }
    result.zero_error.push_back(
        hidden_error(instance, Eigen::MatrixXd::Zero(instance.truth.rows(), instance.truth.cols())));
    if (unknown) result.error.back() = result.zero_error.back() = std::nan("");
    if (i == 0) {
      result.rows = instance.mask.rows(), result.entries = instance.mask.size(), result.seen = instance.mask.count();
      if (unknown) continue;
      const Eigen::VectorXd values = Eigen::JacobiSVD<Eigen::MatrixXd>(instance.truth).singularValues();
      result.spectrum.assign(values.begin(), values.end());
      result.rank = (values.array() > (from_files(run) ? 1e-3 : 1e-6) * values[0]).count();
    }
  }
  return result;
}

std::optional<bool> below(double value, double bound) {
  return std::isfinite(value) ? std::optional<bool>(value < bound) : std::nullopt;
}

const char* const half_is_found = "with half of the entries observed the matrix is found";
const char* const rest_is_the_starts =
    "what is left of the error then is the start's: from 0.01 instead of 0.1 it is a small part of that";

// With half of the entries observed: from the published start, and from one ten times smaller.
std::vector<Claim> half_observed(const FinishedRun& published, const Baseline& least, const FinishedRun& small,
                                 const Baseline& least_small) {
  const auto error = least.relative(published.last("error"), least.zero_error),
             best = least.relative(least.error, least.zero_error);
  const auto small_error = least_small.relative(small.last("error"), least_small.zero_error);
  const auto described = [](const FinishedRun& run, const Baseline& baseline,
                            const std::vector<double>& relative_error) {
    return "error on unseen entries relative to W = 0: " + median_and_band(relative_error) + "; sigma_1 " +
           median_and_band(run.last("sigma1")) + ", sigma_2 " + median_and_band(run.last("sigma2")) + ", sigma_3 " +
           median_and_band(run.last("sigma3")) + "; nuclear norm relative to the certified minimum " +
           median_and_band(baseline.relative(run.last("nuclear"), baseline.norm), 4);
  };
  return {
      {half_is_found, described(published, least, error) + "; error of least nuclear norm: " + median_and_band(best),
       below(median(error), 0.01), "holds: median error below 1 % of that of W = 0"},
      {rest_is_the_starts, described(small, least_small, small_error), below(median(small_error) / median(error), 0.2),
       "holds: the median error is less than a fifth of that from the published start"}};
}

// What is claimed of singular values and unseen entries, as far as the truth is known.
void claims_of_truth(Findings& findings, const FinishedRun& run, const Baseline& least, int shown) {
  const Reason unknown = no_whole_matrix(run);
  const auto& spectrum = least.spectrum;
  const Eigen::Index rank = least.rank;
  const Reason full_rank = !unknown && rank == Eigen::Index(spectrum.size())
                               ? Reason("the matrix has full rank, " + std::to_string(rank) + ": there is no rest")
                               : Reason();
  const Reason zero = !unknown && rank == 0 ? Reason("the matrix is 0") : Reason();
  const Reason few = rank + 1 > shown ? Reason("the matrix has rank " + std::to_string(rank) + ", and " +
                                               std::to_string(shown) + " singular values are observed (model.values)")
                                      : Reason();
  const Reason all_seen = least.seen == least.entries ? Reason("all entries are observed") : Reason();
  const auto sigma = [&](Eigen::Index i) { return run.last("sigma" + std::to_string(i)); };
  const std::string found = unknown || zero ? "the singular values of the truth are found"
                                            : "the " + number_of_values(rank) + " of the truth " +
                                                  (rank == 1 ? "is" : "are") + " found, " + list_of(spectrum, rank);
  add_claim(findings, first_of({unknown, zero, full_rank, few}), found, [&](const std::string& text) {
    std::string measured;
    bool known = true, all = true;
    for (Eigen::Index i = 1; i <= rank + 1; ++i) {
      measured += (i > 1 ? ", sigma_" : "sigma_") + std::to_string(i) + " " + median_and_band(sigma(i));
      if (i > rank) continue;
      const auto one = is_near(median(sigma(i)), spectrum[std::size_t(i - 1)], 0.05);
      known &= one.has_value();
      all &= one.value_or(false);
    }
    return Claim{text, measured, known ? std::optional<bool>(all) : std::nullopt,
                 rank == 2 ? "holds: both medians within 5 %" : "holds: every median within 5 %"};
  });
  const std::string last = "sigma_" + std::to_string(rank + 1), before = "sigma_" + std::to_string(rank);
  add_claim(findings, first_of({unknown, zero, full_rank, few}),
            unknown || zero ? "the rest stays small" : "the rest stays small: " + last + " below a tenth of " + before,
            [&](const std::string& text) {
              const auto a = sigma(rank), b = sigma(rank + 1), error = run.last("error");
              std::size_t low = 0, all = 0;
              for (std::size_t i = 0; i < a.size(); ++i)
                all += std::isfinite(error[i]), low += std::isfinite(error[i]) && b[i] < 0.1 * a[i];
              return Claim{text, percent(share_of(low, all)), is_majority(share_of(low, all)),
                           "holds: in more than half of the seeds, by the 95 % interval"};
            });
  add_claim(findings, first_of({unknown, zero, all_seen}),
            "the matrix is recovered: error on unseen entries below 1 % of that of W = 0",
            [&](const std::string& text) {
              const auto error = run.last("error");
              std::size_t recovered = 0, all = 0;
              for (std::size_t i = 0; i < error.size(); ++i)
                all += std::isfinite(error[i]),
                    recovered += std::isfinite(error[i]) && error[i] < 0.01 * least.zero_error[least.shared ? 0 : i];
              return Claim{text, percent(share_of(recovered, all)), is_majority(share_of(recovered, all)),
                           "holds: in more than half of the seeds, by the 95 % interval"};
            });
}

// How much the observed entries say about a matrix of the truth's rank.
std::string about_freedom(const Baseline& least) {
  const auto n = least.rows, m = least.entries / least.rows;
  const std::string size = std::to_string(n) + " × " + std::to_string(m) + " matrix",
                    seen = std::to_string(least.seen) + " of its entries are observed";
  std::string text;
  if (least.spectrum.empty()) {
    text =
        "Of the " + size + ", " + std::to_string(least.seen) + " entries are observed, and the others are not known. ";
  } else {
    const auto rank = least.rank, freedom = rank * (n + m - rank);
    text = "A " + size + " of rank " + std::to_string(rank) + " has " + std::to_string(freedom) +
           " degrees of freedom, and " + seen +
           (least.seen < 2 * freedom ? ": hardly any matrix is determined by them, so that recovery is not to be "
                                       "expected of any method in most seeds. "
                                     : ". ");
  }
  return text +
         "The matrix of least nuclear norm that agrees with the observed entries is computed for every seed, with a "
         "certificate.";
}

}  // namespace

Findings analyse_completion(const std::vector<FinishedRun>& runs) {
  const FinishedRun& run = runs[0];
  const Problem& problem = run.experiment.problem;
  int shown = 0;
  for (const auto& name : problem.names) shown += numbered_index(name, "sigma").has_value();

  const bool half = runs.size() > 1;  // not with someone's own mask
  const bool known = !no_whole_matrix(run);
  const Baseline least = baseline_of(run), least_half = half ? baseline_of(runs[1]) : Baseline(),
                 least_small = half ? baseline_of(runs[2]) : Baseline();
  const auto error = known ? run.last("error") : std::vector<double>(problem.plan.particles, std::nan("")),
             nuclear = run.last("nuclear"), norm_ratio = least.relative(nuclear, least.norm);
  const auto& spectrum = least.spectrum;

  Findings findings;
  const std::string largest_two =
      spectrum.empty() ? "" : digits(spectrum[0]) + " and " + digits(spectrum.size() > 1 ? spectrum[1] : 0);
  findings.text = {
      about_seeds(run) +
          about_differences(run,
                            ". All seeds have one truth and one mask; each has a start and kept entries of its own.",
                            ". Every seed has a truth (singular values " + largest_two +
                                "), a mask, a start and kept entries of its own."),
      about_freedom(least)};
  FindingsTable sigma{"Singular values of P Q",
                      {"singular value", "start", "end", "95 % of the median", "truth (seed 0)",
                       "step at which half the end is passed"},
                      {},
                      "Medians with the 5 to 95 % of the seeds."};
  for (int i = 1; i <= shown; ++i) {
    const std::string name = "sigma" + std::to_string(i);
    const auto end = run.last(name);
    std::vector<double> passed(end.size(), std::nan(""));
    for (std::size_t t = 0; t < run.series.steps.size(); ++t) {
      const auto now = run.at(name, t);
      for (std::size_t p = 0; p < end.size(); ++p) {
        if (std::isnan(passed[p]) && now[p] >= 0.5 * end[p]) passed[p] = double(run.series.steps[t]);
      }
    }
    const Interval interval = median_interval(end);
    sigma.rows.push_back({std::to_string(i), median_and_band(run.at(name, 0)), median_and_band(end),
                          digits(interval.low) + " to " + digits(interval.high),
                          !known                                                ? "-"
                          : i <= int(spectrum.size()) && spectrum[i - 1] > 1e-5 ? digits(spectrum[i - 1])
                                                                                : "0",
                          median_and_band(passed)});
  }
  std::vector<double> ratios, medians;
  for (const auto& name : problem.names) {
    if (!numbered_index(name, "ratio")) continue;
    const auto values = run.last(name);
    medians.push_back(median(values));
    ratios.insert(ratios.end(), values.begin(), values.end());
  }
  const double farthest = farthest_from_one(medians);
  claims_of_truth(findings, run, least, shown);
  findings.claims.push_back({"P Q is the matrix of least nuclear norm",
                             "nuclear norm relative to the certified minimum: " + median_and_band(norm_ratio, 4),
                             is_near(median(norm_ratio), 1, 0.02), "holds: within 2 % in the median"});
  findings.claims.push_back(
      {"columns and rows are balanced, |P_j|/|Q_j| = 1",
       "over seeds and j: " + median_and_band(ratios) + "; the median farthest from 1: " + digits(farthest),
       below(std::abs(std::log(farthest)), std::log1p(0.05)), "holds: the medians of all j within 5 % of 1"});
  if (half) {
    for (const Claim& claim : half_observed(runs[1], least_half, runs[2], least_small))
      findings.claims.push_back(claim);
  } else {
    for (const char* claim : {half_is_found, rest_is_the_starts})
      findings.left_out.push_back({claim, "the mask is that of the files, and no other is run"});
  }
  FindingsTable errors{"Unseen entries",
                       {"solution", "mean squared error", "nuclear norm"},
                       {},
                       "Medians with the 5 to 95 % of the seeds."};
  errors.rows = {{"P Q, stochastic gradient descent", median_and_band(error), median_and_band(nuclear)},
                 {"exact: least nuclear norm", median_and_band(least.error), median_and_band(least.norm)},
                 {"W = 0", median_and_band(least.zero_error), "0"}};
  if (half) {
    errors.rows.push_back(
        {"half observed: P Q", median_and_band(runs[1].last("error")), median_and_band(runs[1].last("nuclear"))});
    errors.rows.push_back({"half observed, start 0.01: P Q", median_and_band(runs[2].last("error")),
                           median_and_band(runs[2].last("nuclear"))});
    errors.rows.push_back({"half observed, exact: least nuclear norm", median_and_band(least_half.error),
                           median_and_band(least_half.norm)});
  }
  for (const auto& [label, baseline] : {std::pair<const char*, const Baseline&>{"", least},
                                        {"Half observed: ", least_half},
                                        {"Half observed, start 0.01: ", least_small}}) {
    if (baseline.unsolved > 0)
      errors.note += " " + std::string(label) + std::to_string(baseline.unsolved) +
                     " seeds without a certified optimum are left out of it.";
  }
  findings.tables = {sigma, errors};

  Chart growth;
  growth.name = "singular values over time";
  growth.title = "Matrix completion: singular values of P Q";
  growth.caption = "Median, 25 to 75 % and 5 to 95 % of the seeds; dashes: the truth's.";
  Panel values, unseen, balance;
  values.y_label = "singular values";
  for (int i = 1; i <= std::min(shown, 4); ++i)
    values.layers.push_back(fan_of(run, "sigma" + std::to_string(i), "sigma " + std::to_string(i), i));
  if (known)
    values.layers.push_back(Layer::horizontal("truth", 0, {spectrum[0], spectrum.size() > 1 ? spectrum[1] : 0.0}));
  unseen.y_label = "error, unseen entries";
  if (known)
    unseen.layers = {fan_of(run, "error", "P Q", 1), Layer::horizontal("least nuclear norm", 2, {median(least.error)})};
  balance.y_label = "1/2 log det";
  balance.x_label = "step";
  balance.layers = {fan_of(run, "half_log_det", "of GL(r)", 3), fan_of(run, "log_volume", "of the rescalings", 4)};
  for (Panel* panel : {&values, &unseen, &balance}) panel->x_scale = "log";
  growth.panels = known ? std::vector<Panel>{values, unseen, balance} : std::vector<Panel>{values, balance};
  findings.charts = {growth};
  return findings;
}

}  // namespace orbitwalk::reproduce
