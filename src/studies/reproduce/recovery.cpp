// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>

#include "baselines/baselines.hpp"
#include "models/regression_instance.hpp"
#include "orbitwalk/error.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/applicability.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/instances.hpp"

// Sparse spectra and piecewise-constant signals: what gradient descent recovers under several parameterisations, beside
// the optima that are known exactly for the same data, seed by seed.
namespace orbitwalk::reproduce {
namespace {

/// Of |w|_1 beside the whole mean squared error, as published; examples/published/spectrum_l1.toml has half of it beside half
/// of that error.
constexpr double published_l1_weight = 0.1;

/// What is asked of a solution, one number a seed.
struct Scores {
  std::vector<double> error, l1, variation, support, training;
  std::size_t unsolved = 0;  ///< seeds whose optimum is not certified, or does not exist: NaN
};

/// Error and support as the model's observables have them (kernels/models/regression_instance.hpp): those of files with
/// a truth differ.
struct Kind {
  RegressionTruth truth_kind;
  explicit Kind(const FinishedRun& run) : truth_kind(regression_truth(run.experiment.problem.model.parameters)) {}
  double error_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const {
    if (truth.size() == 0) return std::nan("");
    const Eigen::VectorXd e = w - truth;
    if (truth_kind != RegressionTruth::spectrum) return e.squaredNorm() / double(e.size());
    return 0.5 * (e.squaredNorm() + e[0] * e[0]);  // the mean over t of (Σ e_k cos 2πkt)²
  }
  double support_of(const Eigen::VectorXd& w, const Eigen::VectorXd& truth) const {
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
};

Scores scores_of(const FinishedRun& run) {
  Scores scores{{}, run.last("l1_norm"), run.last("total_variation"), {}, run.last("loss"), 0};
  scores.error = scores.support = std::vector<double>(scores.l1.size(), std::nan(""));
  if (!no_truth(run)) scores.error = run.last("error"), scores.support = run.last("support");
  for (double& loss : scores.training) loss *= 2;  // the loss is half of it
  return scores;
}

/// Of the data of a seed, and its number.
using Solver = std::function<Eigen::VectorXd(const SeedRegression&, std::uint64_t)>;

// Numbers that are none where no weights interpolate the data (someone's own, with more rows than columns), or where
// the solver did not prove its optimum: one seed is left out, and not the work of hours.
Eigen::VectorXd solved(const SeedRegression& instance, std::uint64_t particle, const Solver& solver) {
  try {
    return solver(instance, particle);
  } catch (const NumericalError&) {
    return Eigen::VectorXd::Constant(instance.a.cols(), std::nan(""));
  }
}

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

// a_i / b_i, also where b is one number for all seeds.
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

// The weights of one seed, or of all, beside the truth.
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

// How well the truth of files explains their measurements: order, times or truth that do not belong together show here.
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

std::optional<bool> decided(const Interval& interval, double bound, bool below) {
  if (below ? interval.high <= bound : interval.low >= bound) return true;
  if (below ? interval.low > bound : interval.high < bound) return false;
  return {};
}

// By the 95 % interval of the median; of a single trajectory by its value.
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
