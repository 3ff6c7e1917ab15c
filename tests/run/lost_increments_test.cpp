// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/lost_increments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

Problem problem_of(const std::string& dynamics, const std::string& ensemble,
                   const std::string& model = "loss = { target = [2.0], stiffness = 1.0 }") {
  return build_problem(Spec::from_string("[model]\nname = \"linear\"\n" + model + "\n[dynamics]\n" + dynamics +
                                             "\n[ensemble]\nparticles = 256\n" + ensemble +
                                             "\n[observe]\nhistogram = [{ of = \"w1\", range = [0.0, 2.5] }]\n",
                                         "lost"));
}

/// One sample, x = 1 and y = 2: descent is w <- w + h (2 - w).
std::string data_of_one_sample() {
  const std::string folder = testing::TempDir(), x = folder + "/orbitwalk_one_x.csv",
                    y = folder + "/orbitwalk_one_y.csv";
  std::ofstream(x) << "1\n";
  std::ofstream(y) << "2\n";
  return "coordinates = 1\n[data]\nx = \"" + x + "\"\ny = \"" + y + "\"";
}
const std::string one_sample = data_of_one_sample();
const std::string from_one =
    "burn_in = 0\nsteps = 200000\nevery = 100000\ninit = { mean = 1.0, scale = 0.0 }\nprecision = ";

TEST(LostIncrements, OfDescentBelowHalfAnUlpAreFound) {
  const std::string descent = "name = \"sgd\"\nsampling = \"full\"\nstep = 2e-8";
  const Problem in_float = problem_of(descent, from_one + "\"float\"", one_sample);
  const auto lost = find_lost_increments(in_float);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->affected, 1);
  EXPECT_EQ(lost->kept, 0);
  EXPECT_NEAR(lost->apart, 1, 1e-6);
  EXPECT_NE(lost_increments_in_words(in_float, *lost).find("precision = \"mixed\""), std::string::npos);
  std::vector<ObservableResult> results(1);
  results[0].stationary = Stationarity::yes;
  mark_lost_increments(in_float, *lost, results);
  EXPECT_EQ(results[0].stationary, Stationarity::no);
  EXPECT_NE(results[0].stationarity_reason.find("mixed"), std::string::npos);
  for (const char* precision : {"\"mixed\"", "\"double\""})
    EXPECT_FALSE(find_lost_increments(problem_of(descent, from_one + precision, one_sample))) << precision;
  // Doubles have an ulp too.
  const auto in_double = find_lost_increments(
      problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 2e-17", from_one + "\"double\"", one_sample));
  EXPECT_FALSE(in_double) << "1e-12 of the parameter over the whole run: lost, and it does not matter";
  const Problem longer = problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 2e-17",
                                    "burn_in = 0\nsteps = 1000000000000\nevery = 1000000000000\ninit = { mean = 1.0, "
                                    "scale = 0.0 }\nprecision = \"double\"",
                                    one_sample);
  const auto in_long_run = find_lost_increments(longer);
  ASSERT_TRUE(in_long_run);
  EXPECT_NE(lost_increments_in_words(longer, *in_long_run).find("larger [dynamics] step"), std::string::npos);
}

double mean_of(Problem problem, Precision precision) {
  problem.plan.precision = precision;
  return reduce(problem, run_all(problem))[0].mean;
}

TEST(LostIncrements, OfEulersDriftAreLostUnderAnyNoise) {
  // At 1, whose ulp is 1.2e-7: drift 2e-9 a step; noise of 0.08 ulp, then of 10.
  for (const char* temperature : {"2.5e-8", "4e-4"}) {
    for (const char* scheme : {"euler_maruyama", "leimkuhler_matthews"}) {
      const Problem problem =
          problem_of("step = 2e-9\nscheme = \"" + std::string(scheme) + "\"\ntemperature = " + temperature,
                     from_one + "\"float\"\nshared_start = false");
      const auto lost = find_lost_increments(problem);
      ASSERT_TRUE(lost) << scheme << ", T = " << temperature;
      EXPECT_NEAR(lost->kept, 0, 0.02);
    }
  }
  // That is no invention: all particles together do not drift in float, and do in mixed precision, by 3e-4 at the mean
  // of the two times.
  const Problem noisy = problem_of("step = 2e-9\ntemperature = 4e-4", from_one + "\"float\"\nshared_start = false");
  // Noise leaves an error of 3.7e-5 of the mean of 256 particles in both, and rounding 1e-6 of the difference.
  EXPECT_NEAR(mean_of(noisy, Precision::mixed) - mean_of(noisy, Precision::float32), 3e-4, 1e-5);
}

TEST(LostIncrements, OfDriftPassWithNoiseThatIsAddedToIt) {
  // SGD with label noise: drift 2e-9 a step as above, and noise of 10 ulps in the same increment.
  const Problem problem = problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 2e-9\nlabel_noise = 600.0",
                                     from_one + "\"float\"", one_sample);
  EXPECT_FALSE(find_lost_increments(problem));
  // Rounding is a random walk of 0.29 ulp a step: over 150,000 steps and 256 particles 8e-7; the drift is 3e-4.
  EXPECT_NEAR(mean_of(problem, Precision::mixed), mean_of(problem, Precision::float32), 6 * 8e-7);
  // A twentieth of the noise does not carry it.
  EXPECT_TRUE(find_lost_increments(problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 2e-9\nlabel_noise = 10.0",
                                              from_one + "\"float\"", one_sample)));
}

TEST(LostIncrements, OfDescentAtRestDoNotMatter) {
  // Rests within some ulps of its goal: the last increments are lost, and nothing is missing.
  EXPECT_FALSE(find_lost_increments(
      problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 0.01", from_one + "\"float\"", one_sample)));
  // A slow direction that stops far from its goal: h κ = 1e-7 a step, stuck where the gradient is half an ulp over
  // that.
  EXPECT_TRUE(find_lost_increments(
      problem_of("name = \"sgd\"\nsampling = \"full\"\nstep = 1e-7\nmomentum = 0.0",
                 "burn_in = 0\nsteps = 100000000\nevery = 100000000\ninit = { mean = 1.0, scale = 0.0 }", one_sample)));
}

TEST(LostIncrements, OfNoExampleAreReported) {
  int looked_at = 0;
  for (const char* folder : {"/examples", "/examples/published"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ORBITWALK_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".toml") continue;
      const Experiment experiment = read_experiment(Spec::from_file(entry.path().string()));
      const auto lost = find_lost_increments(experiment.problem);
      EXPECT_FALSE(lost) << entry.path() << ": " << lost_increments_in_words(experiment.problem, *lost);
      looked_at += experiment.problem.plan.precision != Precision::mixed;
    }
  }
  EXPECT_GT(looked_at, 10);
}

}  // namespace
}  // namespace orbitwalk::test
