// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What gradient noise does to the imbalance of a ReLU network: κ is what it is where theory knows it. Seeds are those
// of the specs, and intervals hold 95 % of the medians; bounds leave room for terms of higher order in the step.
#include "studies/reproduce/noise_drift.hpp"
#include "reproduce/finished.hpp"

namespace orbitwalk::test {
namespace {

using reproduce::noise_drift;

FinishedRun relu(const Settings& settings) { return finish(experiment_named("relu").runs[0], settings); }

/// κ of the whole run, and the ends of its interval: "1.7 (95 % 1.6 to 1.8)".
struct Kappa {
  double median, low, high;
};
Kappa kappa(const FinishedRun& run, std::size_t row = 2) {
  const auto table = noise_drift(run);
  EXPECT_TRUE(table);
  const std::string text = table->rows.at(row).at(3);
  return {std::stod(text), std::stod(text.substr(text.find("% ") + 2)), std::stod(text.substr(text.find("to ") + 3))};
}

// Labels of noise alone: κ = 1, whatever the number of outputs.
TEST(NoiseDrift, OfLabelNoiseIsThatOfIndependentResiduals) {
  const Settings noise =
      size(256, 1000) + Settings{"data.instance.scale=1e-6", "dynamics.label_noise=1.0", "dynamics.step=4e-3"};
  for (const std::string outputs : {"1", "2"}) {
    const Kappa found = kappa(relu(noise + Settings{"model.outputs=" + outputs}));
    EXPECT_NEAR(found.median, 1, 0.05) << outputs << " outputs";
    EXPECT_LT(found.high - found.low, 0.1) << "it tells 1 from 5/3";
  }
}

// A student that has not fitted its teacher yet: the residual is proportional to the length of the input, κ = (n + 2)/n
// = 5/3, up to how it depends on the direction, which is not uniform.
TEST(NoiseDrift, OfMisfitIsLarger) {
  const Kappa found = kappa(relu(size(256, 4000) + Settings{"dynamics.step=4e-3", "dynamics.label_noise=0.0"}));
  EXPECT_GT(found.low, 1.4);
  EXPECT_LT(found.high, 2.1);
}

// Imbalances that are put where κ = 2 has them; and a twin that moved the other way.
TEST(NoiseDrift, IsTheShareOfWhatWasExpected) {
  FinishedRun run = relu(size(8, 40) + Settings{"dynamics.step=1e-2"});
  const Problem& problem = run.experiment.problem;
  const double n = 3, factor = std::pow(problem.plan.step, 2) / (2 * problem.plan.batch),
               noise = std::pow(problem.plan.label_noise, 2);
  const std::size_t last = run.series.steps.size() - 1;
  const auto move = [&](double share) {
    for (int j = 1; j <= problem.model.generators; ++j) {
      const std::string number = std::to_string(j);
      const auto at = std::size_t(std::find(problem.names.begin(), problem.names.end(), "imbalance" + number) -
                                  problem.names.begin());
      std::vector<double> sum(8);
      for (std::size_t t = 0; t <= last; ++t) {
        const auto s = run.at("strength" + number, t), r = run.at("ratio" + number, t), loss = run.at("loss", t);
        for (std::size_t i = 0; i < 8; ++i) {
          const double left = t == 0 ? 0 : double(run.series.steps[t] - run.series.steps[t - 1]),
                       right = t == last ? 0 : double(run.series.steps[t + 1] - run.series.steps[t]);
          sum[i] += 0.5 * (left + right) * factor * (2 * loss[i] + noise) * s[i] * (1 / r[i] - n * r[i]);
        }
      }
      for (std::size_t i = 0; i < 8; ++i) {
        const std::size_t width = problem.plan.series_rows, row = std::size_t(problem.observed[at].series_row);
        run.tally.series[row * 8 + i] = 0;
        run.tally.series[(last * width + row) * 8 + i] = float(share * sum[i]);
      }
    }
  };
  move(2);
  EXPECT_NEAR(kappa(run).median, 2, 0.01);
  move(-1);
  EXPECT_NEAR(kappa(run).median, -1, 0.01);
}

TEST(NoiseDrift, IsNotSaidWhereItDoesNotApply) {
  EXPECT_TRUE(noise_drift(relu(size(8, 40))));
  EXPECT_FALSE(noise_drift(relu(size(8, 40) + Settings{"dynamics.momentum=0.5"})));
  EXPECT_FALSE(noise_drift(relu(size(8, 40) + Settings{"dynamics.weight_decay=0.1"})));
  EXPECT_FALSE(noise_drift(relu(size(8, 40) + Settings{"model.weight_decay=0.1"})));
  EXPECT_FALSE(noise_drift(finish(experiment_named("attention").runs[0], size(8, 2))));
}

}  // namespace
}  // namespace orbitwalk::test
