// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/recovery.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/error.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"

namespace orbitwalk::reproduce {

Kind::Kind(const FinishedRun& run)
    : truth_kind(
          RegressionTruth(run.experiment.problem.model.parameters.sizes[RegressionInstance<double>::first_size])) {}

double Kind::error_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const {
  if (truth.size() == 0) return std::nan("");
  const Eigen::VectorXd e = w - truth;
  if (truth_kind != RegressionTruth::spectrum) return e.squaredNorm() / double(e.size());
  return 0.5 * (e.squaredNorm() + e[0] * e[0]);  // the mean over t of (Σ e_k cos 2πkt)²
}

double Kind::support_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const {
  if (truth.size() == 0) return std::nan("");
  double smallest = INFINITY, largest = -1;
  const bool increments = truth_kind == RegressionTruth::signal;
  for (Eigen::Index i = increments ? 1 : 0; i < w.size(); ++i) {
    const double true_size = increments ? truth[i] - truth[i - 1] : truth[i],
                 size = std::abs(increments ? w[i] - w[i - 1] : w[i]);
    if (true_size != 0) smallest = std::min(smallest, size);
    else largest = std::max(largest, size);
  }
  return largest < smallest ? 1 : 0;
}

Scores scores_of(const FinishedRun& run) {
  Scores scores{{}, run.last("l1_norm"), run.last("total_variation"), {}, run.last("loss"), 0};
  scores.error = scores.support = std::vector<double>(scores.l1.size(), std::nan(""));
  if (!no_truth(run)) scores.error = run.last("error"), scores.support = run.last("support");
  for (double& loss : scores.training) loss *= 2;  // the loss is half of it
  return scores;
}

namespace {

// Numbers that are none where no weights interpolate the data (someone's own, with more rows than columns), or where
// the solver did not prove its optimum: one seed is left out, and not the work of hours.
Eigen::VectorXd solved(const SeedRegression& instance, std::uint64_t particle, const Solver& solver) {
  try {
    return solver(instance, particle);
  } catch (const NumericalError&) {
    return Eigen::VectorXd::Constant(instance.a.cols(), std::nan(""));
  }
}

}  // namespace

Scores solve(const FinishedRun& free, const Kind& kind, const Solver& solver) {
  Scores scores;
  const std::uint64_t seeds = same_for_all(free) ? 1 : free.experiment.problem.plan.particles;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const SeedRegression instance = regression_of(free, i);
    const Eigen::VectorXd w = solved(instance, i, solver);
    scores.unsolved += w.hasNaN();
    scores.error.push_back(kind.error_of(w, instance.truth));
    scores.l1.push_back(w.lpNorm<1>());
    scores.variation.push_back(total_variation(w));
    scores.support.push_back(kind.support_of(w, instance.truth));
    scores.training.push_back(training_error(instance, w));
  }
  return scores;
}

Share support_share(const Scores& scores) {
  const auto values = finite_values(scores.support);
  return share_of(std::size_t(std::count(values.begin(), values.end(), 1.0)), values.size());
}

void add_row(FindingsTable& table, const std::string& label, const Scores& scores) {
  table.rows.push_back({label, median_and_band(scores.error), median_and_band(scores.training),
                        median_and_band(scores.l1), median_and_band(scores.variation), percent(support_share(scores))});
  if (scores.unsolved > 0)
    table.note += " " + label + ": " + std::to_string(scores.unsolved) + " without a certified optimum are left out.";
}

FindingsTable score_table(const std::string& error) {
  return {"Solutions",
          {"solution", error, "training error", "|w|_1", "total variation", "support found"},
          {},
          "Medians with the 5 to 95 % of the seeds. Exact optima are of the same data, each with a certificate of "
          "optimality (duality gap)."};
}

std::vector<double> relative(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] / b[b.size() == 1 ? 0 : i];
  return result;
}

Chart over_time(const std::string& title, const std::vector<FinishedRun>& runs,
                const std::vector<std::tuple<std::string, std::string, std::string>>& quantities,
                const std::vector<std::pair<std::string, std::vector<std::pair<std::string, double>>>>& references) {
  Chart chart;
  chart.name = "solutions over time";
  chart.title = title;
  chart.caption =
      "Median, 25 to 75 % and 5 to 95 % of the seeds; dashes: medians of exact optima of the same data. The initial "
      "state is shown at half a step.";
  int reference_style = int(runs.size()) + 1;  // one for each name in the legend, which all panels share
  for (const auto& [name, label, scale] : quantities) {
    if (name == "error" && no_truth(runs[0])) continue;
    Panel panel;
    panel.y_label = label;
    panel.x_scale = "log";
    panel.y_scale = scale;
    int style = 1;
    for (const FinishedRun& run : runs) panel.layers.push_back(fan_of(run, name, run.label, style++));
    for (const auto& [quantity, lines] : references) {
      if (quantity != name) continue;
      for (const auto& [text, value] : lines)
        panel.layers.push_back(Layer::horizontal(text, reference_style++, {value}));
    }
    chart.panels.push_back(panel);
  }
  chart.panels.back().x_label = "step";
  return chart;
}

Chart weights_chart(const std::vector<FinishedRun>& runs, bool spectrum) {
  Chart chart;
  const bool all = !spectrum || same_for_all(runs[0]);
  chart.name = "weights";
  chart.title = all ? "Weights at the end, over seeds" : "Weights at the end, seed 0";
  chart.caption = all ? "Median with the 5 to 95 % of the seeds, and the truth."
                      : "Every seed has a truth of its own; this is the first one.";
  const Eigen::VectorXd truth = regression_of(runs[0], 0).truth;
  if (truth.size() == 0) chart.caption = "Median with the 5 to 95 % of the seeds; the truth is not known.";
  for (const FinishedRun& run : runs) {
    Panel panel;
    panel.title = run.label;
    panel.y_label = "w";
    std::vector<double> x, middle, low, high, true_x, true_y;
    for (Eigen::Index i = 0; i < truth.size(); ++i) {
      if (spectrum ? truth[i] != 0 : true)
        true_x.push_back(spectrum ? double(i) : double(i + 1)), true_y.push_back(truth[i]);
    }
    for (const auto& name : run.experiment.problem.names) {
      const auto i = numbered_index(name, "w");
      if (!i) continue;
      const auto values = run.last(name);
      x.push_back(spectrum ? *i : *i + 1);
      middle.push_back(all ? median(values) : values[0]);
      low.push_back(all ? quantile(values, 0.05) : values[0]);
      high.push_back(all ? quantile(values, 0.95) : values[0]);
    }
    if (truth.size() > 0)
      panel.layers.push_back(spectrum ? Layer::points("truth", 2, true_x, true_y)
                                      : Layer::line("truth", 2, true_x, true_y));
    panel.layers.push_back(Layer::points("found", 1, x, middle).between(low, high));
    chart.panels.push_back(panel);
  }
  chart.panels.back().x_label = spectrum ? "mode k" : "place";
  return chart;
}

std::string about_noise(const FinishedRun& run) {
  const double noise = noise_of_files(run),
               size = std::sqrt(regression_of(run, 0).y.squaredNorm() / double(regression_of(run, 0).y.size()));
  std::string text =
      "In the files, y - X w* has a root mean square of " + digits(noise) + ", and y of " + digits(size) + ".";
  if (noise > 0.5 * size)
    text +=
        " The truth hardly explains the measurements: check that times or design, measurements and truth belong "
        "together, in the same order.";
  return text;
}

namespace {

std::optional<bool> decided(const Interval& interval, double bound, bool below) {
  if (below ? interval.high <= bound : interval.low >= bound) return true;
  if (below ? interval.low > bound : interval.high < bound) return false;
  return {};
}

}  // namespace

Claim median_claim(const std::string& text, const std::vector<double>& values, double bound, bool below,
                   const std::string& detail, bool single) {
  if (!single) return {text, median_and_interval(values), decided(median_interval(values), bound, below), detail};
  const double value = median(values);
  return {text, digits(value), decided({value, value}, bound, below), "decided by the value: there is one trajectory"};
}

Claim support_claim(const std::string& text, const Scores& scores, bool single) {
  const Share share = support_share(scores);
  if (single && share.all > 0)
    return {text, share.count > 0 ? "found" : "not found", share.count > 0, "there is one trajectory"};
  return {text, percent(share), is_majority(share), "holds: in more than half of the seeds, by the 95 % interval"};
}

}  // namespace orbitwalk::reproduce
