// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "run/ensemble.hpp"
#include "run/problem.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t pilot_times = 16;  // of a pilot that is shorter than the run
constexpr double most_outside = 0.01;

bool is_missing(const std::vector<bool>& missing) {
  return std::find(missing.begin(), missing.end(), true) != missing.end();
}

}  // namespace

Problem pilot_of(const Problem& problem) {
  Problem pilot = problem;
  Plan& plan = pilot.plan;
  plan.particles = std::min<std::uint64_t>(problem.plan.particles, 4 * block_size);
  plan.batches = 1;
  plan.shared_start = false;
  plan.series = false;
  pilot.quantiles = false;
  if (plan.end() > pilot_steps) {
    plan.burn_in = std::min(plan.burn_in, pilot_steps / 2);
    plan.every = (pilot_steps - plan.burn_in) / pilot_times;
    plan.steps = plan.every * pilot_times;
  }
  for (std::size_t i = 0; i < pilot.observed.size(); ++i) set_range(pilot, i, 1, 0, 1);
  return pilot;
}

void set_ranges(Problem& problem, const std::vector<bool>& missing, const Problem& pilot, const Tally& tally) {
  const double share = pilot.plan.end() < problem.plan.end() ? 0.5 : 0.15;
  for (std::size_t i = 0; i < problem.observed.size(); ++i) {
    if (!missing[i]) continue;
    BlockSums all;
    for (std::uint64_t b = 0; b < pilot.blocks(); ++b) all = combine(all, tally.sums[b * pilot.observed.size() + i]);
    double low = all.particles > 0 ? all.minimum : 0, high = all.particles > 0 ? all.maximum : 1;
    const double margin = std::max(share * (high - low), 1e-3 * std::max(std::abs(low), std::abs(high)) + 1e-12);
    const double unit = std::pow(10, std::floor(std::log10(margin)));
    const bool positive = low >= 0;
    low = std::floor((low - margin) / unit) * unit;  // rounded outwards
    high = std::ceil((high + margin) / unit) * unit;
    if (positive) low = std::max(low, 0.0);
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) low = 0, high = 1;
    set_range(problem, i, problem.observed[i].bins, low, high);
  }
}

bool find_ranges(Problem& problem, const std::vector<bool>& missing,
                 const std::function<std::optional<Tally>(const Problem&)>& run) {
  if (!is_missing(missing)) return true;
  const Problem pilot = pilot_of(problem);
  std::optional<Tally> tally;
  if (run) {
    tally = run(pilot);
  } else {
    const auto backend = make_cpu_backend(pilot, {});
    run_ensemble(pilot, *backend, {}, tally.emplace(pilot));
  }
  if (tally) set_ranges(problem, missing, pilot, *tally);
  return tally.has_value();
}

std::vector<std::string> range_notes(const Experiment& experiment, const std::vector<ObservableResult>& results) {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Histogram& histogram = results[i].histogram;
    const double share =
        double(histogram.under + histogram.over) / double(std::max<std::uint64_t>(1, histogram.total()));
    if (!experiment.needs_range[i] || share <= most_outside) continue;
    char text[300];
    std::snprintf(text, sizeof text,
                  "%.80s: %.1f %% of the values lie outside the range that a pilot run found; they are in the moments, "
                  "but in no bin of the histogram. "
                  "Give a range under [observe] histogram",
                  results[i].name.c_str(), 100 * share);
    notes.push_back(text);
  }
  return notes;
}

}  // namespace orbitwalk
