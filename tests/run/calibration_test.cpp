// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// p-values of whole runs under a law that is exact for the integrator: L = θ²/2 and Leimkuhler-Matthews, whose
// stationary law is N(0, T) at any step. 1,000 seeds each; every "is uniform" holds with probability 0.99, seeds are
// fixed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "compare/compare.hpp"
#include "compare/uniformity.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

constexpr double uniform_level = 0.01;
constexpr int seeds = 1000;
constexpr std::uint64_t first_seed = 60'000;

struct PValues {
  std::vector<double> ks, smooth, drift, twin_smaller, twin_counted;
  int remembered = 0;  // nested R-hat above its critical value
};

/// 2,048 particles, 8 batches; 24 relaxation steps with a factor 1/2 each before the first observation.
PValues run_seeds(int steps, int every) {
  const Experiment experiment = read_experiment(Spec::from_string(
      "[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\nstep = 0.5\ntemperature = "
      "0.5\n"
      "scheme = \"leimkuhler_matthews\"\n[ensemble]\nparticles = 2048\nburn_in = 24\nsteps = " +
          std::to_string(steps) + "\nevery = " + std::to_string(every) +
          "\n[observe]\nquantiles = false\nhistogram = [{ of = \"w1\", bins = 24, range = [-3.0, 3.0] }]\n",
      "calibration"));
  const Law law = predict_laws(experiment).at(0);
  PValues p;
  for (int k = 0; k < seeds; ++k) {
    Problem problem = experiment.problem;
    problem.plan.seed = first_seed + static_cast<std::uint64_t>(k);
    ObservableResult r = reduce(problem, run_all(problem)).at(0);
    const LawComparison c = compare(r, law);
    p.ks.push_back(c.p_value);
    p.smooth.push_back(c.p_smooth);
    p.drift.push_back(r.drift_p);
    p.remembered += r.nested_rhat > r.nested_rhat_critical;
    r.effective_sample_size = std::min(r.effective_sample_size_mean, r.effective_sample_size_cdf);
    p.twin_smaller.push_back(compare(r, law).p_value);
    r.effective_sample_size = static_cast<double>(r.count);
    p.twin_counted.push_back(compare(r, law).p_value);
  }
  return p;
}

TEST(Calibration, OneObservationAParticle) {
  const PValues p = run_seeds(4, 4);
  EXPECT_GT(uniformity(p.ks, "2,048 particles, one observation: KS"), uniform_level);
  EXPECT_GT(uniformity(p.smooth, "2,048 particles, one observation: smooth"), uniform_level);
  EXPECT_LT(uniformity(p.twin_smaller, "the smaller effective size of two (twin)"), uniform_level);
  EXPECT_LE(p.remembered, 30) << "nested R-hat above its 1 % point; seeds from " << first_seed;
}

TEST(Calibration, SeveralObservationsAParticle) {
  const PValues p = run_seeds(33, 11);
  EXPECT_GT(uniformity(p.ks, "2,048 particles, three observations: KS"), uniform_level);
  EXPECT_GT(uniformity(p.smooth, "2,048 particles, three observations: smooth"), uniform_level);
}

TEST(Calibration, CorrelatedObservationsErrOnTheLargeSide) {
  // Correlation 1/2 between neighbours: n_eff is that of the mean, the slowest function, so that p-values are never too
  // small.
  PValues p = run_seeds(12, 1);
  uniformity(p.ks, "2,048 particles, 12 correlated observations: KS");
  uniformity(p.smooth, "2,048 particles, 12 correlated observations: smooth");
  const auto below = [](const std::vector<double>& values, double s) {
    return std::count_if(values.begin(), values.end(), [&](double v) { return v < s; });
  };
  for (const double s : {0.01, 0.05, 0.2, 0.5}) {
    const double most = seeds * s + 4 * std::sqrt(seeds * s * (1 - s));
    EXPECT_LT(below(p.ks, s), most) << "p < " << s << ", seeds from " << first_seed;
    EXPECT_LT(below(p.smooth, s), most) << "p < " << s << ", seeds from " << first_seed;
  }
  EXPECT_GT(below(p.twin_counted, 0.05), 150) << "twin: as if all observations were independent";
  // The two halves are correlated too; the sign test does not mind. With 8 batches it has 128 values.
  std::mt19937_64 generator(first_seed);
  for (double& v : p.drift) v -= std::uniform_real_distribution<double>(0, 1 / 128.0)(generator);
  EXPECT_GT(uniformity(p.drift, "2,048 particles, 12 correlated observations: drift"), uniform_level);
}

TEST(Stationarity, DriftAndAStartThatIsNotForgottenAreSeen) {
  // Relaxation of 200 steps: with 10 of them the start is remembered, with 4,000 it is not.
  const auto look = [](const char* burn_in, bool shared) {
    Spec spec = Spec::from_string(
        "[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\nstep = 0.05\n"
        "temperature = 0.5\n[ensemble]\nparticles = 16384\nsteps = 40\nevery = 4\nseed = 3\n"
        "init = { mean = [0.0], scale = [1.4] }\n[observe]\nhistogram = [{ of = \"w1\", bins = 40, range = [-4.0, 4.0] "
        "}]\n",
        "stationarity");
    spec.set(std::string("ensemble.burn_in=") + burn_in);
    spec.set(std::string("ensemble.shared_start=") + (shared ? "true" : "false"));
    const Experiment experiment = read_experiment(spec);
    return reduce(experiment.problem, run_all(experiment.problem)).at(0);
  };
  const ObservableResult early = look("4", false);
  EXPECT_LT(early.drift_p, 1e-3) << early.drift_p;
  EXPECT_LE(early.nested_rhat, early.nested_rhat_critical) << "starts of their own are not to be remembered by batches";
  EXPECT_EQ(early.stationary, Stationarity::no);
  const ObservableResult shared = look("40", true);
  EXPECT_GT(shared.nested_rhat, shared.nested_rhat_critical);
  EXPECT_EQ(shared.stationary, Stationarity::no);
  for (const bool together : {false, true}) {
    const ObservableResult late = look("400", together);
    EXPECT_EQ(late.stationary, Stationarity::yes)
        << late.stationarity_reason << late.drift_p << ' ' << late.nested_rhat << ' ' << late.nested_rhat_critical;
  }
}

}  // namespace
}  // namespace orbitwalk::test
