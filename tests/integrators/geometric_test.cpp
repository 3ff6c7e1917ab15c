// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Geometric Brownian motion: both moments are exact at every step.
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

constexpr std::uint64_t seed = 20261126;

ObservableResult grown(const std::string& keys, int coordinates) {
  return simulate("[model]\nname = \"linear\"\ncoordinates = " + std::to_string(coordinates) +
                  "\nloss = { target = [0.0], stiffness = -1.5 }\n[dynamics]\nname = \"geometric\"\nstep = 0.03125\n" +
                  keys +
                  "\n[ensemble]\nparticles = 65536\nburn_in = 0\nsteps = 32\nevery = 32\nshared_start = false\ninit = "
                  "{ mean = [0.1], scale = [0.0] }\nseed = " +
                  std::to_string(seed) + "\n[observe]\nhistogram = [{ of = \"w2\", range = [0.0, 2.0] }]\n")
      .results[0];
}

// Three coordinates are compiled for that size, four are not. False alarms: 2e-9 a comparison (bound 6).
TEST(Geometric, HasTheExactMoments) {
  for (const int coordinates : {3, 4}) {
    for (const char* variates : {"gaussian", "dyadic"}) {
      const std::string kind = std::string("\nvariates = \"") + variates + "\"";
      const double h = 1.0 / 32, sigma = 0.5, growth = 1 + 1.5 * h;
      const double mean = 0.1 * std::pow(growth, 32), square = 0.01 * std::pow(growth * growth + h * sigma * sigma, 32);
      const ObservableResult r = grown("volatility = 0.5" + kind, coordinates),
                             twin = grown("volatility = 0.51" + kind, coordinates);
      EXPECT_TRUE(agrees("mean", seed, r.mean, mean, r.standard_error));
      EXPECT_TRUE(agrees("variance", seed, r.variance, square - mean * mean, r.variance_standard_error));
      EXPECT_FALSE(agrees("variance, twin of 2 % more volatility", seed, twin.variance, square - mean * mean,
                          twin.variance_standard_error, 3));
    }
  }
}

}  // namespace
}  // namespace orbitwalk::test
