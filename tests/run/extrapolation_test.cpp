// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Means extrapolated to a step of 0: the algebra on made-up means, the choice on made-up runs, and one real run against
// its law.
#include "run/accuracy/extrapolation.hpp"
#include "kernels/integrators/list.hpp"

#include <cmath>
#include <cstdio>

#include "orbitwalk/error.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

TEST(Extrapolation, WeightsAreExactForTwoOrders) {
  for (const auto& [p, q, leading] : {std::tuple{1, 2, -2.0}, {2, 3, -4.0 / 3}, {2, 4, -4.0}}) {
    for (const double g : {4.0, 8.0}) {
      const auto bias = [&](double h) { return 5 * std::pow(h, p) - 7 * std::pow(h, q); };
      ObservableResult at[3];
      const double h = 0.1;
      at[0].mean = 3 + bias(h), at[1].mean = 3 + bias(2 * h), at[2].mean = 3 + bias(g * h);
      at[0].standard_error = 0.3;
      const ExtrapolatedMean mean = extrapolated_mean({&at[0], &at[1], &at[2]}, p, q, g);
      EXPECT_NEAR(mean.remaining, leading * -7 * std::pow(h, q), 1e-12);
      EXPECT_NEAR(mean.mean - mean.remaining, 3, 1e-12);
      EXPECT_NEAR(mean.standard_error, 0.3 * std::pow(2, p) / (std::pow(2, p) - 1), 1e-12);
      EXPECT_GT(std::abs(extrapolated_mean({&at[0], &at[1], &at[2]}, p + 1, q + 1, g).mean - 3), 0.02)
          << "the twin of the wrong order";
    }
  }
  // A cubic term is not understated: -6 F h³ is in the mean.
  for (const auto& [g, shown] : {std::pair{4.0, -14.0}, {8.0, -22.0}}) {
    const auto w = richardson_weights(1, 2, g);
    EXPECT_NEAR(w.mean[0] + 8 * w.mean[1], -6, 1e-12);
    EXPECT_NEAR(w.remaining[0] + 8 * w.remaining[1] + g * g * g * w.remaining[2], shown, 1e-12);
  }
  EXPECT_THROW(richardson_weights(2, 2, 4), SpecError);
  EXPECT_THROW(richardson_weights(1, 2, 2), SpecError);
}

TEST(Extrapolation, CurveThroughTheLadder) {
  std::vector<AccuracyLevel> levels;
  for (const double h : {0.1, 0.2, 0.4, 0.8}) levels.push_back({h, {3 + 5 * h - 2 * h * h}, {0.01}, 0, 0});
  const BiasCurve curve = fit_curve(levels, 0, 1, 2);
  EXPECT_NEAR(curve.coefficient, 5, 1e-10);
  EXPECT_NEAR(curve.next, -2, 1e-10);
  EXPECT_NEAR(curve.p_value, 1, 1e-9);
  EXPECT_LT(fit_curve(levels, 0, 2, 3).p_value, 1e-6) << "the twin of the wrong orders";
  // The error of D is that of the part of h² that 1 and h do not explain.
  double x[4] = {0.1, 0.2, 0.4, 0.8}, mx = 0.375, mz = 0.2125, sxx = 0, sxz = 0, szz = 0;
  for (const double h : x)
    sxx += (h - mx) * (h - mx), sxz += (h - mx) * (h * h - mz), szz += (h * h - mz) * (h * h - mz);
  EXPECT_NEAR(curve.next_error, 0.01 / std::sqrt(szz - sxz * sxz / sxx), 1e-9);
}

Experiment experiment(const std::string& dynamics, const std::string& compare = "laws = []") {
  return read_experiment(
      Spec::from_string("[model]\nname = \"hadamard\"\nweight_decay = 1.0\n[dynamics]\nstep = 0.001\n" + dynamics +
                            "\n[ensemble]\nparticles = 1000\nburn_in = 2000\nsteps = 1000\nevery = 500\n"
                            "[observe]\nhistogram = [{ of = \"w1\", range = [-3.0, 3.0] }]\n[compare]\n" +
                            compare + "\n",
                        "test"));
}

/// Variance 4, a standard error of 2/√particles, mean 1 + C h + D h².
RunProblem made_up(double c, double d) {
  return [=](const Problem& problem, const std::string&) {
    const Plan& plan = problem.plan;
    ObservableResult r;
    r.mean = 1 + c * plan.step + d * plan.step * plan.step;
    r.variance = 4;
    r.standard_error = 2 / std::sqrt(double(plan.particles));
    return std::optional<PilotRun>({{r}, 0, 1e-9 * double(plan.particles) * double(plan.end())});
  };
}
const std::string euler = "temperature = 0.3\nscheme = \"euler_maruyama\"";

TEST(Extrapolation, IsChosenWhereItIsLessWork) {
  const double accuracy = 0.003;
  const auto choice = choose_for_accuracy(experiment(euler), accuracy, true, false, made_up(4, 1));
  ASSERT_EQ(choice->candidates.size(), 2u);
  const SchemeFit &plain = choice->candidates[0], &fit = choice->best();
  ASSERT_TRUE(choice->extrapolated());
  std::printf("  work: plain %.3g, extrapolated %.3g; steps %.4g, %.4g; particles %llu %llu %llu, third step %g\n",
              plain.work, fit.work, plain.step, fit.step, (unsigned long long)fit.particles[0],
              (unsigned long long)fit.particles[1], (unsigned long long)fit.particles[2], fit.third_factor);
  EXPECT_LT(fit.work, plain.work / 5);
  EXPECT_NEAR(fit.coefficient[0], 4, 1e-6);
  EXPECT_NEAR(fit.next_coefficient[0], 1, 1e-5);
  // What is promised: remaining bias, its error and that of the mean.
  const double allowed = accuracy * 2, slope = std::abs(fit.next_coefficient[0]) + 2 * fit.next_coefficient_error[0];
  ObservableResult at[3];
  for (int k = 0; k < 3; ++k) at[k].standard_error = 2 / std::sqrt(double(fit.particles[k]));
  const ExtrapolatedMean mean = extrapolated_mean({&at[0], &at[1], &at[2]}, 1, 2, fit.third_factor);
  const double promised = 2 * slope * fit.step * fit.step + 2 * mean.remaining_error + 2 * mean.standard_error;
  EXPECT_LE(promised, allowed * (1 + 1e-9));
  EXPECT_GT(promised, 0.97 * allowed) << "no more particles than that takes";
  EXPECT_LE(fit.third_factor * fit.step, fit.levels.back().step * (1 + 1e-9)) << "no run beyond the ladder";
  // The same again, and nothing of it by the clock.
  const auto again = choose_for_accuracy(experiment(euler), accuracy, true, false,
                                         [](const Problem& problem, const std::string& label) {
                                           auto result = made_up(4, 1)(problem, label);
                                           result->seconds = 1 / (1 + problem.plan.step);
                                           return result;
                                         });
  EXPECT_EQ(again->settings, choice->settings);
  EXPECT_EQ(again->best().particles, fit.particles);
  EXPECT_EQ(again->chosen, choice->chosen);
}

TEST(Extrapolation, IsLeftWhereItIsMoreWorkOrHasNoMeaning) {
  EXPECT_FALSE(choose_for_accuracy(experiment(euler), 0.003, true, false, made_up(0.01, 0))->extrapolated())
      << "hardly a bias";
  // The scheme of second order needs it no more.
  const auto open = choose_for_accuracy(experiment("temperature = 0.3"), 0.03, false, false, made_up(0, 4));
  EXPECT_EQ(open->best().scheme, "leimkuhler_matthews");
  EXPECT_FALSE(open->extrapolated());
  // By work: a clock that is a thousand times slower for that scheme changes nothing.
  const auto slow = choose_for_accuracy(experiment("temperature = 0.3"), 0.03, false, false,
                                        [](const Problem& problem, const std::string& label) {
                                          auto result = made_up(0, 4)(problem, label);
                                          if (problem.plan.integrator == integrator_id<LeimkuhlerMatthews>)
                                            result->seconds *= 1000;
                                          return result;
                                        });
  EXPECT_EQ(slow->settings, open->settings);
  // Laws that are expected hold at h, where the bias is large.
  const auto held = choose_for_accuracy(experiment(euler, "laws = [\"isotropic\"]\nexpect = [\"isotropic\"]"), 0.003,
                                        true, false, made_up(4, 1));
  EXPECT_EQ(held->candidates.size(), 1u);
  EXPECT_FALSE(held->extrapolated());
  EXPECT_EQ(choose_for_accuracy(experiment(euler), 0.003, true, false, made_up(4, 1), false)->candidates.size(), 1u)
      << "not asked for";
  const auto order = [](IntegratorId integrator, NoiseId noise, Variates variates) {
    Plan plan;
    plan.integrator = integrator, plan.noise = noise, plan.variates = variates;
    return next_order(plan);
  };
  const NoiseId isotropic = noise_id<IsotropicNoise>;
  EXPECT_EQ(order(integrator_id<HeavyBall>, noise_id<MinibatchNoise>, Variates::gaussian), 0);
  EXPECT_EQ(order(integrator_id<Mala>, isotropic, Variates::gaussian), 0);
  EXPECT_EQ(order(integrator_id<ConstrainedMala>, isotropic, Variates::gaussian), 0);
  EXPECT_EQ(order(integrator_id<EulerMaruyama>, noise_id<GeometricNoise>, Variates::gaussian), 0);
  EXPECT_EQ(order(integrator_id<EulerMaruyama>, noise_id<ProjectedNoise>, Variates::rademacher), 2);
  EXPECT_EQ(order(integrator_id<StochasticHeun>, noise_id<ProjectedNoise>, Variates::gaussian), 2);
  EXPECT_EQ(order(integrator_id<LeimkuhlerMatthews>, isotropic, Variates::rademacher), 0);
  EXPECT_EQ(order(integrator_id<LeimkuhlerMatthews>, isotropic, Variates::dyadic), 3);
  EXPECT_EQ(order(integrator_id<Baoab>, isotropic, Variates::rademacher), 0);
  EXPECT_EQ(order(integrator_id<Baoab>, isotropic, Variates::gaussian), 4);
}

// The Bessel law of w = p q, whose mean has a clear bias of first order under Euler-Maruyama. "Within 4 s.e." fails a
// right program once in 16,000 seeds; the seed is fixed.
TEST(Extrapolation, MeanAgreesWithTheLawWhereThePlainRunDoesNot) {
  const std::uint64_t seed = 20261125;
  const Experiment run = read_experiment(
      Spec::from_string("[model]\nname = \"hadamard\"\nweight_decay = 1.0\nloss = { target = [1.0] "
                        "}\n[dynamics]\nscheme = \"euler_maruyama\"\nvariates = \"dyadic\"\ntemperature = 0.49\n"
                        "step = 0.03\n[ensemble]\nparticles = 2621440\nburn_in = 400\nsteps = 160\nevery = "
                        "16\nshared_start = false\nseed = " +
                            std::to_string(seed) +
                            "\n[observe]\nquantiles = false\nhistogram = [{ of = \"w1\", bins = 50, range = [-4.0, "
                            "6.0] }]\n[compare]\nlaws = [\"isotropic\"]\n",
                        "test"));
  const double exact = predict_laws(run).at(0).mean();
  SchemeFit fit;
  fit.order = 1, fit.next_order = 2, fit.factor = 2, fit.third_factor = 4;
  fit.particles = {2621440, 1966080, 1310720};
  std::vector<ObservableResult> at;
  for (int k = 0; k < 3; ++k) {
    const Problem problem = k == 0 ? run.problem : beside(run.problem, fit, k);
    EXPECT_EQ(problem.plan.particles, fit.particles[k]);
    EXPECT_DOUBLE_EQ(double(problem.plan.end()) * problem.plan.step, 560 * 0.03);
    at.push_back(reduce(problem, run_all(problem)).at(0));
  }
  EXPECT_NE(beside(run.problem, fit, 1).plan.seed, beside(run.problem, fit, 2).plan.seed);
  const ExtrapolatedMean mean = extrapolated_mean({&at[0], &at[1], &at[2]}, 1, 2, 4);
  const auto z = [&](double value, double error) { return (value - exact) / error; };
  const double wrong = (4 * at[0].mean - at[1].mean) / 3;
  std::printf(
      "  seed %llu: law %.6f; plain z = %.1f, extrapolated %.6f ± %.6f, z = %.1f, wrong order z = %.1f; remaining bias "
      "%.6f ± %.6f\n",
      (unsigned long long)seed, exact, z(at[0].mean, at[0].standard_error), mean.mean, mean.standard_error,
      z(mean.mean, mean.standard_error), z(wrong, std::hypot(4 * at[0].standard_error, at[1].standard_error) / 3),
      mean.remaining, mean.remaining_error);
  EXPECT_LT(std::abs(z(mean.mean, mean.standard_error)), 4);
  EXPECT_GT(std::abs(z(at[0].mean, at[0].standard_error)), 8) << "the twin without extrapolation";
  EXPECT_GT(std::abs(z(wrong, std::hypot(4 * at[0].standard_error, at[1].standard_error) / 3)), 5)
      << "the twin of order 2";
  EXPECT_LT(std::abs(mean.remaining), 4 * mean.remaining_error + mean.standard_error);
}

}  // namespace
}  // namespace orbitwalk::test
