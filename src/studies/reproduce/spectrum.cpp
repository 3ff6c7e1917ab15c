// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "baselines/baselines.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/recovery.hpp"

namespace orbitwalk::reproduce {

namespace {

/// Of |w|_1 beside the whole mean squared error, as published; examples/published/spectrum_l1.toml has half of it beside
/// half of that error.
constexpr double published_l1_weight = 0.1;

}  // namespace

Findings analyse_spectrum(const std::vector<FinishedRun>& runs) {
  const FinishedRun &free = runs[0], &l1 = runs[1], &hadamard = runs[2];
  const Kind kind(free);
  const Plan& plan = free.experiment.problem.plan;
  const double weight = published_l1_weight;
  // The runs of free weights have their penalty in the loss; of the training error it is not part.
  Scores l1_scores = scores_of(l1);
  for (std::size_t i = 0; i < l1_scores.training.size(); ++i) l1_scores.training[i] -= weight * l1_scores.l1[i];
  const Scores free_scores = scores_of(free), product = scores_of(hadamard);
  const bool shared = same_for_all(free);
  const double common = median(product.training);
  const Scores shortest =
      solve(free, kind, [](const SeedRegression& i, std::uint64_t) { return minimum_norm(i.a, i.y); });
  const Scores descent = solve(free, kind, [&](const SeedRegression& i, std::uint64_t) {
    return descent_from_zero(i, plan.step, double(plan.end()));
  });
  const Scores pursuit =
      solve(free, kind, [](const SeedRegression& i, std::uint64_t) { return minimum_l1(i.a, i.y, certified).x; });
  const Scores penalised =
      solve(free, kind, [=](const SeedRegression& i, std::uint64_t) { return lasso(i.a, i.y, weight).x; });
  const Scores least = solve(free, kind, [&](const SeedRegression& i, std::uint64_t seed) {
    return least_l1_at(i, shared ? common : product.training[seed]);
  });

  Findings findings;
  findings.text = {
      about_seeds(hadamard) +
          about_differences(
              hadamard,
              ". All seeds have the same data; each has a start of its own, the same in all three parameterisations.",
              ". Every seed has a spectrum, sampling times, noise and a start of its own, the same in all three "
              "parameterisations."),
      no_truth(free) ? "The truth is not known, so there is no test error."
      : kind.truth_kind == RegressionTruth::spectrum
          ? "The test error is the mean of (ŷ - y)² over the period without noise; on a uniform grid of 10,000 points "
            "it is exactly (w_0 - w*_0)² + 1/2 Σ (w_k - w*_k)²."
          : "The test error is |w - w*|²/c, of the c weights.",
      "Two sampling times that nearly coincide (t and 1 - t count as such) make the design matrix ill-conditioned, and "
      "interpolating the noise there takes large "
      "weights. So the published solutions are compared with optima at their own training error, and free weights with "
      "gradient descent of the same length, "
      "solved exactly; interpolating optima stand in the table."};
  if (from_files(free) && !no_truth(free)) findings.text[1] += " " + about_noise(free);
  const auto by_descent = relative(free_scores.error, descent.error), by_least = relative(product.l1, least.l1);
  const Reason truth = no_truth(free), scale = truth ? truth : not_on_published_scale(free),
               support = truth ? truth : no_support(free);
  add_claim(findings, scale, "w = p∘q generalises: median test error at most 0.05", [&](const std::string& text) {
    return median_claim(text, product.error, 0.05, true, "decided by the 95 % interval of the median",
                        nothing_varies(hadamard));
  });
  add_claim(findings, scale, "free weights do not: median test error at least 1", [&](const std::string& text) {
    return median_claim(text, free_scores.error, 1.0, false, "decided by the 95 % interval of the median",
                        nothing_varies(free));
  });
  add_claim(findings, support, "w = p∘q finds the support",
            [&](const std::string& text) { return support_claim(text, product, nothing_varies(hadamard)); });
  add_claim(findings, first_of({truth, start_not_at_zero(free)}),
            "free weights are where exact gradient descent from 0 is", [&](const std::string& text) {
              return Claim{text, "test error relative to it: " + median_and_band(by_descent, 4),
                           are_near(by_descent, 1, 0.02), "holds: within 2 % for the 5 to 95 % of the seeds"};
            });
  findings.claims.push_back({"w = p∘q has the least |w|_1 at its training error",
                             "|w|_1 relative to the certified minimum: " + median_and_band(by_least, 4),
                             is_near(median(by_least), 1, 0.02), "holds: within 2 % in the median"});
  findings.claims.push_back(
      {"explicit 0.1 |w|_1 by subgradients reaches its optimum",
       "|w|_1 relative to the optimum's: " + median_and_band(relative(l1_scores.l1, penalised.l1), 4),
       is_near(median(relative(l1_scores.l1, penalised.l1)), 1, 0.02), "holds: within 2 % in the median"});
  FindingsTable table = score_table("test error");
  add_row(table, "free weights", free_scores);
  add_row(table, "free weights with 0.1 |w|_1", l1_scores);
  add_row(table, "w = p∘q", product);
  add_row(table, "exact: gradient descent from 0, as long", descent);
  add_row(table, "exact: least |w|_1 at the training error of p∘q", least);
  add_row(table, "exact: lasso 0.1", penalised);
  add_row(table, "exact: interpolating, minimum norm", shortest);
  add_row(table, "exact: interpolating, minimum |w|_1", pursuit);
  findings.tables.push_back(table);
  findings.charts = {over_time("Sparse spectrum: test error and |w|_1", runs,
                               {{"error", "test error", "log"}, {"l1_norm", "|w|_1", "log"}},
                               {{"error", {{"least |w|_1, same training error", median(least.error)}}},
                                {"l1_norm", {{"least |w|_1, same training error", median(least.l1)}}}}),
                     weights_chart(runs, true)};
  return findings;
}

}  // namespace orbitwalk::reproduce
