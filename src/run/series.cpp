// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/quantiles.hpp"
#include "run/moments.hpp"

namespace orbitwalk {
namespace {

// The error of a mean of particles, or of batches of them that share a start which is not forgotten.
double error_of_mean(const Plan& plan, const std::vector<float>& values, double squares, double n) {
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  const double over_particles = squares / (n - 1) / n;
  if (!plan.shared_start) return std::sqrt(over_particles);
  std::vector<double> sizes(std::size_t(plan.batches), 0.0), means = sizes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const std::size_t batch = i / block_size % std::size_t(plan.batches);
    sizes[batch] += 1, means[batch] += values[i];
  }
  for (std::size_t b = 0; b < sizes.size(); ++b) means[b] = sizes[b] > 0 ? means[b] / sizes[b] : 0;
  const auto batches = std::count_if(sizes.begin(), sizes.end(), [](double size) { return size > 0; });
  return std::sqrt(larger_beyond_chance(over_particles, batch_error_squared(sizes, means), std::size_t(batches)));
}

SeriesPoint point(const Plan& plan, std::vector<float> values, const std::vector<double>& levels) {
  const std::vector<float> by_particle = values;
  SeriesPoint result;
  result.mean = result.standard_error = std::numeric_limits<double>::quiet_NaN();
  drop_non_finite(values);
  result.count = values.size();
  if (values.empty()) return result;
  const double n = double(values.size());
  double sum = 0, squares = 0;
  for (const float x : values) sum += x;
  result.mean = sum / n;
  for (const float x : values) squares += (x - result.mean) * (x - result.mean);
  result.standard_error = error_of_mean(plan, by_particle, squares, n);
  std::sort(values.begin(), values.end());
  for (const double level : levels) result.quantiles.push_back(quantile_of_sorted(values, level));
  return result;
}

}  // namespace

Series series_without_points(const Problem& problem) {
  Series series;
  const Plan& plan = problem.plan;
  if (!plan.series) return series;
  series.logarithmic = plan.series_every == 0;
  series.steps.push_back(0);
  while (series.steps.back() < plan.end()) series.steps.push_back(plan.next_series_step(series.steps.back()));
  series.names.resize(std::size_t(plan.series_rows));
  for (std::size_t o = 0; o < problem.names.size(); ++o) {
    if (problem.observed[o].series_row >= 0)
      series.names[std::size_t(problem.observed[o].series_row)] = problem.names[o];
  }
  return series;
}

Series reduce_series(const Problem& problem, const Tally& tally) {
  Series series = series_without_points(problem);
  const std::size_t rows = series.names.size(), particles = problem.plan.particles;
  series.points.assign(rows, {});
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t t = 0; t < series.steps.size(); ++t) {
      const auto row = tally.series.begin() + (t * rows + r) * particles;
      series.points[r].push_back(point(problem.plan, std::vector<float>(row, row + particles), series.levels));
    }
  }
  return series;
}

}  // namespace orbitwalk
