// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// "Stationary" needs evidence: what is not tested, what fails, how often each is wrong, and what is seen.
#include "run/stationarity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "run/blow_up.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

/// L = θ²/2 under Leimkuhler-Matthews at T = 1/2, whose law is N(0, 1/2) at any step.
Problem harmonic(const std::string& dynamics, const std::string& ensemble,
                 const std::string& observe = "histogram = [{ of = \"w1\", bins = 40, range = [-4.0, 4.0] }]") {
  return build_problem(
      Spec::from_string("[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\n" +
                            dynamics + "\n[ensemble]\n" + ensemble + "\n[observe]\n" + observe + "\n",
                        "harmonic"));
}
const std::string exact = "step = 0.5\ntemperature = 0.5\nscheme = \"leimkuhler_matthews\"";

ObservableResult result_of(const Problem& problem) { return reduce(problem, run_all(problem)).at(0); }

void expect_answer(Stationarity answer, const std::string& word, const ObservableResult& r) {
  EXPECT_EQ(in_words(r.stationary), std::string(in_words(answer))) << r.stationarity_reason;
  EXPECT_NE(r.stationarity_reason.find(word), std::string::npos) << r.stationarity_reason;
}

TEST(Stationarity, IsNotSaidWithoutATestThatCouldFail) {
  const std::string many = "particles = 4096\nburn_in = 60\nseed = 5\n";
  expect_answer(Stationarity::yes, "", result_of(harmonic(exact, many + "steps = 40\nevery = 20")));
  expect_answer(Stationarity::not_tested, "one observation time",
                result_of(harmonic(exact, many + "steps = 20\nevery = 20")));
  expect_answer(Stationarity::not_tested, "2048",
                result_of(harmonic(exact, "particles = 1024\nburn_in = 60\nsteps = 40\nevery = 20")));
  expect_answer(Stationarity::not_tested, "bin or tail",
                result_of(harmonic(exact, many + "steps = 40\nevery = 20",
                                   "histogram = [{ of = \"w1\", bins = 1, range = [-40.0, 40.0] }]")));
  // Two observations, 1e-4 of a relaxation time apart.
  expect_answer(Stationarity::not_tested, "hardly move",
                result_of(harmonic("step = 1e-4\ntemperature = 0.5",
                                   "particles = 4096\nburn_in = 0\nsteps = 2\nevery = 1\nshared_start = false\ninit = "
                                   "{ mean = 0.0, scale = 0.7 }")));
}

TEST(Stationarity, GrowthThatOneTimeCannotShowIsSeenAtTwo) {
  const auto growing = [](const char* every) {
    return result_of(harmonic("name = \"geometric\"\nstep = 0.1\nvolatility = 2.0",
                              "particles = 4096\nburn_in = 10\nsteps = 20\nevery = " + std::string(every) +
                                  "\nshared_start = false\ninit = { mean = 1.0, scale = 0.1 }"));
  };
  expect_answer(Stationarity::not_tested, "one observation time", growing("20"));
  expect_answer(Stationarity::no, "drifts", growing("10"));
}

TEST(Stationarity, WhatDoesNotMoveIsNotStationary) {
  const std::string ensemble = "particles = 2048\nburn_in = 20\nsteps = 40\nevery = 10\nseed = 2\n";
  for (const char* shared : {"shared_start = true", "shared_start = false"}) {
    expect_answer(Stationarity::no, "no proposal",
                  result_of(harmonic("name = \"mala\"\ntemperature = 1.0\nstep = 1e4", ensemble + shared)));
    // Accepted, all of them, and lost: steps of 1e-30 from N(1, 0.1²).
    expect_answer(Stationarity::no, "no particle moves",
                  result_of(harmonic("name = \"mala\"\ntemperature = 1e-6\nstep = 1e-30",
                                     ensemble + shared + "\ninit = { mean = 1.0, scale = 0.1 }")));
  }
  // The same from one point: nothing can be told, and nothing is claimed.
  expect_answer(Stationarity::not_tested, "one value",
                result_of(harmonic("name = \"mala\"\ntemperature = 1e-6\nstep = 1e-30",
                                   ensemble + "init = { mean = 1.0, scale = 0.0 }")));
  // Descent without noise that has come to rest is no failure, and no evidence.
  const Problem descent = build_problem(
      Spec::from_string("[model]\nname = \"linear\"\ncoordinates = 1\n[data]\nteacher = { samples = 20, weights = "
                        "[1.0] }\n[dynamics]\nname = \"sgd\"\nstep = 0.1\nsampling = \"full\"\n[ensemble]\n"
                        "particles = 2048\nburn_in = 4000\nsteps = 40\nevery = 10\nprecision = "
                        "\"double\"\n[observe]\nhistogram = [{ of = \"w1\", range = [-4.0, 4.0] }]\n",
                        "descent"));
  EXPECT_FALSE(has_noise_everywhere(descent.plan));
  expect_answer(Stationarity::not_tested, "fixed point", result_of(descent));
}

TEST(Stationarity, SurvivorsAreConditionedOnSurvival) {
  // A third of the particles overflow, nearly all before they are observed.
  const Problem problem = build_problem(Spec::from_string(
      "[model]\nname = \"hadamard\"\nweight_decay = 0.5\nloss = { target = 0.0, stiffness = 1.0 "
      "}\n[dynamics]\ntemperature = 1.0\nstep = 0.25\n[ensemble]\nparticles = 20000\n"
      "burn_in = 200\nsteps = 200\nevery = 100\nseed = 3\n[observe]\nhistogram = [{ of = \"w1\", range = [-8, 8] }]\n",
      "survivors"));
  const Tally tally = run_all(problem);
  const ObservableResult r = reduce(problem, tally).at(0);
  EXPECT_GT(r.lost_share, 0.2);
  EXPECT_NEAR(r.lost_share, double(lost_particles(tally, find_blow_up(problem, tally))) / 20000, 1e-15);
  EXPECT_NE(r.stationary, Stationarity::yes);
  EXPECT_FALSE(r.stationarity_reason.empty());
}

TEST(BlowUp, ShortOfInfinityIsFound) {
  // |1 - h| = 2: θ doubles every step, from 0.1 to 0.1 · 2^steps; the limit is 2^52.
  const auto grown = [](int steps, const char* precision, const char* observable, const char* quantiles) {
    const Problem problem = build_problem(
        Spec::from_string("[model]\nname = \"linear\"\nloss = { target = [0.0], stiffness = 1.0 }\n[dynamics]\nstep = "
                          "3.0\ntemperature = 1e-9\n[ensemble]\nparticles = 300\nburn_in = " +
                              std::to_string(steps - 1) + "\nsteps = 1\nprecision = \"" + precision +
                              "\"\ninit = { mean = 0.1, scale = 0.0 }\n[observe]\nquantiles = " + quantiles +
                              "\nhistogram = [{ of = \"" + observable + "\", range = [-4.0, 4.0] }]\n",
                          "doubling"));
    return find_blow_up(problem, run_all(problem));
  };
  EXPECT_FALSE(grown(54, "double", "w1", "true"));  // 0.1 · 2^54 < 2^52
  for (const char* precision : {"float", "double"}) {
    const auto found = grown(57, precision, "w1", "true");
    ASSERT_TRUE(found) << precision;
    EXPECT_EQ(found->particles, 300u);
    EXPECT_EQ(found->worst, "w1");
    EXPECT_NEAR(found->largest / (0.1 * std::ldexp(1, 57)), 1, 1e-2);
    EXPECT_EQ(found->limit, std::ldexp(1, 52));
  }
  EXPECT_EQ(grown(57, "double", "w1", "false")->particles, 2u) << "two blocks, at least one particle each";
  // The loss overflows before the state does: infinite, of a finite particle.
  const auto infinite = grown(700, "double", "loss", "true");
  ASSERT_TRUE(infinite);
  EXPECT_EQ(infinite->particles, 300u);
  EXPECT_TRUE(std::isinf(infinite->largest));
  // A start that is large itself is not a blow-up.
  const Problem large = build_problem(
      Spec::from_string("[model]\nname = \"linear\"\nloss = { target = [1e18], stiffness = 1.0 }\n[dynamics]\nstep = "
                        "0.5\ntemperature = 1.0\n[ensemble]\nparticles = 10\nburn_in = 100\nsteps = 1\n"
                        "precision = \"double\"\ninit = { mean = 1e18, scale = 0.0 }\n[observe]\nhistogram = [{ of = "
                        "\"w1\", range = [0, 2e18] }]\n",
                        "large"));
  EXPECT_FALSE(find_blow_up(large, run_all(large)));
}

TEST(Stationarity, FalseAlarmsAndPower) {
  // Euler-Maruyama with a step of 0.34, whose law is N(0, 0.60241): two observations with a correlation of 0.66, about
  // the least motion that is taken as evidence (n w^{3/2} = 406). 300 seeds of each.
  const std::uint64_t first_seed = 90'000;
  const auto count_no = [&](const char* mean, int& untested) {
    const Problem problem =
        harmonic("step = 0.34\ntemperature = 0.5",
                 "particles = 2048\nburn_in = 0\nsteps = 2\nevery = 1\nshared_start = false\ninit = { mean = " +
                     std::string(mean) + ", scale = 0.776152 }");
    int no = 0;
    for (std::uint64_t k = 0; k < 300; ++k) {
      Problem seeded = problem;
      seeded.plan.seed = first_seed + k;
      const ObservableResult r = result_of(seeded);
      no += r.stationary == Stationarity::no;
      untested += r.stationary == Stationarity::not_tested;
    }
    return no;
  };
  // Displacements of the first observation by half a standard deviation, and by a tenth.
  int untested = 0, ignored = 0;
  const int false_alarms = count_no("0.0", untested), seen = count_no("0.58799", ignored),
            little = count_no("0.1176", ignored);
  std::printf(
      "  seeds from %d: %d of 300 false alarms, %d untested; displaced by half a standard deviation: %d seen; by a "
      "tenth: %d\n",
      int(first_seed), false_alarms, untested, seen, little);
  // Two tests at 1 %: more than 20 of 300 has probability 1e-6.
  EXPECT_LE(false_alarms, 20);
  EXPECT_LT(untested, 200) << "n w^{3/2} is 400 at the very least";
  EXPECT_GE(seen, 240) << "4 of 5 at least";
  EXPECT_LT(little, 150) << "the twin: a displacement that this sample cannot show";
}

}  // namespace
}  // namespace orbitwalk::test
