// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The choice of scheme, step and particles, on runs that are made up: means that follow a known line in the step.
#include "run/accuracy/accuracy.hpp"
#include "kernels/integrators/list.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

Experiment experiment(const std::string& dynamics) {
  return read_experiment(
      Spec::from_string("[model]\nname = \"hadamard\"\nweight_decay = 1.0\n[dynamics]\nstep = 0.001\n" + dynamics +
                            "\n[ensemble]\nparticles = 1000\nburn_in = 2000\nsteps = 1000\nevery = 500\n"
                            "[observe]\nhistogram = [{ of = \"w1\", range = [-3.0, 3.0] }]\n[compare]\nlaws = []\n",
                        "test"));
}

/// Variance 4, a standard error of 2/√particles, mean 1 + C h^p, and h^8 on top from `knee` on.
RunProblem made_up(double euler, double second_order, double knee, std::vector<Plan>* seen = nullptr) {
  return [=](const Problem& problem, const std::string&) {
    const Plan& plan = problem.plan;
    if (seen) seen->push_back(plan);
    ObservableResult r;
    r.mean =
        1 +
        (plan.integrator == integrator_id<EulerMaruyama> ? euler * plan.step : second_order * plan.step * plan.step) +
        (plan.step >= knee ? 1 : 0);
    r.variance = 4;
    r.standard_error = 2 / std::sqrt(double(plan.particles));
    return std::optional<PilotRun>({{r}, 0, 1e-9 * double(plan.particles) * double(plan.end())});
  };
}

TEST(Accuracy, LineThroughTheLadder) {
  std::vector<AccuracyLevel> levels;
  for (const double h : {0.1, 0.2, 0.4}) levels.push_back({h, {3 + 5 * h * h}, {0.01}, 0, 0});
  EXPECT_NEAR(fit_bias(levels, 0, 2).coefficient, 5, 1e-12);
  EXPECT_NEAR(fit_bias(levels, 0, 2).p_value, 1, 1e-9);
  // Spread of h²: 0.0001+0.0016·1+... about its mean 0.07: Σ(x - x̄)² = 0.0126.
  EXPECT_NEAR(fit_bias(levels, 0, 2).error, 0.01 / std::sqrt(0.0126), 1e-6);
  EXPECT_LT(fit_bias(levels, 0, 1).p_value, 1e-6) << "the twin of the wrong order";
}

TEST(Accuracy, StepAndParticlesAreWhatTheFormulaSays) {
  const auto choice = choose_for_accuracy(experiment("temperature = 0.3"), 0.03, false, false, made_up(4, 4, 0.1));
  ASSERT_TRUE(choice);
  ASSERT_EQ(choice->candidates.size(), 4u) << "two schemes, plain and extrapolated";
  EXPECT_FALSE(choice->extrapolated());
  const SchemeFit& best = choice->candidates[choice->chosen];
  EXPECT_EQ(best.scheme, "leimkuhler_matthews");
  EXPECT_EQ(best.variates, "dyadic");
  EXPECT_EQ(best.levels.size(), 7u) << "0.001 to 0.064; 0.128 is past the knee";
  EXPECT_NEAR(best.coefficient[0], 4, 1e-9);
  const double slope = best.coefficient[0] + 2 * best.coefficient_error[0];
  EXPECT_NEAR(best.step, std::min(std::sqrt(0.03 * 2 / 3 / slope), 0.032), 1e-12);
  // s.e. 2/√n <= 0.03·2/3
  EXPECT_NEAR(double(choice->particles), 10000, 256);
  // A scheme of first order needs a smaller step.
  const SchemeFit& euler = choice->candidates[1 - choice->chosen];
  EXPECT_NEAR(euler.step, 0.03 * 2 / 3 / (4 + 2 * euler.coefficient_error[0]), 1e-9);
  EXPECT_GT(euler.seconds, 2 * best.seconds);
}

TEST(Accuracy, TimesStayAndWhatTheSpecNamesIsKept) {
  std::vector<Plan> seen;
  const auto choice = choose_for_accuracy(experiment("temperature = 0.3\nscheme = \"euler_maruyama\""), 0.1, true, true,
                                          made_up(1, 1, 1, &seen));
  ASSERT_EQ(choice->candidates.size(), 2u);
  for (const auto& setting : choice->settings) EXPECT_EQ(setting.find("scheme"), std::string::npos);
  for (const Plan& plan : seen) {
    EXPECT_EQ(plan.integrator, integrator_id<EulerMaruyama>);
    EXPECT_EQ(plan.variates, Variates::gaussian);
    EXPECT_GE(double(plan.burn_in) * plan.step, 2 - 1e-9);
    EXPECT_GE(double(plan.every) * plan.step, 0.5 - 1e-9);
    EXPECT_EQ(plan.observations(), 2u);
  }
  for (std::size_t i = 1; i < seen.size(); ++i)
    EXPECT_NE(seen[i].seed, seen[i - 1].seed) << "the rungs are independent";
}

TEST(Accuracy, RefusesWhatHasNoStepToChoose) {
  const RunProblem run = made_up(1, 1, 1);
  EXPECT_THROW(choose_for_accuracy(experiment("name = \"mala\"\ntemperature = 0.3"), 0.1, false, false, run),
               SpecError);
  EXPECT_THROW(choose_for_accuracy(experiment("name = \"geometric\"\nvolatility = 0.3"), 0.1, false, false, run),
               SpecError);
  for (const double accuracy : {0.0, -1.0, 1.0, std::nan("")})
    EXPECT_THROW(choose_for_accuracy(experiment("temperature = 0.3"), accuracy, false, false, run), SpecError);
  // Nothing but the spec's own step works: there is no line.
  EXPECT_THROW(choose_for_accuracy(experiment("temperature = 0.3"), 0.1, false, false,
                                   [&](const Problem& problem, const std::string& label) {
                                     auto result = run(problem, label);
                                     result->diverged = problem.plan.step > 0.0015;
                                     return result;
                                   }),
               NumericalError);
}

TEST(Accuracy, ReachedMeansBiasAndTwoErrors) {
  ObservableResult r;
  r.variance = 4, r.standard_error = 0.01;
  StepBias bias;
  bias.mean = -0.01;
  EXPECT_TRUE(accuracy_reached(r, bias, 0.0151).reached);
  EXPECT_FALSE(accuracy_reached(r, bias, 0.0149).reached);
}

}  // namespace
}  // namespace orbitwalk
