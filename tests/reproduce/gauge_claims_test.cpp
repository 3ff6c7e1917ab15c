// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The claims about gauges say what the summaries say about the laws.
#include <cmath>

#include "reproduce/finished.hpp"

namespace orbitwalk::test {
namespace {

class Gauges : public testing::Test {
 protected:
  void SetUp() override { runs = finish_all("gauge", {"ensemble.particles=256", "ensemble.burn_in=16"}); }
  void set(const std::string& law, const std::string& verdict) {
    for (FinishedRun& run : runs) {
      for (LawComparison& entry : run.result.laws) {
        if (entry.name == law) entry.verdict = verdict;
      }
    }
  }
  std::vector<std::string> verdicts(const std::string& text) const {
    std::vector<std::string> list;
    for (const Claim& claim : experiment_named("gauge").analyse(runs).claims) {
      if (claim.claim.find(text) != std::string::npos) list.push_back(verdict(claim));
    }
    return list;
  }
  std::vector<FinishedRun> runs;
};

using List = std::vector<std::string>;

TEST_F(Gauges, EveryEnsembleHasItsLawAndTheOneWithoutVolume) {
  ASSERT_EQ(experiment_named("gauge").analyse(runs).claims.size(), 8u);
  for (const auto& [law, text] :
       std::vector<std::pair<std::string, std::string>>{{"isotropic", "isotropic noise"},
                                                        {"gauge_slice", "moment map"},
                                                        {"gauge_slice:norm_difference", "|p| - |q|"},
                                                        {"level_set", "across the orbits only"}}) {
    set(law, "accepted");
    EXPECT_EQ(verdicts(text), List{"holds"}) << law;
    set(law, "rejected");
    EXPECT_EQ(verdicts(text), List{"does not hold"}) << law;
    set(law, "inconclusive");
    EXPECT_EQ(verdicts(text), List{"not decided"}) << law;
  }
}

TEST_F(Gauges, TheLawWithoutVolumeIsToBeRejected) {
  set("uncorrected", "rejected");
  EXPECT_EQ(verdicts("without a volume term"), List(4, "holds"));
  set("uncorrected", "accepted");
  EXPECT_EQ(verdicts("without a volume term"), List(4, "does not hold"));
  set("uncorrected", "inconclusive");
  EXPECT_EQ(verdicts("without a volume term"), List(4, "not decided"));
}

TEST_F(Gauges, LawsOfOtherEnsemblesAndObservablesDecideNothing) {
  set("isotropic", "accepted");
  set("gauge_slice", "rejected");
  set("gauge_slice:norm_difference", "accepted");
  EXPECT_EQ(verdicts("moment map"), List{"does not hold"}) << "gauge_slice in its own ensemble";
  EXPECT_EQ(verdicts("|p| - |q|"), List{"holds"}) << "gauge_slice is wrong there, and is asked about elsewhere";
  LawComparison other = runs[0].result.laws[0];
  other.observable = "balance1", other.verdict = "rejected", other.p_value = std::nan("");
  runs[0].result.laws.push_back(other);
  EXPECT_EQ(experiment_named("gauge").analyse(runs).claims.size(), 8u);
  EXPECT_EQ(verdicts("isotropic noise"), List{"holds"});
  runs[0].result.laws[0].p_value = std::nan("");
  EXPECT_NE(experiment_named("gauge").analyse(runs).claims[0].measured.find("p -"), std::string::npos)
      << "a number that does not exist";
}

}  // namespace
}  // namespace orbitwalk::test
