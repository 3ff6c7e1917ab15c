// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/device_sort.hpp"
#include "compare/diagnostics.hpp"
#include "compare/distances.hpp"
#include "compare/quantiles.hpp"
#include "run/blow_up.hpp"
#include "run/ensemble.hpp"
#include "run/moments.hpp"
#include "run/stationarity.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk {
namespace {

Histogram batch_histogram(const Problem& problem, const Tally& tally, std::size_t o, int half, int batch) {
  const Plan& plan = problem.plan;
  const ObservedSpec& spec = problem.observed[o];
  const auto* cells = tally.cells.data() + (std::uint64_t(half) * plan.batches + batch) * plan.cells + spec.offset;
  Histogram histogram;
  histogram.edges = problem.edges[o];
  histogram.counts.assign(cells, cells + spec.bins);
  histogram.under = cells[spec.bins];
  histogram.over = cells[spec.bins + 1];
  histogram.non_finite = cells[spec.bins + 2];
  return histogram;
}

void add_to(Histogram& sum, const Histogram& part) {
  if (sum.counts.empty()) {
    sum = part;
    return;
  }
  for (std::size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += part.counts[i];
  sum.under += part.under;
  sum.over += part.over;
  sum.non_finite += part.non_finite;
}

Superchain superchain(const BlockSums& s, double observations) {
  Superchain chain;
  chain.chains = std::uint64_t(s.particles);
  if (s.particles == 0) return chain;
  const double b = s.b / s.particles, mean_square = s.bb / s.particles;
  chain.mean = b;
  chain.variance_of_chain_means =
      s.particles > 1 ? std::max(0.0, mean_square - b * b) * s.particles / (s.particles - 1) : 0;
  chain.mean_within_variance =
      observations > 1 ? std::max(0.0, s.a / s.particles - mean_square) * observations / (observations - 1) : 0;
  return chain;
}

}  // namespace

std::vector<ObservableResult> reduce(const Problem& problem, const Tally& tally) {
  const Plan& plan = problem.plan;
  const std::size_t observed = problem.observed.size();
  const auto blow_up = find_blow_up(problem, tally);
  const double lost = double(lost_particles(tally, blow_up)) / double(plan.particles);
  std::vector<ObservableResult> results;
  for (std::size_t o = 0; o < observed; ++o) {
    ObservableResult result;
    result.name = problem.names[o];
    std::vector<std::vector<BlockSums>> by_batch(plan.batches);
    for (std::uint64_t block = 0; block < problem.blocks(); ++block) {
      by_batch[block % plan.batches].push_back(tally.sums[block * observed + o]);
    }
    std::vector<BlockSums> batch_sums;
    std::vector<Histogram> batches, batch_halves[2];
    std::vector<Superchain> superchains;
    Histogram halves[2];
    for (int batch = 0; batch < plan.batches; ++batch) {
      batch_sums.push_back(tree_sum(by_batch[batch], 0, by_batch[batch].size()));
      superchains.push_back(superchain(batch_sums.back(), double(plan.observations())));
      Histogram both;
      for (int half = 0; half < 2; ++half) {
        const Histogram part = batch_histogram(problem, tally, o, half, batch);
        add_to(both, part);
        add_to(halves[half], part);
        batch_halves[half].push_back(part);
      }
      add_to(result.histogram, both);
      batches.push_back(both);
    }
    result.count = result.histogram.total();
    set_moments(batch_sums, plan.shared_start, double(plan.observations()), problem.observed[o].center, result);
    set_effective_sample_size(effective_sample_size_from_batches(batches), batches.size(), result);
    result.nested_rhat = plan.batches > 1 ? nested_rhat(superchains) : std::numeric_limits<double>::quiet_NaN();
    result.drift_ks = halves[1].total() > 0 && halves[0].total() > 0 ? ks_distance(halves[0], halves[1])
                                                                     : std::numeric_limits<double>::quiet_NaN();
    result.nested_rhat_critical = nested_rhat_critical(superchains, stationarity_level);
    result.drift_p = drift_p_value(batch_halves[0], batch_halves[1]);
    result.lost_share = lost;
    result.blown_up = blow_up && std::count(blow_up->observables.begin(), blow_up->observables.end(), result.name) > 0;
    judge_stationarity(problem, tally, tree_sum(batch_sums, 0, batch_sums.size()), result);
    results.push_back(std::move(result));
  }
  return results;
}

namespace {
template <class R>
std::vector<double> quantiles_of(std::vector<R> values, const std::vector<double>& levels) {
  drop_non_finite(values);
  std::vector<double> result;
  if (values.empty()) return result;
  device_sort(values);
  for (double level : levels) result.push_back(quantile_of_sorted(values, level));
  return result;
}
}  // namespace

std::vector<double> last_quantiles(const Problem& problem, Tally& tally, std::size_t observed,
                                   const std::vector<double>& levels) {
  const std::uint64_t n = problem.plan.particles;
  if (!tally.last_double.empty()) {
    const auto from = tally.last_double.begin() + observed * n;
    return quantiles_of(std::vector<double>(from, from + n), levels);
  }
  if (tally.last_float.empty()) return {};
  const auto from = tally.last_float.begin() + observed * n;
  return quantiles_of(std::vector<float>(from, from + n), levels);
}

std::string digest(const std::vector<ObservableResult>& results) {
  Fnv1a hash;
  for (const auto& result : results) {
    const Histogram& h = result.histogram;
    hash.feed(result.name.data(), result.name.size() + 1);
    hash.feed(h.edges.data(), h.edges.size() * sizeof(double));
    hash.feed(h.counts.data(), h.counts.size() * sizeof(std::uint64_t));
    for (const std::uint64_t extra : {h.under, h.over, h.non_finite}) hash.feed(&extra, sizeof extra);
  }
  return hash.text();
}

}  // namespace orbitwalk
