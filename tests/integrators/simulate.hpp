// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "run/ensemble.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk::test {

struct Simulation {
  Experiment experiment;
  Tally tally;
  std::vector<ObservableResult> results;
};

/// Runs a spec on the cpu backend. Histograms are wide; moments do not depend on them.
inline Simulation simulate(const std::string& toml) {
  Experiment experiment = read_experiment(Spec::from_string(toml, "test"));
  const auto backend = make_cpu_backend(experiment.problem, {});
  Tally tally(experiment.problem);
  EXPECT_TRUE(run_ensemble(experiment.problem, *backend, {}, tally));
  auto results = reduce(experiment.problem, tally);
  return {std::move(experiment), std::move(tally), std::move(results)};
}

/// Whether a statistic agrees with its exact value: |value - exact| < bound · error, where the bound 6 has a
/// false-alarm rate of 2e-9 a test.
inline bool agrees(const std::string& what, std::uint64_t seed, double value, double exact, double error,
                   double bound = 6) {
  const double z = (value - exact) / error;
  std::printf("  seed %llu, %s: %.6g, exact %.6g, standard error %.2g, z %.2f (bound %.1f)\n", (unsigned long long)seed,
              what.c_str(), value, exact, error, z, bound);
  return error > 0 && std::abs(z) < bound;
}

}  // namespace orbitwalk::test
