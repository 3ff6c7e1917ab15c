// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/error.hpp"
#include "report/run_charts.hpp"
#include "report/sections.hpp"
#include "results/conclusion.hpp"
#include "results/data_record.hpp"
#include "results/figures.hpp"
#include "results/summary.hpp"
#include "run/stationarity.hpp"
#include "spec/spec_text.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

using Rows = std::vector<std::vector<Cell>>;

Cell answer_cell(std::optional<bool> value) {
  const std::string answer = yes_or_no(value);
  return {answer, answer == "yes" ? "good" : answer == "no" ? "bad" : ""};
}

Cell stationary_cell(Stationarity stationary) {
  return {in_words(stationary), stationary == Stationarity::yes  ? "good"
                                : stationary == Stationarity::no ? "bad"
                                                                 : "open"};
}

std::string diverged_text(const Result& r) {
  if (r.diverged.count == 0) return "none";
  return std::to_string(r.diverged.count) + " of " + std::to_string(r.particles) + ", the first at step " +
         std::to_string(r.diverged.first_step.value_or(0));
}

void laws(Page& page, const std::vector<LawComparison>& list) {
  if (list.empty()) return;
  bool attributed = false, equivalence = false;
  for (const LawComparison& law : list) {
    attributed |= !law.attribution.empty();
    equivalence |= law.equivalence.has_value();
  }
  Rows rows;
  for (const LawComparison& law : list) {
    rows.push_back({law.observable, law.name, verdict_cell(law.verdict), number(law.mean, "%.6g"),
                    number(law.mean_z, "%+.1f"), number(law.ks, "%.2e"), number(law.ks_critical, "%.1e"),
                    number(law.p_value, "%.3g"), number(law.p_adjusted, "%.3g"), number(law.ks_bound, "%.1e"),
                    number(law.wasserstein1, "%.1e"), number(law.kl, "%.1e")});
    if (equivalence) rows.back().push_back(answer_cell(law.equivalent));
    if (attributed) rows.back().push_back(law.attribution);
  }
  std::vector<std::string> header = {"observable", "law", "verdict",  "law mean", "z",  "KS",
                                     "critical",   "p",   "adjusted", "bound",    "W1", "KL"};
  if (equivalence) header.push_back("equivalent");
  if (attributed) header.push_back("mismatch from");
  page.table("Laws", header, rows,
             "z: distance of the means in standard errors. KS: Kolmogorov-Smirnov distance, critical the one that is "
             "too large by itself. Adjusted: the p-value that decides. Bound: the largest deviation that the data "
             "still allow. W1: Wasserstein-1 distance. KL: Kullback-Leibler divergence.");
}

void step_biases(Page& page, const Result& r) {
  if (r.step_bias.empty()) return;
  Rows rows;
  for (std::size_t i = 0; i < r.step_bias.size(); ++i) {
    const StepBias& b = r.step_bias[i];
    rows.push_back({r.observables[i].name, with_error(b.mean, b.standard_error),
                    with_error(b.variance, b.variance_standard_error), number(b.fraction), number(b.order),
                    number(b.two_step_ks, "%.1e"),
                    yes_or_no(b.significant)});  // no colour: one that is seen is no fault
  }
  page.table("Step bias",
             {"observable", "of the mean ± s.e.", "of the variance ± s.e.", "step factor", "order",
              "KS of the two runs", "significant"},
             rows);
}

void observables(Page& page, const Result& r) {
  Rows rows, tests;
  for (std::size_t i = 0; i < r.observables.size(); ++i) {
    const ObservableResult& o = r.observables[i];
    rows.push_back({o.name, with_error(o.mean, o.standard_error), with_error(o.variance, o.variance_standard_error),
                    number(o.minimum, "%.4g"), number(o.maximum, "%.4g"), short_or_dash(o.effective_sample_size),
                    std::to_string(o.histogram.under), std::to_string(o.histogram.over)});
    if (const auto& shell = r.shell_extrapolation)
      rows.back().push_back(with_error(shell->limits[i].mean, shell->limits[i].standard_error));
    tests.push_back({o.name, stationary_cell(o.stationary), number(o.nested_rhat, "%.4f"),
                     number(o.nested_rhat_critical, "%.4f"), number(o.drift_ks, "%.1e"), number(o.drift_p, "%.2g")});
  }
  std::vector<std::string> header = {"observable", "mean ± s.e.",  "variance ± s.e.", "least",
                                     "largest",    "eff. samples", "below",           "above"};
  if (r.shell_extrapolation) header.push_back("mean, shell → 0");
  page.table("Observables", header, rows, "s.e.: standard error. Below, above: observations outside the histogram.");
  page.table("Stationarity", {"observable", "stationary", "nested R-hat", "critical", "drift KS", "drift p"}, tests);
  for (const auto& sentence : stationarity_reasons(r.observables)) page.paragraph(sentence + ".");
  step_biases(page, r);
}

void accuracy(Page& page, const Result& r) {
  if (!r.accuracy) return;
  const auto& extrapolation = r.accuracy->extrapolation;
  if (extrapolation) {
    Rows means;
    for (std::size_t i = 0; i < r.observables.size(); ++i) {
      const ExtrapolatedMean& each = extrapolation->means[i];
      means.push_back({r.observables[i].name, with_error(each.mean, each.standard_error),
                       with_error(each.means[0], each.errors[0])});
    }
    page.table("Means extrapolated to a step of 0", {"observable", "extrapolated", "at the step of the run"}, means);
  }
  Rows rows;
  for (std::size_t i = 0; i < r.observables.size(); ++i) {
    const AccuracyReached& each = r.accuracy->observables[i];
    rows.push_back({r.observables[i].name, with_error(each.bias, each.bias_standard_error),
                    number(each.standard_error, "%.1e"), number(each.allowed, "%.1e"), answer_cell(each.reached)});
  }
  page.table("Accuracy " + number(r.accuracy->asked, "%.3g") + " of a standard deviation",
             {"observable", extrapolation ? "remaining step bias" : "measured step bias", "standard error", "allowed",
              "|bias| + 2 s.e. within"},
             rows);
}

void provenance(Page& page, const Result& r, int level) {
  page.heading(level, "Provenance");
  std::vector<std::pair<std::string, std::string>> facts = {
      {"program", r.program + " " + r.version},
      {"backend", r.backend},
      {"device", r.device},
      {"threads", std::to_string(r.threads)},
      {"precision", r.precision},
      {"seed", std::to_string(r.seed)},
      {"particles", std::to_string(r.particles)},
      {"steps (burn-in included)", std::to_string(r.steps)},
      {"wall time", number(r.wall_seconds, "%.3g") + " s"},
      {"particle-steps per second", short_or_dash(r.particle_steps_per_second)},
      {"diverged particles", diverged_text(r)},
      {"degenerate projections", std::to_string(r.degenerate_projections)},
      {"digest of all counts", r.digest}};
  if (const auto& test = r.metropolis) {
    facts.emplace_back("accepted proposals", number(100 * test->accept_rate, "%.2f") + " %");
    facts.emplace_back("proposals without a way to the slice", std::to_string(test->unsolved));
  }
  page.facts(facts);
  page.code(spec_as_toml(r.spec));
}

}  // namespace

ReportedRun read_run(const std::string& directory, const std::string& label) {
  return {label, directory, read_summary(directory + "/summary.json")};
}

Cell verdict_cell(const std::string& verdict) {
  return {verdict, verdict == "accepted" ? "good" : verdict == "rejected" ? "bad" : "open"};
}

void run_section(Page& page, const ReportedRun& run, int level) try {
  const Result& r = run.result;
  for (const std::string& sentence : r.conclusion) page.paragraph(sentence, "conclusion");
  page.paragraph(headline_of(r.spec).model + ", " + short_number(double(r.particles)) + " particles × " +
                 short_number(double(r.steps)) + " steps, seed " + std::to_string(r.seed) +
                 ". Diverged particles: " + diverged_text(r) + ".");
  for (const auto& line : data_lines(r.data, r.spec_directory)) page.paragraph("Read: " + line);
  for (const std::string& note : r.notes) page.paragraph("Note: " + note);
  page.heading(level, "Results");
  laws(page, r.laws);
  observables(page, r);
  accuracy(page, r);
  std::vector<std::string> names;
  for (const ObservableResult& o : r.observables) names.push_back(o.name);
  const auto groups = group_names(names);
  const auto part = [&](const std::string& title, const auto& charts_of) {
    bool first = true;
    for (const NameGroup& group : groups) {
      for (Chart& chart : charts_of(group)) {
        if (first) page.heading(level, title);
        first = false;
        chart.name = run.label + "-" + chart.name;
        page.figure(std::move(chart));
      }
    }
  };
  part("Densities", [&](const NameGroup& group) { return density_charts(r, group); });
  part("Development", [&](const NameGroup& group) { return series_charts(r, group); });
  part("Last values", [&](const NameGroup& group) { return last_value_charts(r, group); });
  provenance(page, r, level);
} catch (const IoError& e) {
  throw IoError(run.directory + "/summary.json: " + e.what());
}

}  // namespace orbitwalk
