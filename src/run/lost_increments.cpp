// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/lost_increments.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dynamics/registry.hpp"
#include "kernels/walk/walk_particles.hpp"
#include "models/scalar_functions.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kParticles = 4;
constexpr double kSmallWork = 4e6, kLargeWork = 2e7;  // parameters times gradients
constexpr double kShareOfRun = 1e-3;
constexpr double kChanged = 0.1, kApart = 0.01, kMatters = 1e-5;

/// Sums over the steps of one half and all particles, of one parameter.
struct Half {
  double meant = 0, kept = 0;        // Σ x², Σ r²
  double drift = 0, drift_kept = 0;  // Σ f², Σ f r, of the drift f alone where it is added before the noise

  double share_kept() const { return meant > 0 ? kept / meant : 1; }
  double share_of_drift_kept() const { return drift > 0 ? drift_kept / drift : 1; }
};

/// One particle at its start, as in the backends.
template <class R>
struct Walker {
  std::vector<R> memory;
  WalkMemory<R> at;

  template <class Model, class Integrator>
  Walker(const Model& model, const Integrator& integrator, const Plan& plan, std::uint64_t particle,
         const InitialView<R>& initial)
      : memory(std::size_t(workspace_layout<R>(model, integrator, plan).total())),
        at(workspace_layout<R>(model, integrator, plan), memory.data()) {
    at.walk.seed = plan.seed;
    at.walk.ids = same_id<R>(particle);
    at.walk.counted = true;
    const std::uint64_t batch = particle / block_size % std::uint64_t(plan.batches);
    start_walk(model, integrator, at.walk, model.parameters(), same_id<R>(plan.shared_start ? batch : particle),
               initial, plan);
  }
};

template <class R>
struct Replay {
  const Problem& problem;
  std::uint64_t particles, steps;
  std::vector<Half> halves[2];                 // by parameter
  std::vector<double> apart, gone, way, size;  // Σ over particles of squares; gone: of the drift that is lost
  std::vector<std::vector<double>> end;        // of each compensated walk; empty where it diverged

  Replay(const Problem& p, std::uint64_t n, std::uint64_t k) : problem(p), particles(n), steps(k), end(n) {
    const std::size_t d = std::size_t(p.model.dimension);
    for (auto& half : halves) half.resize(d);
    for (auto* sums : {&apart, &gone, &way, &size}) sums->assign(d, 0);
  }

  template <bool compensated>
  void walk_all() {
    const Plan& plan = problem.plan;
    std::vector<std::vector<R>> storage;
    const AnyModel<R> plain(scalar_functions(problem.model.name, make_view<R>(problem.model.parameters, storage)));
    const std::vector<R> mean(problem.initial.mean.begin(), problem.initial.mean.end()),
        scale(problem.initial.scale.begin(), problem.initial.scale.end());
    const InitialView<R> initial{mean.data(), scale.data()};
    with_integrator<R, compensated>(plain, plan, [&](const auto& model, const auto& integrator) {
      for (std::uint64_t i = 0; i < particles; ++i) {
        Walker<R> walker(model, integrator, plan, i, initial);
        if constexpr (compensated) follow(model, integrator, walker.at.walk, i);
        else if (!end[i].empty()) hold_against(model, integrator, walker.at.walk, i);
      }
    });
  }

  template <class Model, class Integrator>
  void follow(const Model& model, const Integrator& integrator, Walk<R>& walk, std::uint64_t particle) {
    const std::size_t d = apart.size();
    // Of type long double for a state of two doubles.
    std::vector<long double> now(d), start;
    const auto state = [&](std::size_t i) {
      return (long double)(walk.theta[i]) + (long double)(walk.compensation[i]);
    };
    for (std::size_t i = 0; i < d; ++i) now[i] = state(i);
    start = now;
    // Where θ - h ∇L is rounded first and the noise is added then, no noise carries that drift over half an ulp.
    const bool drift_first = integrator_of(problem.plan).adds_drift_first;
    std::vector<double> drift_lost(d, 0.0);
    for (std::uint64_t k = 0; k < steps; ++k) {
      integrator.advance(model, walk, k, k + 1);
      if (!all_finite(walk.theta, int(d))) return;
      std::vector<Half>& half = halves[2 * k >= steps];
      for (std::size_t i = 0; i < d; ++i) {
        const R before = R(now[i]);
        const long double meant = state(i) - now[i];
        R after = before;
        if (drift_first) {
          const double drift = -problem.plan.step * double(walk.gradient[i]);
          after = R(before + R(drift));
          const double kept = double(after) - double(before);
          half[i].drift += drift * drift;
          half[i].drift_kept += drift * kept;
          drift_lost[i] += kept - drift;
          after = R(after + R(meant - (long double)(drift)));
        } else {
          after = R(before + R(meant));
        }
        const double kept = double(after) - double(before);
        half[i].meant += double(meant * meant);
        half[i].kept += kept * kept;
        now[i] += meant;
      }
    }
    for (std::size_t i = 0; i < d; ++i) {
      way[i] += double((now[i] - start[i]) * (now[i] - start[i]));
      size[i] += double(now[i] * now[i]);
      gone[i] += drift_lost[i] * drift_lost[i];
      end[particle].push_back(double(now[i]));
    }
  }

  template <class Model, class Integrator>
  void hold_against(const Model& model, const Integrator& integrator, Walk<R>& walk, std::uint64_t particle) {
    for (std::uint64_t k = 0; k < steps; ++k) integrator.advance(model, walk, k, k + 1);
    for (std::size_t i = 0; i < apart.size(); ++i) {
      const double difference = double(walk.theta[i]) - end[particle][i];
      if (std::isfinite(difference)) apart[i] += difference * difference;
    }
  }

  std::optional<LostIncrements> judge() const {
    LostIncrements lost;
    lost.parameters = int(apart.size());
    lost.particles = particles, lost.steps = steps;
    double most = 0;
    const double longer = double(problem.plan.end()) / double(steps);
    for (std::size_t i = 0; i < apart.size(); ++i) {
      const double difference = std::sqrt(apart[i]), drift = std::sqrt(gone[i]), distance = std::sqrt(way[i]);
      const bool of_the_way = difference > kApart * distance || drift * std::sqrt(longer) > kApart * distance;
      if (!of_the_way || !(std::max(difference, drift) * longer > kMatters * std::sqrt(size[i]))) continue;
      double change = kChanged;
      for (const auto& half : halves) {
        for (const bool of_drift : {false, true}) {
          const double kept = of_drift ? half[i].share_of_drift_kept() : half[i].share_kept();
          if (!(std::abs(kept - 1) > change)) continue;
          change = std::abs(kept - 1);
          if (!(change > most)) continue;
          most = change;
          lost.kept = kept, lost.of_drift = of_drift, lost.apart = difference / distance;
        }
      }
      lost.affected += change > kChanged;
    }
    return lost.affected > 0 ? std::optional(lost) : std::nullopt;
  }
};

template <class R>
std::optional<LostIncrements> replayed(const Problem& problem, std::uint64_t particles, std::uint64_t steps) {
  Replay<R> replay(problem, particles, steps);
  replay.template walk_all<true>();
  replay.template walk_all<false>();
  return replay.judge();
}

/// Steps of each particle that the work allows.
std::uint64_t steps_to_walk(const Problem& problem, std::uint64_t particles) {
  const Plan& plan = problem.plan;
  double gradients = 1;
  if (noise_of(plan).from_samples) gradients += noise_of(plan).draws_batch ? plan.batch : double(problem.model.samples);
  const double a_step = double(problem.model.dimension) * gradients;
  const double run = double(plan.particles) * double(plan.end()) * a_step;
  const double work = std::clamp(kShareOfRun * run, kSmallWork, kLargeWork);
  return std::uint64_t(std::min(std::max(work / a_step / double(particles), 16.0), double(plan.end())));
}

}  // namespace

std::optional<LostIncrements> find_lost_increments(const Problem& problem) {
  const Plan& plan = problem.plan;
  if (plan.precision == Precision::mixed || integrator_of(plan).is_exact) return {};
  const std::uint64_t particles = std::min(kParticles, plan.particles), steps = steps_to_walk(problem, particles);
  return plan.precision == Precision::float64 ? replayed<double>(problem, particles, steps)
                                              : replayed<float>(problem, particles, steps);
}

std::string lost_increments_in_words(const Problem& problem, const LostIncrements& lost) {
  const bool is_float = problem.plan.precision == Precision::float32;
  char text[500];
  std::snprintf(text, sizeof text,
                "%s of %d of %d parameters %s to rounding in %s precision: steps are below about an ulp of the "
                "parameter, and %.2g of %s is left (%llu particles walked again for "
                "%llu steps). Remedy: %s",
                lost.of_drift ? "the drift" : "increments", lost.affected, lost.parameters,
                lost.of_drift   ? "is lost"
                : lost.kept < 1 ? "are lost"
                                : "are distorted",
                is_float ? "float" : "double", lost.kept, lost.of_drift ? "it" : "their squares",
                (unsigned long long)lost.particles, (unsigned long long)lost.steps,
                is_float ? "[ensemble] precision = \"mixed\"" : "a larger [dynamics] step");
  return text;
}

void mark_lost_increments(const Problem& problem, const LostIncrements& lost, std::vector<ObservableResult>& results) {
  const std::string remedy =
      problem.plan.precision == Precision::float32 ? ": precision = \"mixed\" keeps them" : ": take a larger step";
  for (ObservableResult& result : results) {
    result.stationary = lost.kept < 0.5 ? Stationarity::no : Stationarity::not_tested;
    result.stationarity_reason =
        "increments are " + std::string(lost.kept < 1 ? "lost" : "distorted") + " to rounding" + remedy;
  }
}

}  // namespace orbitwalk
