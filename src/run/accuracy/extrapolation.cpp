// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/accuracy/extrapolation.hpp"

#include <algorithm>
#include <cmath>

#include "dynamics/registry.hpp"
#include "kernels/observe/accumulate.hpp"
#include "orbitwalk/error.hpp"
#include "run/seeds.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kFewestParticles = 16 * block_size;  // so that errors and batches mean something

double combined(const std::array<double, 3>& weights, const std::array<double, 3>& errors) {
  return std::hypot(weights[0] * errors[0], weights[1] * errors[1], weights[2] * errors[2]);
}

}  // namespace

int next_order(const Plan& plan) {
  const IntegratorTraits& integrator = integrator_of(plan);
  if (!noise_of(plan).has_temperature) return 0;
  // Two-point variates have not the moments that an order above 1 takes.
  if (integrator.invariant_order > 1 && plan.variates == Variates::rademacher) return 0;
  return integrator.next_order;
}

RichardsonWeights richardson_weights(int order, int next_order, double g) {
  if (order <= 0 || next_order <= order || !(g > 2))
    throw SpecError("an extrapolation of means needs orders 0 < p < q and a third step above 2h");
  const double p2 = std::pow(2, order), q2 = std::pow(2, next_order), pg = std::pow(g, order),
               qg = std::pow(g, next_order);
  RichardsonWeights weights;
  weights.mean = {p2 / (p2 - 1), -1 / (p2 - 1), 0};
  weights.leading = (p2 - q2) / (p2 - 1);
  // D h^q = (m(gh) - what the line through m(h) and m(2h) says at g h) / (what D h^q = 1 makes of that)
  const double along = (pg - 1) / (p2 - 1), scale = weights.leading / (qg - 1 - along * (q2 - 1));
  weights.remaining = {scale * (along - 1), -scale * along, scale};
  return weights;
}

ExtrapolationPlan plan_extrapolation(const SchemeFit& fit, const std::vector<double>& spreads,
                                     const std::vector<double>& errors, double pilot_particles, double accuracy,
                                     const Problem& problem) {
  ExtrapolationPlan best;
  best.work = HUGE_VAL;
  for (const double g : {4.0, 8.0}) {
    const RichardsonWeights weights = richardson_weights(fit.order, fit.next_order, g);
    const auto bound = [&](std::size_t o, double step) {  // of |R|, over what is allowed
      const double slope = std::abs(fit.next_coefficient[o]) + 2 * fit.next_coefficient_error[o];
      return std::abs(weights.leading) * slope * std::pow(step, fit.next_order) / (accuracy * spreads[o]);
    };
    for (double share = 0.05; share < 0.6; share += 0.05) {  // of the accuracy, for R
      double step = fit.levels.back().step / g;              // beyond the ladder nothing is known
      for (std::size_t o = 0; o < spreads.size(); ++o) {
        const double used = bound(o, step);
        if (used > share) step *= std::pow(share / used, 1.0 / fit.next_order);
      }
      const double steps = double(at_step(problem, step, std::uint64_t(g)).plan.end());
      // Particles of the runs at 2h and gh over those at h: a grid is near enough to the optimum, which is flat.
      for (int i = -16; i <= 8; ++i) {
        for (int j = -16; j <= 8; ++j) {
          const std::array<double, 3> ratio = {1, std::exp2(i / 4.0), std::exp2(j / 4.0)};
          double particles = 0;
          for (std::size_t o = 0; o < spreads.size(); ++o) {
            std::array<double, 3> each;  // with one particle at h
            for (int k = 0; k < 3; ++k) each[k] = errors[o] * std::sqrt(pilot_particles / ratio[k]);
            const double all = 2 * (combined(weights.mean, each) + combined(weights.remaining, each));
            particles = std::max(particles, std::pow(all / ((1 - bound(o, step)) * accuracy * spreads[o]), 2));
          }
          std::array<std::uint64_t, 3> rounded;
          for (int k = 0; k < 3; ++k)
            rounded[k] =
                std::max(kFewestParticles, std::uint64_t(std::ceil(particles * ratio[k] / block_size)) * block_size);
          const double work = steps * (double(rounded[0]) + double(rounded[1]) / 2 + double(rounded[2]) / g);
          if (work < best.work) best = {step, g, work, rounded};
        }
      }
    }
  }
  return best;
}

ExtrapolatedMean extrapolated_mean(const std::array<const ObservableResult*, 3>& results, int order, int next_order,
                                   double third_factor) {
  const RichardsonWeights weights = richardson_weights(order, next_order, third_factor);
  ExtrapolatedMean answer;
  for (int k = 0; k < 3; ++k) {
    answer.means[k] = results[k]->mean, answer.errors[k] = results[k]->standard_error;
    answer.mean += weights.mean[k] * answer.means[k];
    answer.remaining += weights.remaining[k] * answer.means[k];
  }
  answer.standard_error = combined(weights.mean, answer.errors);
  answer.remaining_error = combined(weights.remaining, answer.errors);
  return answer;
}

Problem beside(const Problem& problem, const SchemeFit& fit, int index) {
  Problem other = at_step_factor(problem, index == 1 ? 2 : fit.third_factor);
  if (index == 2) other.plan.seed = seed_beside(problem.plan.seed, RunBeside::third_step);
  other.plan.particles = fit.particles[index];
  other.plan.batches = int(std::min<std::uint64_t>(other.plan.batches, other.blocks()));
  return other;
}

AccuracyReached accuracy_reached(const ExtrapolatedMean& mean, double variance, double accuracy) {
  AccuracyReached answer{mean.remaining, mean.standard_error, accuracy * std::sqrt(variance), false,
                         mean.remaining_error};
  answer.reached = std::abs(answer.bias) + 2 * answer.standard_error <= answer.allowed;
  return answer;
}

}  // namespace orbitwalk
