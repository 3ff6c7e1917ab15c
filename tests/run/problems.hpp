// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "backends/backend.hpp"
#include "run/ensemble.hpp"
#include "run/problem.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk::test {

/// A small run of the radial model; `more` is appended and may set [observe].
inline Spec small_spec(int particles, const std::string& ensemble = "",
                       const std::string& observe =
                           "histogram = [{ of = \"r\", bins = 30, range = [0.2, 2.5] }, { of = \"theta1\", bins = 20, "
                           "range = [-3.0, 3.0] }]") {
  return Spec::from_string(
      "[model]\nname = \"radial\"\n[dynamics]\nstep = 0.02\ntemperature = 0.5\n[ensemble]\nparticles = " +
          std::to_string(particles) + "\nburn_in = 20\nsteps = 60\nevery = 10\nseed = 11\nprecision = \"double\"\n" +
          ensemble + "\n[observe]\n" + observe + "\n",
      "small");
}

inline Tally run_all(const Problem& problem) {
  BackendOptions options;
  options.threads = 1;
  const auto backend = make_cpu_backend(problem, options);
  Tally tally(problem);
  EXPECT_TRUE(run_ensemble(problem, *backend, {}, tally));
  return tally;
}

}  // namespace orbitwalk::test
