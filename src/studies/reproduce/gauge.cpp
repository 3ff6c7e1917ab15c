// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/figures_text.hpp"

// w = p q in the plane: orbits are the hyperbolas p q = w, a gauge picks one point of each, and what law w has depends
// on how the gauge is imposed.
namespace orbitwalk::reproduce {
namespace {

// The points (p, q) with p q = w and p² - q² = b, p > 0 where w is.
void cloud(const FinishedRun& run, std::size_t most, std::vector<double>& p, std::vector<double>& q) {
  const auto w = run.last("w1"), b = run.last("balance1");
  for (std::size_t i = 0; i < w.size() && p.size() < most; ++i) {
    if (!std::isfinite(w[i]) || !std::isfinite(b[i])) continue;
    const double root = std::sqrt(b[i] * b[i] + 4 * w[i] * w[i]);
    p.push_back(std::sqrt(0.5 * (root + b[i])));
    q.push_back(std::copysign(std::sqrt(0.5 * std::max(root - b[i], 0.0)), w[i]));
  }
}

Chart picture(const std::vector<FinishedRun>& runs) {
  Chart chart;
  chart.name = "orbits and gauge";
  chart.title = "Orbits p q = w, the gauge p² = q², and where the ensembles lie";
  chart.caption =
      "Lines: orbits w = 0.25, 0.5, 1, 2; dashes: the slice p = q. Points: 400 particles of each ensemble at its end "
      "(the half plane p > 0).";
  chart.columns = 2;
  chart.share_x = false;
  for (const FinishedRun& run : runs) {
    Panel panel;
    panel.title = run.label;
    panel.x_label = "p";
    panel.y_label = "q";
    panel.x_limits = panel.y_limits = {{0, 3}};
    for (const double w : {0.25, 0.5, 1.0, 2.0}) {
      std::vector<double> x, y;
      for (int i = 0; i <= 60; ++i) {
        x.push_back(w / 3 * std::pow(9 / w, i / 60.0));
        y.push_back(w / x.back());
      }
      panel.layers.push_back(Layer::line(w == 1 ? "orbits" : "", 0, x, y));
    }
    panel.layers.push_back(Layer::line("gauge", 2, {0, 3}, {0, 3}));
    std::vector<double> p, q;
    cloud(run, 400, p, q);
    panel.layers.push_back(Layer::points("particles", 1, p, q));
    chart.panels.push_back(panel);
  }
  return chart;
}

}  // namespace

Findings analyse_gauge(const std::vector<FinishedRun>& runs) {
  Findings findings;
  findings.text = {
      "An orbit of w = p q is a hyperbola, of local volume v = sqrt(p² + q²). A gauge picks a point of it; the set p² "
      "= q² can be imposed by the moment map "
      "(p² - q²)/2, by |p| - |q|, or by noise that never points along the orbits. The laws of w differ, though the set "
      "is the same; without a gauge, weight "
      "decay and isotropic noise give yet another one, K0.",
      "Each law is held against the ensemble in the sections of the runs below."};
  // What each spec expects, in the order of the runs.
  const std::vector<std::string> right = {"weight decay and isotropic noise: exp(-L/T) K0(lambda |w|/T)",
                                          "p² = q² by the moment map: exp(-L/T)/v against arc length",
                                          "the same set by |p| - |q|: exp(-L/T) against arc length",
                                          "noise across the orbits only: arc length on p² = q²"};
  FindingsTable table{"Laws of w",
                      {"ensemble", "law", "KS", "p", "verdict"},
                      {},
                      "Every law of every ensemble; those that theory says hold come first."};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& expect = runs[i].experiment.compare.expect;
    for (const LawComparison& law : runs[i].result.laws) {
      if (law.observable != "w1") continue;
      table.rows.push_back({runs[i].label, law.name, digits(law.ks), digits(law.p_value), law.verdict});
      const std::string measured = "KS " + digits(law.ks) + ", p " + digits(law.p_value) + ", " + law.verdict;
      const std::optional<bool> holds = law.verdict == "accepted"   ? std::optional<bool>(true)
                                        : law.verdict == "rejected" ? std::optional<bool>(false)
                                                                    : std::optional<bool>();
      if (std::count(expect.begin(), expect.end(), law.name))
        findings.claims.push_back({right[i], measured, holds,
                                   "ensemble \"" + runs[i].label + "\", " +
                                       std::to_string(runs[i].experiment.problem.plan.particles) + " particles"});
      if (law.name == "uncorrected")
        findings.claims.push_back({"the law without a volume term is wrong there", measured,
                                   holds ? std::optional<bool>(!*holds) : holds, "ensemble \"" + runs[i].label + "\""});
    }
  }
  findings.tables.push_back(table);
  findings.charts.push_back(picture(runs));
  return findings;
}

}  // namespace orbitwalk::reproduce
