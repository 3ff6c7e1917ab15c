// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// SGD on linear regression against the discrete Lyapunov equation (laws/lyapunov.hpp), to 1 %; and the law of its
// diffusion limit.
#include <gtest/gtest.h>

#include <cmath>

#include "compare/compare.hpp"
#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20261123;

std::string linear(const std::string& dynamics) {
  return "[model]\nname = \"linear\"\ncoordinates = 2\nweight_decay = 0.2\n[data]\nteacher = { samples = 24, noise = "
         "0.5, seed = 3, weights = [1.7, 0.9] }\n[dynamics]\nname = \"sgd\"\n" +
         dynamics +
         "\n[ensemble]\nparticles = 65536\nburn_in = 150\nsteps = 150\nevery = 15\nprecision = \"double\"\nseed = " +
         std::to_string(seed) +
         "\n[observe]\nhistogram = [{ of = \"w1\", range = [-5.0, 5.0] }, { of = \"w2\", range = [-5.0, 5.0] "
         "}]\n[compare]\nlaws = [\"lyapunov\"]\n";
}

void expect_moments(const std::string& title, const std::string& dynamics, const std::string& twin) {
  const Simulation run = simulate(linear(dynamics));
  const auto laws = predict_laws(run.experiment), wrong = predict_laws(simulate(linear(twin)).experiment);
  for (std::size_t i = 0; i < 2; ++i) {
    const ObservableResult& w = run.results[i];
    EXPECT_LT(w.variance_standard_error, 0.005 * w.variance);
    EXPECT_NEAR(w.variance / laws[i].variance(), 1, 0.01) << title;
    EXPECT_TRUE(
        agrees(title + ", variance of " + w.name, seed, w.variance, laws[i].variance(), w.variance_standard_error));
    EXPECT_TRUE(agrees(title + ", mean of " + w.name, seed, w.mean, laws[i].mean(), w.standard_error));
    EXPECT_FALSE(agrees(title + ", twin, variance of " + w.name, seed, w.variance, wrong[i].variance(),
                        w.variance_standard_error));
  }
}

TEST(SgdMoments, MinibatchAndLabelNoise) {
  expect_moments("minibatch", "step = 0.1\nbatch = 2", "step = 0.1\nbatch = 3");
  expect_moments("label noise", "step = 0.1\nbatch = 2\nlabel_noise = 0.7", "step = 0.1\nbatch = 2");
}

TEST(SgdMoments, MomentumAndWeightDecay) {
  expect_moments("momentum", "step = 0.05\nbatch = 2\nmomentum = 0.6", "step = 0.05\nbatch = 2");
  expect_moments("weight decay", "step = 0.1\nbatch = 2\nweight_decay = 0.5", "step = 0.1\nbatch = 2");
}

TEST(SgdMoments, FullBatchWithLabelNoise) {
  expect_moments("full", "step = 0.1\nsampling = \"full\"\nlabel_noise = 2.0",
                 "step = 0.1\nbatch = 24\nlabel_noise = 2.0");
}

// The surrogate's gradients have the minibatch's mean and covariance at every w, and these make the stationary moments
// of a linear model.
TEST(SgdMoments, SurrogateHasThoseOfTheMinibatch) {
  expect_moments("surrogate", "step = 0.1\nbatch = 2\nlabel_noise = 0.4\nsampling = \"surrogate\"",
                 "step = 0.1\nbatch = 3\nlabel_noise = 0.4");
}

TEST(SgdDiffusion, IsTheLawOfHadamardRegressionAtSmallSteps) {
  const auto run = [](const std::string& sampling) {
    return simulate(
        "[model]\nname = \"hadamard\"\ncoordinates = 1\nweight_decay = 0.3\n[data]\nteacher = { samples = 16, noise = "
        "0.5, seed = 3, weights = [1.5] }\n"
        "[dynamics]\nname = \"sgd\"\nbatch = 1\nlabel_noise = 4.0\nstep = 4e-3\nsampling = \"" +
        sampling +
        "\"\n[ensemble]\nparticles = 40960\nburn_in = 1490\nsteps = 10\nevery = 10\ninit = { mean = 1.1, scale = 0.2 "
        "}\nseed = " +
        std::to_string(seed) +
        "\n[observe]\nhistogram = [{ of = \"w1\", bins = 200, range = [0.0, 4.0] }]\n[compare]\nlaws = "
        "[\"sgd_diffusion\"]\n");
  };
  for (const char* sampling : {"minibatch", "surrogate"}) {
    const Simulation sgd = run(sampling);
    const Law law = predict_laws(sgd.experiment)[0];
    const LawComparison right = compare(sgd.results[0], law);
    std::printf("  seed %llu, %s: KS %.2e, p %.2g, mean %.4f, law %.4f\n", (unsigned long long)seed, sampling, right.ks,
                right.p_value, sgd.results[0].mean, law.mean());
    EXPECT_GT(right.p_value, 1e-6);
    // Twin: Gibbs on the balanced set at the temperature of the noise where U is least.
    Experiment other = sgd.experiment;
    other.compare.laws = {"level_set"};
    const auto invariant = *other.problem.model.invariant("w1");
    const double z = 1.2, noise = invariant.quotient.sampled->variance(z) + 16 * invariant.quotient.sampled->label;
    other.noise.horizontal = std::sqrt(4e-3 / 2 * noise * invariant.quotient.sampled->speed(z));
    other.noise.vertical = 0;
    EXPECT_LT(compare(sgd.results[0], predict_laws(other)[0]).p_value, 1e-9) << "Gibbs's law would pass";
  }
}

}  // namespace
}  // namespace orbitwalk::test
