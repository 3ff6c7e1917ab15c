// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Simulation meets prediction: every line of exact_laws.hpp through the cpu backend.
//
// A law is accepted when its KS p-value is above 1e-9 and the standardised differences of mean and variance are below
// 6.5. With 23 comparisons a right program is rejected with probability 23 (1e-9 + 2 · 8e-11) < 3e-8; seeds are fixed.
// (The p-values printed are expected to be above 1e-4, or a step size is too large.)
#include "models/exact_laws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "backends/backend.hpp"
#include "compare/compare.hpp"
#include "compare/distances.hpp"
#include "laws/beta_ensemble.hpp"
#include "run/ensemble.hpp"
#include "run/problem.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20260119;
constexpr double least_p = 1e-9, most_z = 6.5;

struct Simulated {
  Experiment experiment;
  std::vector<ObservableResult> results;
};

Simulated simulate(const ExactLaw& law) {
  std::string text = "[model]\n" + law.model + "\n[dynamics]\n" + law.noise + "\n" + law.run + "\n[ensemble]\n" +
                     law.ensemble + "\nseed = " + std::to_string(seed) +
                     "\n[observe]\nquantiles = false\nhistogram = [";
  for (const auto& name : law.observables) text += "{ of = \"" + name + "\", bins = 400 }, ";
  Simulated run{read_experiment(Spec::from_string(text + "]\n", law.title)), {}};
  Problem& problem = run.experiment.problem;
  find_ranges(problem, run.experiment.needs_range);
  const auto backend = make_cpu_backend(problem, {});
  Tally tally(problem);
  EXPECT_TRUE(run_ensemble(problem, *backend, {}, tally));
  EXPECT_TRUE(tally.diverged.empty());
  run.results = reduce(problem, tally);
  return run;
}

bool accepted(const Simulated& run, const ExactLaw& law, const std::string& name, double heat) {
  bool all = true;
  NoiseIntensity noise = run.experiment.noise;
  noise.horizontal *= std::sqrt(heat), noise.vertical *= std::sqrt(heat);
  for (const auto& result : run.results) {
    const auto invariant = run.experiment.problem.model.invariant(result.name);
    const LawComparison c = compare(result, predict(name, result.name, *invariant, noise), least_p);
    std::printf(
        "  seed %llu, %s %s%s of %s: ks %.5f (critical %.5f), p %.3g, z of mean %.2f, of variance %.2f (bound %.1f), "
        "n_eff %.3g\n",
        (unsigned long long)seed, law.title.c_str(), name.c_str(), heat == 1 ? "" : " at another temperature",
        result.name.c_str(), c.ks, c.ks_critical, c.p_value, c.mean_z, c.variance_z, most_z, c.effective_sample_size);
    EXPECT_GT(c.effective_sample_size, 7e4);
    all = all && c.verdict == "accepted" && std::abs(c.mean_z) < most_z && std::abs(c.variance_z) < most_z;
  }
  return all;
}

class ExactLaws : public testing::TestWithParam<ExactLaw> {};
INSTANTIATE_TEST_SUITE_P(Models, ExactLaws, testing::ValuesIn(exact_laws),
                         [](const auto& info) { return info.param.title; });

TEST_P(ExactLaws, AreFoundAndTheirTwinsAreNot) {
  const ExactLaw& law = GetParam();
  const Simulated run = simulate(law);
  EXPECT_TRUE(accepted(run, law, law.law, 1));
  EXPECT_FALSE(law.twin.law.empty() ? accepted(run, law, law.law, 1.02) : accepted(run, law, law.twin.law, 1))
      << "the twin is accepted: this size can tell nothing";
}

/// Two-sample KS distances of the extreme eigenvalues at the bin edges, in units of the critical value at 1e-9.
std::vector<double> against_tridiagonal(const std::vector<ObservableResult>& results, double index) {
  BetaEnsemble ensemble(4, index, 0.49, 1, 0, seed + 1);
  const int count = 150'000;
  std::vector<Histogram> direct;
  for (const auto& result : results) {
    direct.push_back(result.histogram);
    std::fill(direct.back().counts.begin(), direct.back().counts.end(), 0);
    direct.back().under = direct.back().over = direct.back().non_finite = 0;
  }
  for (int i = 0; i < count; ++i) {
    const std::vector<double>& z = ensemble.next();
    for (int o = 0; o < 2; ++o) {
      const double x = o == 0 ? z.front() : z.back();
      const auto& edges = direct[o].edges;
      const auto at = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
      ++(at == 0 ? direct[o].under : at == std::ptrdiff_t(edges.size()) ? direct[o].over : direct[o].counts[at - 1]);
    }
  }
  std::vector<double> relative;
  for (int o = 0; o < 2; ++o) {
    const double n_eff = results[o].effective_sample_size, n = n_eff * count / (n_eff + count);
    const double distance = ks_distance(results[o].histogram, direct[o]), bound = ks_critical(least_p, n);
    std::printf("  seeds %llu and %llu, index %.3g, %s: ks %.5f, bound %.5f\n", (unsigned long long)seed,
                (unsigned long long)seed + 1, index, results[o].name.c_str(), distance, bound);
    relative.push_back(distance / bound);
  }
  return relative;
}

TEST(ExactLaws, ConjugationIsTheTridiagonalBetaEnsemble) {
  const Simulated run = simulate({"tridiagonal",
                                  conjugation4 + "\nloss = { center = 0.0 }",
                                  beta_half,
                                  "step = 8e-3",
                                  conjugation_run,
                                  {"lambda_min", "lambda_max"},
                                  "projected",
                                  isotropic});
  const auto right = against_tridiagonal(run.results, 0.25), twin = against_tridiagonal(run.results, 0.35);
  for (int o = 0; o < 2; ++o) {
    EXPECT_LT(right[o], 1);
    EXPECT_GT(twin[o], 1) << "an index off by 0.1 goes unnoticed";
  }
}

}  // namespace
}  // namespace orbitwalk::test
