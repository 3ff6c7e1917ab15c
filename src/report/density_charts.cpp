// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "report/run_charts.hpp"

namespace orbitwalk {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_whole = 8;        // members of a group with a chart each
constexpr std::size_t small_panels = 12;     // in a chart of many
constexpr std::size_t residual_groups = 60;  // neighbouring bins are merged to about as many
constexpr double linear_residuals = 30;      // larger ones are shown on a logarithmic axis
constexpr double least_expected = 25;        // effective values in a group of bins: below, a residual is not normal

struct LawDensity {
  std::string name;
  int style = 1;
  std::vector<double> density;  ///< scaled to the sample's share inside the law's window
};

std::vector<LawDensity> laws_of(const Result& result, const std::string& observable, const BinnedDensity& sample) {
  std::vector<LawDensity> laws;
  for (const LawComparison& law : result.laws) {
    if (law.observable != observable || law.verdict == "no law") continue;
    LawDensity each{law.name, int(laws.size()) + 1, law.density};
    if (law.window) {
      double inside = 0;
      for (std::size_t i = 0; i < each.density.size(); ++i) {
        const double middle = (sample.edges[i] + sample.edges[i + 1]) / 2;
        if (middle > law.window->first && middle < law.window->second)
          inside += sample.density[i] * (sample.edges[i + 1] - sample.edges[i]);
        else each.density[i] = nan;
      }
      for (double& value : each.density) value *= inside;
    }
    laws.push_back(std::move(each));
  }
  return laws;
}

// Bins with values, or in which a law expects some.
void widen(BinnedDensity& sample, const LawDensity& law) {
  for (std::size_t i = 0; i < law.density.size(); ++i) {
    const double expected = law.density[i] * (sample.edges[i + 1] - sample.edges[i]);
    if (!(expected > 1e-4)) continue;
    sample.first = std::min(sample.first, i);
    sample.last = std::max(sample.last, i + 1);
  }
}

Layer simulated(const BinnedDensity& sample, const std::string& label, int style) {
  const auto part = [&](const std::vector<double>& v, std::size_t extra = 0) {
    return std::vector<double>(v.begin() + long(sample.first), v.begin() + long(sample.last + extra));
  };
  const std::vector<double> density = part(sample.density), error = part(sample.error);
  std::vector<double> lower(density), upper(density);
  for (std::size_t i = 0; i < density.size(); ++i) {
    lower[i] = std::max(0.0, density[i] - 2 * error[i]);
    upper[i] = density[i] + 2 * error[i];
  }
  return Layer::steps(label, style, part(sample.edges, 1), density).between(lower, upper);
}

Layer law_line(const BinnedDensity& sample, const LawDensity& law) {
  std::vector<double> x, y;
  for (std::size_t i = sample.first; i < sample.last; ++i) {
    x.push_back((sample.edges[i] + sample.edges[i + 1]) / 2);
    y.push_back(law.density[i]);
  }
  return Layer::line(law.name, law.style, x, y);
}

// (simulated - law) / standard error, in groups of neighbouring bins that hold enough values for that to be normal. The
// larger of the two probabilities gives the error: an empty place where the law expects values counts, and so does the
// reverse.
Layer residuals(const BinnedDensity& sample, const LawDensity& law) {
  std::vector<double> x, y;
  const std::size_t least_bins = std::max<std::size_t>(1, (sample.last - sample.first) / residual_groups);
  double observed = 0, expected = 0, start = sample.edges[sample.first];
  std::size_t bins = 0;
  for (std::size_t i = sample.first; i < sample.last; ++i) {
    const double width = sample.edges[i + 1] - sample.edges[i];
    if (std::isfinite(law.density[i])) {
      if (bins == 0) start = sample.edges[i];
      observed += sample.density[i] * width;
      expected += law.density[i] * width;
      ++bins;
    }
    const double p = std::max(observed, expected);
    if (bins < least_bins || sample.effective * p < least_expected) continue;
    const double error = std::sqrt(std::max(p * (1 - p), p * 1e-6) / sample.effective);
    x.push_back((start + sample.edges[i + 1]) / 2);
    y.push_back((observed - expected) / error);
    observed = expected = 0;
    bins = 0;
  }
  return Layer::points("", law.style, x, y);
}

Chart whole_chart(const std::string& name, BinnedDensity sample, const std::vector<LawDensity>& laws) {
  Chart chart;
  chart.name = "density-" + name;
  chart.title = "Density of " + name;
  for (const LawDensity& law : laws) widen(sample, law);
  Panel density;
  density.height = 2.4;
  density.y_label = "density";
  density.layers = {simulated(sample, "simulated, ±2 standard errors", 0)};
  for (const LawDensity& law : laws) density.layers.push_back(law_line(sample, law));
  density.x_label = name;
  chart.panels = {density};
  if (laws.empty()) return chart;
  Panel below;
  below.height = 1;
  below.x_label = name;
  below.y_label = "residual / s.e.";
  double largest = 0;
  for (const LawDensity& law : laws) {
    below.layers.push_back(residuals(sample, law));
    for (const double r : below.layers.back().y) largest = std::max(largest, std::abs(r));
  }
  below.layers.push_back(Layer::horizontal("", 0, {-2, 2}));
  if (largest > linear_residuals) below.y_scale = "symlog";
  else below.y_limits = std::pair(-std::max(4.0, 1.15 * largest), std::max(4.0, 1.15 * largest));
  chart.caption = "Below: simulated minus law in standard errors, neighbouring bins together; dashed lines at ±2" +
                  std::string(largest > linear_residuals ? "; logarithmic beyond ±3." : ".");
  chart.panels.push_back(below);
  return chart;
}

Panel small_panel(const std::string& name, BinnedDensity sample, const std::vector<LawDensity>& laws) {
  Panel panel;
  panel.title = name;
  for (const LawDensity& law : laws) widen(sample, law);
  panel.layers = {simulated(sample, "simulated, ±2 standard errors", 0)};
  for (const LawDensity& law : laws) panel.layers.push_back(law_line(sample, law));
  return panel;
}

// Many observables without a law to compare: their last values by index say it in one chart.
bool shown_by_index(const Result& result, const NameGroup& group) {
  const auto of_group = [&](const std::string& name) {
    return std::find(group.names.begin(), group.names.end(), name) != group.names.end();
  };
  return std::all_of(group.names.begin(), group.names.end(),
                     [&](const std::string& name) { return result.observable(name)->last.has_value(); }) &&
         std::none_of(result.laws.begin(), result.laws.end(),
                      [&](const LawComparison& law) { return law.verdict != "no law" && of_group(law.observable); });
}

// Neighbouring bins together, so that a few hundred values are not spread over hundreds of bins (Rice's rule).
BinnedDensity coarsened(const BinnedDensity& sample) {
  const double wanted = std::max(8.0, 2 * std::cbrt(sample.effective));
  const auto together = std::size_t(std::ceil(double(sample.last - sample.first) / wanted));
  if (together < 2) return sample;
  BinnedDensity result;
  result.effective = sample.effective;
  result.edges = {sample.edges[sample.first]};
  for (std::size_t i = sample.first; i < sample.last; i += together) {
    const std::size_t end = std::min(i + together, sample.density.size());
    double p = 0;
    for (std::size_t k = i; k < end; ++k) p += sample.density[k] * (sample.edges[k + 1] - sample.edges[k]);
    const double width = sample.edges[end] - sample.edges[i];
    result.edges.push_back(sample.edges[end]);
    result.density.push_back(p / width);
    result.error.push_back(std::sqrt(std::max(0.0, p * (1 - p)) / sample.effective) / width);
  }
  result.last = result.density.size();
  return result;
}

}  // namespace

BinnedDensity binned_density(const ObservableResult& observable) {
  BinnedDensity sample;
  const auto& edges = observable.histogram.edges;
  const auto& counts = observable.histogram.counts;
  const double total = double(observable.count), effective = observable.effective_sample_size;
  const double inside = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (!(total > 0) || !(inside > 0)) return sample;
  sample.edges = edges;
  sample.effective = effective > 0 ? effective : total;
  sample.first = counts.size();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double width = edges[i + 1] - edges[i], p = std::min(1.0, double(counts[i]) / total);
    sample.density.push_back(p / width);
    sample.error.push_back(std::sqrt(p * (1 - p) / sample.effective) / width);
    if (counts[i] > 0) {
      sample.first = std::min(sample.first, i);
      sample.last = i + 1;
    }
  }
  return sample;
}

std::vector<Chart> density_charts(const Result& result, const NameGroup& group) {
  std::vector<Chart> charts;
  const bool many = group.names.size() > most_whole;
  if (many && shown_by_index(result, group)) return charts;
  for (const std::string& name : group.names) {
    const BinnedDensity sample = binned_density(*result.observable(name));
    if (sample.density.empty()) continue;
    const auto laws = laws_of(result, name, sample);
    const BinnedDensity shown = laws.empty() ? coarsened(sample) : sample;
    if (!many) {
      charts.push_back(whole_chart(name, shown, laws));
      continue;
    }
    if (charts.empty() || charts.back().panels.size() == small_panels) {
      charts.emplace_back();
      charts.back().columns = 3;
      charts.back().share_x = false;
    }
    charts.back().panels.push_back(small_panel(name, shown, laws));
  }
  if (!many) return charts;
  for (Chart& chart : charts) {
    chart.title = "Densities of " + chart.panels.front().title + " to " + chart.panels.back().title;
    chart.name = "densities-" + chart.panels.front().title + "-" + chart.panels.back().title;
  }
  return charts;
}

}  // namespace orbitwalk
