// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "report/run_charts.hpp"
#include "report/sections.hpp"
#include "results/figures.hpp"
#include "run/stationarity.hpp"
#include "spec/spec_text.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

using Rows = std::vector<std::vector<Cell>>;

constexpr std::size_t most_listed = 8;  // members of a group in the tables and densities; beyond, only by index

/// The observables that at least two runs have, as groups.
std::vector<NameGroup> shared(const std::vector<ReportedRun>& runs) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const ReportedRun& run : runs) {
    for (const ObservableResult& o : run.result.observables) {
      if (++seen[o.name] == 1) names.push_back(o.name);
    }
  }
  std::erase_if(names, [&](const std::string& name) { return seen.at(name) < 2; });
  return group_names(names);
}

bool listed(const NameGroup& group) { return group.names.size() <= most_listed; }

bool has(const ReportedRun& run, const std::string& name) { return run.result.observable(name) != nullptr; }

void told_apart(Panel& panel, Layer layer, std::size_t run, std::size_t runs) {
  if (runs > most_styles) {
    layer.label.clear();
    layer.value = double(run + 1);
    panel.colour_scale = ColourScale{"run", 1, double(runs)};
  }
  panel.layers.push_back(std::move(layer));
}

void runs_table(Page& page, const std::vector<ReportedRun>& runs) {
  Rows rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Result& r = runs[i].result;
    const SpecHeadline spec = headline_of(r.spec);
    rows.push_back({std::to_string(i + 1), Cell(runs[i].label, "", runs[i].id), spec.model, spec.dynamics, spec.step,
                    short_number(double(r.particles)), short_number(double(r.steps)), std::to_string(r.seed),
                    std::to_string(r.diverged.count), r.backend, number(r.wall_seconds, "%.3g"),
                    short_or_dash(r.particle_steps_per_second)});
  }
  page.table("Runs",
             {"", "run", "model", "dynamics", "step size", "particles", "steps", "seed", "diverged", "backend",
              "seconds", "particle-steps/s"},
             rows);
}

void observables_table(Page& page, const std::vector<ReportedRun>& runs, const std::vector<NameGroup>& groups) {
  Rows rows;
  for (const NameGroup& group : groups) {
    if (!listed(group)) continue;
    for (const std::string& name : group.names) {
      for (const ReportedRun& run : runs) {
        const ObservableResult* o = run.result.observable(name);
        if (!o) continue;
        rows.push_back({name, Cell(run.label, "", run.id), with_error(o->mean, o->standard_error),
                        with_error(o->variance, o->variance_standard_error), short_or_dash(o->effective_sample_size),
                        in_words(o->stationary)});
      }
    }
  }
  if (!rows.empty())
    page.table("Observables", {"observable", "run", "mean ± s.e.", "variance ± s.e.", "eff. samples", "stationary"},
               rows);
}

void laws_table(Page& page, const std::vector<ReportedRun>& runs) {
  std::map<std::pair<std::string, std::string>, std::size_t> place;
  std::vector<Rows> blocks;  // one an observable and law, in the order of first appearance
  for (const ReportedRun& run : runs) {
    for (const LawComparison& law : run.result.laws) {
      const auto [at, fresh] = place.try_emplace({law.observable, law.name}, blocks.size());
      if (fresh) blocks.emplace_back();
      blocks[at->second].push_back({law.observable, law.name, Cell(run.label, "", run.id), verdict_cell(law.verdict),
                                    number(law.ks, "%.2e"), number(law.p_adjusted, "%.3g"),
                                    number(law.ks_bound, "%.1e")});
    }
  }
  Rows rows;
  for (const Rows& block : blocks) rows.insert(rows.end(), block.begin(), block.end());
  if (!rows.empty()) page.table("Laws", {"observable", "law", "run", "verdict", "KS", "adjusted p", "bound"}, rows);
}

void densities(Page& page, const std::vector<ReportedRun>& runs, const std::string& name) {
  Chart chart;
  chart.name = "runs-density-" + name;
  chart.title = "Density of " + name + " in the runs";
  Panel panel;
  panel.x_label = name;
  panel.y_label = "density";
  double highest = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!has(runs[i], name)) continue;
    const BinnedDensity sample = binned_density(*runs[i].result.observable(name));
    if (sample.density.empty()) continue;
    std::vector<double> x, y;  // lines through the bins' middles: steps of several runs would hide each other
    for (std::size_t bin = sample.first; bin < sample.last; ++bin) {
      x.push_back((sample.edges[bin] + sample.edges[bin + 1]) / 2);
      y.push_back(sample.density[bin]);
      highest = std::max(highest, y.back());
    }
    told_apart(panel, Layer::line(runs[i].label, int(i) + 1, x, y), i, runs.size());
  }
  if (panel.layers.size() < 2) return;
  panel.y_limits = std::pair(0.0, 1.06 * highest);
  chart.panels = {panel};
  page.figure(std::move(chart));
}

void last_by_index(Page& page, const std::vector<ReportedRun>& runs, const NameGroup& group) {
  Chart chart;
  chart.name = "runs-last-" + group.stem;
  chart.title = "Last values of " + group.names.front() + " to " + group.names.back() + " in the runs";
  chart.caption = "Median and 5–95 %.";
  Panel panel;
  panel.x_label = "index";
  panel.y_label = group.stem;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Layer points = last_values(runs[i].result, group, runs[i].label, int(i) + 1);
    if (points.x.empty()) continue;
    // side by side
    for (double& x : points.x) x += 0.5 * (double(i) - 0.5 * double(runs.size() - 1)) / double(runs.size());
    told_apart(panel, std::move(points), i, runs.size());
  }
  if (panel.layers.size() < 2) return;
  chart.panels = {panel};
  page.figure(std::move(chart));
}

void medians(Page& page, const std::vector<ReportedRun>& runs, const std::string& name) {
  Chart chart;
  chart.name = "runs-series-" + name;
  chart.title = name + " over the steps in the runs";
  chart.caption = "Medians; shaded: from the lowest to the highest level that was recorded.";
  Panel panel;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Layer fan = series_fan(runs[i].result, name, runs[i].label, int(i) + 1);
    if (fan.quantiles.empty()) continue;
    if (panel.layers.empty()) {
      panel = series_panel(runs[i].result, name);
    }
    Layer line = Layer::line(runs[i].label, int(i) + 1, fan.x, fan.quantiles[fan.levels.size() / 2]);
    if (runs.size() <= 3) line = line.between(fan.quantiles.front(), fan.quantiles.back());
    told_apart(panel, std::move(line), i, runs.size());
  }
  if (panel.layers.size() < 2) return;
  if (runs.size() > 3) chart.caption = "Medians.";
  chart.panels = {panel};
  page.figure(std::move(chart));
}

}  // namespace

void comparison_section(Page& page, const std::vector<ReportedRun>& runs, int level) {
  page.heading(level, "The runs side by side");
  runs_table(page, runs);
  const auto groups = shared(runs);
  observables_table(page, runs, groups);
  laws_table(page, runs);
  for (const NameGroup& group : groups) {
    if (group.numbered()) last_by_index(page, runs, group);
    if (!listed(group)) continue;
    for (const std::string& name : group.names) {
      densities(page, runs, name);
      medians(page, runs, name);
    }
  }
}

}  // namespace orbitwalk
