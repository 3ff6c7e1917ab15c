// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "baselines/baselines.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/recovery.hpp"

namespace orbitwalk::reproduce {

Findings analyse_signal(const std::vector<FinishedRun>& runs) {
  const FinishedRun &free = runs[0], &cumsum = runs[1];
  const bool two_starts = runs.size() > 2;  // the published start, and 0.01: a start from files takes the place of both
  const Kind kind(free);
  const Scores free_scores = scores_of(free), product = scores_of(cumsum);
  const bool shared = same_for_all(free);
  const double common = median(product.training);
  const Scores shortest =
      solve(free, kind, [](const SeedRegression& i, std::uint64_t) { return minimum_norm(i.a, i.y); });
  const Scores smoothest = solve(free, kind, [](const SeedRegression& i, std::uint64_t) {
    return minimum_total_variation(i.a, i.y, certified).x;
  });
  const Scores least = solve(free, kind, [&](const SeedRegression& i, std::uint64_t seed) {
    return least_variation_at(i, shared ? common : product.training[seed]);
  });
  Scores small, least_small;
  if (two_starts) {
    small = scores_of(runs[2]);
    least_small = solve(free, kind, [&](const SeedRegression& i, std::uint64_t seed) {
      return least_variation_at(i, shared ? median(small.training) : small.training[seed]);
    });
  }
  const Reason no_signal = no_truth(free);
  const double truth = no_signal ? std::nan("") : total_variation(regression_of(free, 0).truth);

  Findings findings;
  findings.text = {
      about_seeds(cumsum) +
      about_differences(
          cumsum, ". All seeds have the same data; each has a start of its own, the same in both parameterisations.",
          ". Every seed has measurements, noise and a start of its own, the same in both parameterisations; the signal "
          "is one for all.")};
  if (from_files(free))
    findings.text.push_back(no_signal ? "The truth is not known, so there is no error." : about_noise(free));
  const auto ratio = relative(product.error, free_scores.error),
             by_least = relative(product.variation, least.variation);
  add_claim(findings, no_signal,
            "w = cumsum(p∘q) reconstructs better than free weights: a tenth of their error or less, seed by seed",
            [&](const std::string& text) {
              return median_claim(text, ratio, 0.1, true, "ratio of the two errors of a seed", nothing_varies(cumsum));
            });
  add_claim(findings, first_of({no_signal, truth == 0 ? Reason("the true signal is constant") : Reason()}),
            "its total variation is that of the truth", [&](const std::string& text) {
              const std::string found =
                  nothing_varies(cumsum) ? digits(median(product.variation)) : median_and_interval(product.variation);
              return Claim{
                  text, found + "; truth " + digits(truth) + ", free weights " + median_and_band(free_scores.variation),
                  is_near(median(product.variation), truth, 0.05), "holds: within 5 % in the median"};
            });
  add_claim(findings, first_of({no_signal, start_not_at_zero(free)}), "free weights end at the minimum-norm solution",
            [&](const std::string& text) {
              return Claim{text,
                           "error relative to it: " + median_and_band(relative(free_scores.error, shortest.error), 4),
                           are_near(relative(free_scores.error, shortest.error), 1, 0.02),
                           "holds: within 2 % for the 5 to 95 % of the seeds"};
            });
  findings.claims.push_back({"w = cumsum(p∘q) has the least total variation at its training error",
                             "total variation relative to the certified minimum: " + median_and_band(by_least, 4),
                             is_near(median(by_least), 1, 0.02), "holds: within 2 % in the median"});
  add_claim(
      findings, two_starts ? Reason() : Reason("the start is that of the files: there is no run from another"),
      "the departure from the least total variation is the start's: from 0.01 instead of 0.3 it is nearly reached",
      [&](const std::string& text) {
        const auto by_least_small = relative(small.variation, least_small.variation);
        return Claim{
            text,
            "relative to the certified minimum at the same training error: " + median_and_band(by_least_small, 4) +
                (no_signal ? "" : "; error " + median_and_band(small.error)),
            is_near(median(by_least_small), 1, 0.2 * std::abs(median(by_least) - 1)),
            "holds: the median excess is less than a fifth of that from the published start"};
      });
  FindingsTable table = score_table("mean squared error");
  const std::string start = two_starts ? "start 0.3" : "start of the files",
                    at = two_starts ? "from 0.3" : "of cumsum(p∘q)";
  add_row(table, "free weights", free_scores);
  add_row(table, "w = cumsum(p∘q), " + start, product);
  if (two_starts) add_row(table, "w = cumsum(p∘q), start 0.01", small);
  add_row(table, "exact: interpolating, minimum norm", shortest);
  add_row(table, "exact: least total variation at the training error " + at, least);
  if (two_starts) add_row(table, "exact: least total variation at the training error from 0.01", least_small);
  add_row(table, "exact: interpolating, minimum total variation", smoothest);
  if (kind.truth_kind == RegressionTruth::signal) table.note += " Support: the places of the jumps.";
  findings.tables.push_back(table);
  std::vector<std::pair<std::string, double>> variations = {{"least, same training error", median(least.variation)}};
  if (!no_signal) variations.insert(variations.begin(), {"truth", truth});
  findings.charts = {over_time("Piecewise-constant signal: error and total variation", runs,
                               {{"error", "mean squared error", "log"}, {"total_variation", "total variation", "log"}},
                               {{"error", {{"least variation, same training error", median(least.error)}}},
                                {"total_variation", variations}}),
                     weights_chart(runs, false)};
  return findings;
}

}  // namespace orbitwalk::reproduce
