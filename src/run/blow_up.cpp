// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/blow_up.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "kernels/observe/common.hpp"
#include "models/host_model.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

constexpr double kGrowth = 0x1p52;

double root_of_range(Precision precision) {
  return std::sqrt(precision == Precision::float64 ? std::numeric_limits<double>::max()
                                                   : double(std::numeric_limits<float>::max()));
}

/// Largest |x| of each observed quantity at the start.
std::vector<double> start_values(const Problem& problem) {
  const HostModel model(problem.model);
  std::vector<double> largest(problem.observed.size(), 0.0);
  for (const double scales : {0.0, 1.0, -1.0, 3.0, -3.0}) {
    Eigen::VectorXd theta(model.parameters());
    for (int i = 0; i < theta.size(); ++i)
      theta[i] = problem.initial.mean[std::size_t(i)] + scales * problem.initial.scale[std::size_t(i)];
    // Velocities of the size that they have at temperature T.
    const Eigen::VectorXd velocity = Eigen::VectorXd::Constant(theta.size(), problem.plan.horizontal);
    Eigen::VectorXd x(model.observables() + CommonObservables::count(true));
    x.head(model.observables()) = model.observe(theta);
    CommonObservables::observe(true, theta.data(), velocity.data(), int(theta.size()), x.data() + model.observables());
    for (std::size_t o = 0; o < largest.size(); ++o) {
      const double value = std::abs(x[problem.observed[o].index]);
      // a ratio to 0: nothing is too large for it
      largest[o] = std::isfinite(value) ? std::max(largest[o], value) : HUGE_VAL;
    }
  }
  return largest;
}

double limit_of(double start, Precision precision) {
  if (!std::isfinite(start)) return HUGE_VAL;
  const double grown = kGrowth * std::max(1.0, start), root = root_of_range(precision);
  return start < root ? std::min(grown, root) : grown;
}

double last_of(const Tally& tally, std::size_t at) {
  return tally.last_double.empty() ? double(tally.last_float[at]) : tally.last_double[at];
}

bool has_non_finite(const Problem& problem, const Tally& tally, std::size_t o) {
  const Plan& plan = problem.plan;
  for (int part = 0; part < 2 * plan.batches; ++part) {
    if (tally.cells[std::uint64_t(part) * plan.cells + problem.observed[o].offset +
                    std::uint64_t(problem.observed[o].bins) + 2] > 0)
      return true;
  }
  return false;
}

}  // namespace

std::optional<BlowUp> find_blow_up(const Problem& problem, const Tally& tally) {
  const std::size_t observed = problem.observed.size();
  const auto extreme = [&](std::uint64_t block, std::size_t o) {
    const BlockSums& s = tally.sums[block * observed + o];
    return s.particles > 0 ? std::max(std::abs(s.minimum), std::abs(s.maximum)) : 0.0;
  };
  std::vector<double> largest(observed, 0.0);
  for (std::uint64_t block = 0; block < problem.blocks(); ++block) {
    for (std::size_t o = 0; o < observed; ++o) largest[o] = std::max(largest[o], extreme(block, o));
  }
  std::vector<std::uint64_t> diverged;
  for (const Divergence& d : tally.diverged) diverged.push_back(d.particle);
  std::sort(diverged.begin(), diverged.end());
  // Infinite where a finite particle shows what is in no extreme: infinity, or a loss that is not a number, as
  // differences of infinite terms are. Another quantity may be 0/0 in a sane state.
  const auto last = [&](std::size_t o, std::uint64_t i) {
    const double x = std::abs(last_of(tally, o * problem.plan.particles + i));
    const bool absurd =
        std::isnan(x) && problem.names[o] == "loss" && !std::binary_search(diverged.begin(), diverged.end(), i);
    return absurd ? HUGE_VAL : x;
  };
  for (std::size_t o = 0; o < observed && problem.quantiles; ++o) {
    if (!has_non_finite(problem, tally, o)) continue;
    for (std::uint64_t i = 0; i < problem.plan.particles; ++i) {
      if (std::isinf(last(o, i))) largest[o] = HUGE_VAL;
    }
  }
  if (std::none_of(largest.begin(), largest.end(),
                   [&](double x) { return x > std::min(kGrowth, root_of_range(problem.plan.precision)); }))
    return {};

  std::vector<double> limits = start_values(problem);
  for (double& limit : limits) limit = limit_of(limit, problem.plan.precision);
  BlowUp found;
  double furthest = 1;
  for (std::size_t o = 0; o < observed; ++o) {
    if (!(largest[o] > limits[o])) continue;
    found.observables.push_back(problem.names[o]);
    if (largest[o] / limits[o] < furthest) continue;
    furthest = largest[o] / limits[o];
    found.worst = problem.names[o], found.largest = largest[o], found.limit = limits[o];
  }
  if (found.observables.empty()) return {};
  const bool kept = problem.quantiles;
  for (std::uint64_t i = 0; kept && i < problem.plan.particles; ++i) {
    bool beyond = false;
    for (std::size_t o = 0; o < observed; ++o) beyond |= last(o, i) > limits[o];
    found.particles += beyond;
  }
  // Without last observations, or where a particle came back: at least one of each block whose extremes are beyond.
  // What a diverged particle showed on its way is counted with it.
  if (!kept || (found.particles == 0 && tally.diverged.empty())) {
    for (std::uint64_t block = 0; block < problem.blocks(); ++block) {
      bool beyond = false;
      for (std::size_t o = 0; o < observed; ++o) beyond |= extreme(block, o) > limits[o];
      found.particles += beyond;
    }
    found.particles = std::min<std::uint64_t>(found.particles, problem.plan.particles - tally.diverged.size());
  }
  return found;
}

std::uint64_t lost_particles(const Tally& tally, const std::optional<BlowUp>& blow_up) {
  return tally.diverged.size() + (blow_up ? blow_up->particles : 0);
}

std::string lost_in_words(const Problem& problem, const Tally& tally, const std::optional<BlowUp>& blow_up) {
  const std::string of = " of " + std::to_string(problem.plan.particles) + " particles ";
  std::string text;
  if (!tally.diverged.empty()) {
    const auto first = std::min_element(tally.diverged.begin(), tally.diverged.end(),
                                        [](const auto& a, const auto& b) { return a.step < b.step; });
    text = std::to_string(tally.diverged.size()) + of + "diverged, the first at step " + std::to_string(first->step);
  }
  if (blow_up) {
    text += (text.empty() ? "" : "; ") + std::to_string(blow_up->particles) + of + "blew up short of infinity: |" +
            blow_up->worst + "| reached " + formatted(blow_up->largest, "%.2g") + ", beyond " +
            formatted(blow_up->limit, "%.2g");
  }
  return text;
}

}  // namespace orbitwalk
