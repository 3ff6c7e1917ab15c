// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/stationarity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "compare/diagnostics.hpp"
#include "dynamics/registry.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

constexpr double kLargestCell = 0.9;
constexpr double kEnoughMotion = 400;

std::string figure(double value, const char* format = "%.2g") { return formatted(value, format); }

double largest_cell(const Histogram& h) {
  std::uint64_t largest = std::max(h.under, h.over);
  for (const std::uint64_t count : h.counts) largest = std::max(largest, count);
  return double(largest) / double(h.total());
}

/// Variance within particles and over everything, each 0 where it is no more than the rounding of the sums.
struct Motion {
  double within = 0, all = 0;
};

Motion motion_of(const BlockSums& s, double observations) {
  const double rounding = observations * std::numeric_limits<double>::epsilon() * s.a / s.particles;
  const auto visible = [&](double variance) { return variance > rounding ? variance : 0; };
  Motion motion;
  motion.within = observations > 1 ? visible((s.a - s.bb) / s.particles) * observations / (observations - 1) : 0;
  motion.all = visible(s.a / s.particles - (s.b / s.particles) * (s.b / s.particles));
  return motion;
}

void answer(ObservableResult& result, Stationarity stationary, const std::string& reason) {
  result.stationary = stationary;
  result.stationarity_reason = reason;
}

}  // namespace

bool has_noise_everywhere(const Plan& plan) { return !noise_of(plan).may_vanish || plan.label_noise > 0; }

const char* in_words(Stationarity answer) {
  return answer == Stationarity::yes ? "yes" : answer == Stationarity::no ? "no" : "not tested";
}

void judge_stationarity(const Problem& problem, const Tally& tally, const BlockSums& sums, ObservableResult& r) {
  const Plan& plan = problem.plan;
  const double observations = double(plan.observations()), n = sums.particles;
  if (r.count == 0 || n == 0) return answer(r, Stationarity::not_tested, "no particle was left to observe");
  if (tally.counters.proposals > 0 && tally.counters.accepted == 0) {
    return answer(r, Stationarity::no, "no proposal was accepted: every particle is where it started");
  }
  const Motion motion = motion_of(sums, observations);
  if (plan.observations() > 1 && motion.within == 0 && !r.blown_up) {
    if (!has_noise_everywhere(plan)) {
      return answer(r, Stationarity::not_tested,
                    "nothing moves, and there may be no noise to move it: a fixed point that has been reached and a "
                    "standstill look alike");
    }
    if (motion.all > 0) return answer(r, Stationarity::no, "no particle moves: each shows one value at all times");
    return answer(r, Stationarity::not_tested, "all particles show one value at all times");
  }
  if (r.drift_p < stationarity_level) {
    return answer(r, Stationarity::no,
                  "the law drifts: the two halves of the observation times differ (p = " + figure(r.drift_p) + ")");
  }
  if (r.nested_rhat > r.nested_rhat_critical) {
    return answer(r, Stationarity::no,
                  "the start is remembered: nested R-hat " + figure(r.nested_rhat, "%.4f") + " is above " +
                      figure(r.nested_rhat_critical, "%.4f"));
  }
  const double resolution = r.effective_sample_size > 0 ? 1 / (2 * std::sqrt(r.effective_sample_size)) : 0;
  const auto late = std::count_if(tally.diverged.begin(), tally.diverged.end(),
                                  [&](const Divergence& d) { return d.step > plan.burn_in; });
  if (double(late) > resolution * double(plan.particles)) {
    return answer(r, Stationarity::no, std::to_string(late) + " particles diverged while they were observed");
  }
  if (r.blown_up) return answer(r, Stationarity::not_tested, "values blew up");
  if (r.lost_share > resolution) {
    return answer(
        r, Stationarity::not_tested,
        figure(100 * r.lost_share) + " % of the particles diverged or blew up: the others are conditioned on survival");
  }
  if (plan.observations() < 2)
    return answer(r, Stationarity::not_tested, "there is only one observation time: no change can be seen");
  if (std::isnan(r.drift_p))
    return answer(r, Stationarity::not_tested, "testing for drift takes 8 batches of 256 particles: 2048 particles");
  if (const double share = largest_cell(r.histogram); share > kLargestCell) {
    return answer(
        r, Stationarity::not_tested,
        "one bin or tail of the histogram holds " + figure(100 * share) + " % of the values: no change can be seen");
  }
  if (const double share = motion.within / motion.all; !(n * std::pow(share, 1.5) >= kEnoughMotion)) {
    return answer(r, Stationarity::not_tested,
                  "particles hardly move while they are observed: " + figure(100 * share) +
                      " % of the variance is within particles, too little for " + std::to_string(std::uint64_t(n)) +
                      " of them");
  }
  answer(r, Stationarity::yes, "");
}

}  // namespace orbitwalk
