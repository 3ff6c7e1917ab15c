// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "orbitwalk/error.hpp"
#include "report/run_charts.hpp"
#include "report/sections.hpp"
#include "results/figures.hpp"
#include "run/evidence.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<Cell>>;

constexpr std::size_t most_styles = 7;  // runs that dashes and markers tell apart; beyond, a colour scale
constexpr std::size_t most_listed = 8;  // members of a group in the tables and densities; beyond, only by index

/// The observables that at least two runs have, as groups.
std::vector<NameGroup> shared(const std::vector<ReportedRun>& runs) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const ReportedRun& run : runs) {
    for (const auto& [name, o] : run.summary.at("observables").items()) {
      if (++seen[name] == 1) names.push_back(name);
    }
  }
  std::erase_if(names, [&](const std::string& name) { return seen.at(name) < 2; });
  return group_names(names);
}

bool listed(const NameGroup& group) { return group.names.size() <= most_listed; }

bool has(const ReportedRun& run, const std::string& name) { return run.summary.at("observables").contains(name); }

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
    const Json& s = runs[i].summary;
    const Json& dynamics = s.at("spec").at("dynamics");
    const auto count = [&](const char* key) {
      return s.at(key).is_null() ? "-" : short_number(s.at(key).get<double>());
    };
    rows.push_back({std::to_string(i + 1), Cell(runs[i].label, "", runs[i].id),
                    s.at("spec").at("model").at("name").get<std::string>(), dynamics.value("name", "-"),
                    dynamics.contains("step") ? dynamics.at("step").dump() : "-", count("particles"), count("steps"),
                    s.at("seed").dump(), s.at("diverged").at("count").dump(), s.at("backend").get<std::string>(),
                    number(s.at("wall_seconds"), "%.3g"), count("particle_steps_per_second")});
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
        if (!has(run, name)) continue;
        const Json& o = run.summary.at("observables").at(name);
        rows.push_back(
            {name, Cell(run.label, "", run.id), with_error(o.at("mean"), o.at("standard_error")),
             with_error(o.at("variance"), o.at("variance_standard_error")),
             o.at("effective_sample_size").is_null() ? "-" : short_number(o.at("effective_sample_size").get<double>()),
             stationary_in_words(run.summary.at("stationarity").at(name))});
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
    for (const Json& law : run.summary.at("laws")) {
      const std::string observable = law.at("observable").get<std::string>(), name = law.at("name").get<std::string>();
      const auto [at, fresh] = place.try_emplace({observable, name}, blocks.size());
      if (fresh) blocks.emplace_back();
      blocks[at->second].push_back({observable, name, Cell(run.label, "", run.id),
                                    verdict_cell(law.at("verdict").get<std::string>()), number(law.at("ks"), "%.2e"),
                                    optional_number(law, "p_adjusted", "%.3g"),
                                    optional_number(law, "ks_bound", "%.1e")});
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
    const BinnedDensity sample = binned_density(runs[i].summary.at("observables").at(name));
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
    Layer points = last_values(runs[i].summary, group, runs[i].label, int(i) + 1);
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
    const Layer fan = series_fan(runs[i].summary, name, runs[i].label, int(i) + 1);
    if (fan.quantiles.empty()) continue;
    if (panel.layers.empty()) {
      panel = series_panel(runs[i].summary, name);
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

void comparison_section(Page& page, const std::vector<ReportedRun>& runs, int level) try {
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
} catch (const Json::exception& e) {
  throw IoError(std::string("a summary.json is damaged: ") + e.what());
}

}  // namespace orbitwalk
