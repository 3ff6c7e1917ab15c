// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Steps below half an ulp of the state: float loses them, mixed precision does not.
#include <gtest/gtest.h>

#include <cmath>

#include "integrators/simulate.hpp"

namespace orbitwalk::test {
namespace {

/// Mean of theta after 2e5 steps of 1e-8 from 1, stiffness 1, hardly any noise: exp(-2e-3), an increment of 1e-8 a
/// step.
double after_many_steps(const std::string& precision) {
  const Simulation run = simulate(
      "[model]\nname = \"radial\"\ndimension = 1\n[dynamics]\nstep = 1e-8\ntemperature = 1e-12\n[ensemble]\n"
      "particles = 256\nburn_in = 0\nsteps = 200000\nevery = 200000\nseed = 4\nprecision = \"" +
      precision +
      "\"\ninit = { mean = 1.0, scale = 0.0 }\n[observe]\nhistogram = [{ of = \"theta1\", range = [0.0, 2.0] }]\n");
  return run.results[0].mean;
}

TEST(Precision, MixedKeepsStepsThatFloatLoses) {
  const double single = after_many_steps("float"), mixed = after_many_steps("mixed"), full = after_many_steps("double");
  std::printf("  seed 4, after 2e5 steps: float %.9f, mixed %.9f, double %.9f, exact %.9f\n", single, mixed, full,
              std::exp(-2e-3));
  EXPECT_NEAR(full, std::exp(-2e-3), 1e-8);
  EXPECT_NEAR(mixed, full, 1.2e-7);  // the state is shown in float
  EXPECT_EQ(single, 1.0) << "float is expected to lose this drift; if it does not, the test says nothing about mixed";
}

}  // namespace
}  // namespace orbitwalk::test
