// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <set>

#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/noise_drift.hpp"

// Balance of the two halves of a rescaling symmetry, a_j -> c_j a_j, b_j -> b_j / c_j: hidden units of a ReLU network
// (a = V, b = W) and columns of an attention head (a = Q, b = K).
//
// With ratio ρ = |a|/|b|, strength s = |a||b| and imbalance I = |a|² - |b|²: I = s (ρ - 1/ρ). Gradient flow keeps I,
// since the gradient is orthogonal to the orbit; so ρ goes to 1 whenever s grows beyond |I|, without any noise. A step
// of gradient descent adds η² (|g_a|² - |g_b|²) to I exactly, which is where noise can act. Comparing the ratio with
// the one that a constant I would give tells the two apart, seed by seed.
namespace orbitwalk::reproduce {
namespace {

struct Names {
  std::string title, unit, numerator, denominator;
};

// The ratio at strength s and imbalance I.
double ratio_from(double imbalance, double strength) {
  const double x = imbalance / (2 * strength);
  return x >= 0 ? x + std::sqrt(x * x + 1) : 1 / (std::sqrt(x * x + 1) - x);
}

std::vector<double> divide(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] / b[i];
  return result;
}

// The relaxation that gradient flow predicts: the median over seeds of the ratio at the strength of each time and the
// imbalance of the start.
Layer predicted_over_time(const FinishedRun& run, int unit) {
  const std::string number = std::to_string(unit);
  const auto imbalance = run.at("imbalance" + number, 0);
  std::vector<double> predicted;
  for (std::size_t t = 0; t < run.series.steps.size(); ++t) {
    const auto strength = run.at("strength" + number, t);
    std::vector<double> ratio(strength.size());
    for (std::size_t i = 0; i < ratio.size(); ++i) ratio[i] = ratio_from(imbalance[i], strength[i]);
    predicted.push_back(median(ratio));
  }
  return Layer::line("constant imbalance", 3, times_of(run.series), predicted);
}

Findings analyse(const FinishedRun& run, const Names& names) {
  const Problem& problem = run.experiment.problem;
  const int units = problem.model.generators;
  const std::size_t seeds = problem.plan.particles;
  const auto is_close = [](double ratio, double within) { return std::abs(std::log(ratio)) <= std::log1p(within); };

  std::vector<double> unit(units), start[3], end[3], predicted, kept_all, left, mismatch;
  FindingsTable table{"Balance of each " + names.unit,
                      {names.unit, "ratio at the start", "ratio at the end", "95 % of the median",
                       "ratio if the imbalance had stayed", "imbalance left / at the start"},
                      {},
                      "Medians over seeds with the 5 to 95 % of the seeds in brackets. Ratio: " + names.numerator +
                          "/" + names.denominator + "; imbalance: " + names.numerator + "² - " + names.denominator +
                          "². The last two columns: what gradient flow, which keeps the imbalance, gives at the "
                          "strength that was reached, and how much of the imbalance is left."};
  std::size_t within_5 = 0, within_20 = 0, all = 0;
  for (int j = 0; j < units; ++j) {
    const std::string number = std::to_string(j + 1);
    const auto before = run.at("ratio" + number, 0), after = run.last("ratio" + number),
               strength = run.last("strength" + number);
    const auto imbalance_before = run.at("imbalance" + number, 0), imbalance_after = run.last("imbalance" + number);
    const auto kept = divide(imbalance_after, imbalance_before);
    std::vector<double> flow(seeds), off(seeds);
    for (std::size_t i = 0; i < seeds; ++i) {
      flow[i] = ratio_from(imbalance_before[i], strength[i]);
      off[i] = std::abs(std::log(after[i] / flow[i]));
      if (!std::isfinite(after[i])) continue;
      ++all;
      within_5 += is_close(after[i], 0.05);
      within_20 += is_close(after[i], 0.2);
    }
    kept_all.insert(kept_all.end(), kept.begin(), kept.end());
    mismatch.insert(mismatch.end(), off.begin(), off.end());
    for (const double share : kept) left.push_back(std::abs(share));
    unit[j] = j + 1;
    for (int q = 0; q < 3; ++q) {
      start[q].push_back(quantile(before, q == 0 ? 0.05 : q == 1 ? 0.5 : 0.95));
      end[q].push_back(quantile(after, q == 0 ? 0.05 : q == 1 ? 0.5 : 0.95));
    }
    predicted.push_back(median(flow));
    const Interval interval = median_interval(after);
    table.rows.push_back({number, median_and_band(before), median_and_band(after),
                          digits(interval.low) + " to " + digits(interval.high), median_and_band(flow),
                          median_and_band(kept)});
  }
  const auto volume_before = run.at("excess_log_volume", 0), volume_after = run.last("excess_log_volume");
  const auto loss_before = run.at("loss", 0), loss_after = run.last("loss");

  const double farthest_start = farthest_from_one(start[1]), farthest_end = farthest_from_one(end[1]);
  const double away_start = std::abs(std::log(farthest_start)), away_end = std::abs(std::log(farthest_end)),
               kept_median = median(left);

  Findings findings;
  findings.text = {
      about_seeds(run) +
          about_differences(run,
                            ". All seeds have the same problem; each has a start, batches and label noise of its own.",
                            ". Every seed has a teacher, a start, batches and label noise of its own."),
      "Gradient flow keeps the imbalance of each " + names.unit +
          ", so its ratio tends to 1 by growth alone; noise changes the imbalance, at second order "
          "in the learning rate. The ratio that a constant imbalance would give, at the strength that each seed "
          "reached, stands beside the ratio that was reached: "
          "where they agree the balance is not the work of noise."};
  // Comparisons with a number that does not exist (all seeds diverged) are false: what they would decide is asked in
  // both directions.
  const auto decide = [](bool holds, bool fails) {
    return holds ? std::optional<bool>(true) : fails ? std::optional<bool>(false) : std::optional<bool>();
  };
  findings.claims.push_back(
      {"the ratio of every " + names.unit + " tends to 1",
       "the median farthest from 1 goes from " + digits(farthest_start) + " to " + digits(farthest_end),
       decide(away_end <= std::log1p(0.05), away_end >= 0.5 * away_start),
       "holds: the medians of all are within 5 % of 1; not decided: on the way (|log ratio| at least halved)"});
  findings.claims.push_back({"balance in every seed",
                             percent(share_of(within_5, all)) + " of all ratios within 5 % of 1; " +
                                 percent(share_of(within_20, all)) + " within 20 %",
                             decide(all > 0 && within_5 == all, within_5 < all),
                             "over seeds and " + names.unit + "s; intervals as if these were independent"});
  findings.claims.push_back({"gradient noise brings the balance about",
                             "the ratio differs from that at constant imbalance by " + median_and_band(mismatch) +
                                 " in its logarithm; imbalance left: " + median_and_band(kept_all),
                             decide(kept_median<0.5, kept_median> 0.9),
                             "holds: more than half of the imbalance, without its sign, is gone in the median; does "
                             "not hold: less than a tenth, or it grew (growth of the strength "
                             "alone explains the ratios)"});
  findings.claims.push_back(
      {"the log-determinant term falls to its least value",
       "log v above its minimum on the orbit: " + median_and_band(volume_before) + " at the start, " +
           median_and_band(volume_after) + " at the end",
       decide(quantile(divide(volume_after, volume_before), 0.95) < 0.1, median(volume_after) >= median(volume_before)),
       "holds: below a tenth of its start in 95 % of the seeds; does not hold: its median does not fall"});
  findings.claims.push_back(
      {"the student learns",
       (run.experiment.problem.model.streamed ? "population loss (64 fixed inputs): " : "training loss: ") +
           median_and_band(loss_before) + " at the start, " + median_and_band(loss_after) + " at the end",
       decide(median(loss_after) < 0.5 * median(loss_before), median(loss_after) >= 0.5 * median(loss_before)),
       "holds: the median loss at least halves"});
  findings.tables.push_back(table);

  Chart balance;
  balance.name = "balance by " + names.unit;
  balance.title = names.title + ": ratio of every " + names.unit + " at the start and at the end";
  balance.caption =
      "Median over seeds with the 5 to 95 % of the seeds; line: what gradient flow would give at the same strength.";
  Panel panel;
  panel.x_label = names.unit;
  panel.y_label = names.numerator + "/" + names.denominator;
  panel.y_scale = "log";
  panel.layers = {Layer::horizontal("balance", 0, {1.0}),
                  Layer::points("start", 1, unit, start[1]).between(start[0], start[2]),
                  Layer::points("end", 2, unit, end[1]).between(end[0], end[2]),
                  Layer::line("constant imbalance", 3, unit, predicted)};
  balance.panels = {panel};
  findings.charts.push_back(balance);

  Chart fans;
  fans.name = "ratio over time";
  fans.title = names.title + ": ratio over time";
  fans.columns = 2;
  for (const int j : std::set<int>{1, std::max(units / 2, 1), std::min(units / 2 + 1, units), units}) {
    Panel each;
    each.title = names.unit + " " + std::to_string(j);
    each.x_label = "step";
    each.y_label = "ratio";
    each.x_scale = each.y_scale = "log";
    each.layers = {Layer::horizontal("", 0, {1.0}), fan_of(run, "ratio" + std::to_string(j), "", 1),
                   predicted_over_time(run, j)};
    fans.panels.push_back(each);
  }
  fans.caption =
      "Median, 25 to 75 % and 5 to 95 % of the seeds; the initial state is shown at half a step. Line: the median of "
      "what gradient flow, which keeps the imbalance, "
      "gives at the strength that each seed has at that time.";
  findings.charts.push_back(fans);

  Chart terms;
  terms.name = "log-determinant and loss over time";
  terms.title = names.title + ": log-determinant term and loss over time";
  Panel volume, loss;
  volume.y_label = "log v - min log v";
  volume.x_scale = loss.x_scale = "log";
  volume.layers = {fan_of(run, "excess_log_volume", "", 2)};
  loss.x_label = "step";
  loss.y_label = "loss";
  loss.y_scale = "log";
  loss.layers = {fan_of(run, "loss", "", 4)};
  terms.panels = {volume, loss};
  findings.charts.push_back(terms);
  return findings;
}

}  // namespace

Findings analyse_relu(const std::vector<FinishedRun>& runs) {
  Findings findings = analyse(runs[0], {"ReLU network", "hidden unit", "|V_j|", "|W_j|"});
  if (auto table = noise_drift(runs[0])) findings.tables.push_back(std::move(*table));
  return findings;
}

Findings analyse_attention(const std::vector<FinishedRun>& runs) {
  const FinishedRun& run = runs[0];
  Findings findings = analyse(run, {"Attention head", "column", "|Q_j|", "|K_j|"});
  findings.text.push_back(
      run.experiment.problem.model.parameters.size("values") > 0
          ? "The value matrix V is trained as well; the rescaling of the columns of Q and K leaves it alone."
          : "This head has no value matrix (model.values = 0); the publication's has one.");
  FindingsTable norms{"Norms of the whole matrices",
                      {"ratio", "start", "end"},
                      {},
                      "Medians over seeds with the 5 to 95 % of the seeds."};
  Chart chart;
  chart.name = "norm ratios over time";
  chart.title = "Attention head: ratios of the norms of Q and K over time";
  Panel panel;
  panel.x_label = "step";
  panel.y_label = "ratio";
  panel.x_scale = "log";
  panel.layers = {Layer::horizontal("balance", 0, {1.0})};
  int style = 1;
  for (const auto& [name, label] : std::initializer_list<std::pair<const char*, const char*>>{
           {"frobenius_ratio", "Frobenius"}, {"nuclear_ratio", "nuclear"}}) {
    norms.rows.push_back({label, median_and_band(run.at(name, 0)), median_and_band(run.last(name))});
    panel.layers.push_back(fan_of(run, name, label, style++));
  }
  chart.panels = {panel};
  findings.tables.push_back(norms);
  findings.charts.push_back(chart);
  return findings;
}

}  // namespace orbitwalk::reproduce
