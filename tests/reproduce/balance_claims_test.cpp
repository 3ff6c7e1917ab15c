// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The claims about balance (ReLU network, attention head) are decided by what was observed: every one is made to flip
// by changing the numbers that it is about, and by them alone.
#include <cmath>

#include "reproduce/finished.hpp"

namespace orbitwalk::test {
namespace {

class Balance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    runs.push_back(finish(experiment_named(GetParam()).runs[0], size(8, 20)));
    units = runs[0].experiment.problem.model.generators;
  }
  Findings findings() const { return experiment_named(GetParam()).analyse(runs); }
  std::string says(const std::string& claim) const { return verdict(findings(), claim); }
  void for_all(const std::string& prefix, const std::function<double(std::size_t, double)>& value) {
    for (int j = 1; j <= units; ++j) set_last(runs[0], prefix + std::to_string(j), value);
  }
  /// The last value is a function of the first.
  void from_first(const std::string& name, const std::function<double(std::size_t, double)>& value) {
    const auto first = runs[0].at(name, 0);
    set_last(runs[0], name, [&](std::size_t i, double) { return value(i, first[i]); });
  }
  void from_first_of_all(const std::string& prefix, const std::function<double(double)>& value) {
    for (int j = 1; j <= units; ++j)
      from_first(prefix + std::to_string(j), [&](std::size_t, double x) { return value(x); });
  }
  std::vector<FinishedRun> runs;
  int units = 0;
  const std::string tends = "tends to 1", every = "balance in every seed", noise = "gradient noise",
                    volume = "log-determinant", learns = "student learns";
};

TEST_P(Balance, NothingHasHappenedAfterFewSteps) {
  for (const auto& claim : {tends, every, noise, learns}) EXPECT_EQ(says(claim), "does not hold") << claim;
}

TEST_P(Balance, RatiosDecideWhetherTheyTendToOne) {
  for_all("ratio", [](std::size_t, double) { return 1; });
  EXPECT_EQ(says(tends), "holds");
  EXPECT_EQ(says(every), "holds");
  EXPECT_EQ(says(noise), "does not hold") << "of ratios alone this says nothing";
  for_all("ratio", [](std::size_t, double) { return 1.04; });
  EXPECT_EQ(says(tends), "holds");
  for_all("ratio", [](std::size_t, double) { return 1.06; });
  EXPECT_EQ(says(tends), "not decided") << "on the way";
  EXPECT_EQ(says(every), "does not hold");
  for_all("ratio", [](std::size_t, double) { return 1 / 1.06; });
  EXPECT_EQ(says(tends), "not decided") << "from the other side";
  for_all("ratio", [](std::size_t, double) { return 300; });
  EXPECT_EQ(says(tends), "does not hold");
}

TEST_P(Balance, OneUnitOrOneSeedIsSeen) {
  for_all("ratio", [](std::size_t, double) { return 1; });
  set_last(runs[0], "ratio3", [](std::size_t, double) { return 0.5; });
  EXPECT_EQ(says(tends), "not decided") << "one unit that is not there";
  set_last(runs[0], "ratio3", [](std::size_t i, double) { return i == 6 ? 0.5 : 1; });
  EXPECT_EQ(says(tends), "holds") << "in the median of the seeds";
  EXPECT_EQ(says(every), "does not hold") << "one seed of one unit";
}

TEST_P(Balance, TheImbalanceThatIsLeftDecidesAboutNoise) {
  const auto left = [&](double share) {
    from_first_of_all("imbalance", [=](double x) { return share * x; });
    return says(noise);
  };
  EXPECT_EQ(left(1.0), "does not hold");
  EXPECT_EQ(left(0.93), "does not hold");
  EXPECT_EQ(left(0.7), "not decided");
  EXPECT_EQ(left(0.45), "holds");
  EXPECT_EQ(left(0.0), "holds");
  EXPECT_EQ(left(-0.3), "holds") << "gone, and a little of the other sign";
  EXPECT_EQ(left(1.8), "does not hold") << "noise that makes it larger brings no balance about";
  EXPECT_EQ(left(-1.8), "does not hold");
}

TEST_P(Balance, TheLogDeterminantIsComparedSeedBySeed) {
  const std::string name = "excess_log_volume";
  const auto spread = [](std::size_t i, double) { return std::pow(10.0, double(i)); };  // a thousand times apart
  set_first(runs[0], name, spread);
  from_first(name, [](std::size_t, double x) { return 0.05 * x; });
  EXPECT_EQ(says(volume), "holds") << "each below a tenth of its own start";
  from_first(name, [](std::size_t i, double x) { return (i < 2 ? 0.5 : 0.05) * x; });
  EXPECT_EQ(says(volume), "not decided") << "not in 95 % of the seeds";
  from_first(name, [](std::size_t, double x) { return 0.5 * x; });
  EXPECT_EQ(says(volume), "not decided");
  from_first(name, [](std::size_t, double x) { return 1.1 * x; });
  EXPECT_EQ(says(volume), "does not hold");
}

TEST_P(Balance, LearningIsAboutTheLoss) {
  from_first("loss", [](std::size_t, double x) { return 0.49 * x; });
  EXPECT_EQ(says(learns), "holds");
  EXPECT_EQ(says(tends), "does not hold");
  from_first("loss", [](std::size_t, double x) { return 0.51 * x; });
  EXPECT_EQ(says(learns), "does not hold");
}

// ratio = x + sqrt(x² + 1), x = I/(2s): the table's "ratio if the imbalance had stayed" is that of the observed
// quantities.
TEST_P(Balance, TheRatioAtConstantImbalanceIsTheOneReachedWhereItIsKept) {
  const auto& problem = runs[0].experiment.problem;
  for (int j = 1; j <= units; ++j) {
    const std::string number = std::to_string(j);
    const auto imbalance = runs[0].at("imbalance" + number, 0), strength = runs[0].last("strength" + number);
    set_last(runs[0], "ratio" + number, [&](std::size_t i, double) {
      const double x = imbalance[i] / (2 * strength[i]);
      return x + std::sqrt(x * x + 1);
    });
  }
  const auto mismatch = [&] {  // the upper end of "... in its logarithm"
    const std::string text = claim_in(findings(), noise).measured;
    return std::stod(text.substr(text.find(',') + 1));
  };
  EXPECT_LT(mismatch(), 1e-4) << problem.model.name;
  for_all("ratio", [](std::size_t, double x) { return 1.1 * x; });
  EXPECT_NEAR(mismatch(), std::log(1.1), 1e-3) << "twin";
}

INSTANTIATE_TEST_SUITE_P(Models, Balance, testing::Values("relu", "attention"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace orbitwalk::test
