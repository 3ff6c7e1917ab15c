// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/conclusion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "laws/registry.hpp"
#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

Experiment with_noise(double horizontal, double vertical) {
  Experiment experiment = read_experiment(small_spec(1000));
  experiment.noise.horizontal = horizontal;
  experiment.noise.vertical = vertical;
  return experiment;
}

LawComparison law(const std::string& name, const std::string& observable, const std::string& verdict, double z,
                  double ks, double bound = 0.0019) {
  LawComparison law;
  law.name = name;
  law.observable = observable;
  law.verdict = verdict;
  law.reason = verdict == "inconclusive" ? "effective sample size 12 is below 100" : "";
  law.mean_z = z;
  law.ks = ks;
  law.ks_critical = 0.0023;
  law.ks_bound = bound;
  law.p_adjusted = 1e-9;
  return law;
}

Result result(const std::vector<LawComparison>& laws, Stationarity stationary = Stationarity::yes) {
  Result result;
  result.particles = 1000;
  result.laws = laws;
  for (const char* name : {"r", "theta1"}) {
    ObservableResult& observable = result.observables.emplace_back();
    observable.name = name;
    observable.mean = 1.50029;
    observable.standard_error = 4.3e-4;
    observable.stationary = stationary;
  }
  return result;
}

TEST(Conclusion, SaysWhichLawHoldsAndHowFarTheOtherIsOff) {
  const auto words = conclusion(with_noise(0.7, 0), result({law("projected", "r", "accepted", 0.6, 9e-4),
                                                            law("isotropic", "r", "rejected", -356.9, 0.178)}));
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0],
            "Noise across the orbits only: the law without the volume factor is not contradicted (deviation below "
            "0.0019); Gibbs' law is rejected, "
            "357 standard errors off in the mean.");
  // The same verdicts the other way round: nothing of the text is fixed.
  EXPECT_EQ(conclusion(with_noise(0.7, 0.7), result({law("projected", "r", "rejected", 1.2, 0.02),
                                                     law("isotropic", "r", "accepted", 0.1, 1e-3, 0.004)}))
                .at(0),
            "Isotropic noise: the law with the whole volume factor is rejected, 0.02 off in the distribution function, "
            "where chance explains 0.0023; "
            "Gibbs' law is not contradicted (deviation below 0.004).");
  EXPECT_EQ(conclusion(with_noise(0.7, 0.35), result({law("projected", "r", "accepted", 0.6, 9e-4)})).at(0),
            "Noise along the orbits 0.5 times as strong as across them: the law with the volume factor to the power "
            "0.25 is not contradicted (deviation below 0.0019).");
}

TEST(Conclusion, SeveralObservablesAreOneVerdict) {
  const auto of = [](const std::vector<LawComparison>& laws) {
    return conclusion(with_noise(1, 1), result(laws)).at(0);
  };
  EXPECT_EQ(of({law("isotropic", "r", "accepted", 0.6, 9e-4, 0.002),
                law("isotropic", "theta1", "accepted", 0.6, 9e-4, 0.003)}),
            "Isotropic noise: Gibbs' law is not contradicted (deviation below 0.003).")
      << "the weaker bound";
  EXPECT_EQ(of({law("isotropic", "r", "accepted", 0.6, 9e-4), law("isotropic", "theta1", "rejected", 12.3, 0.1)}),
            "Isotropic noise: Gibbs' law is rejected, 12 standard errors off in the mean of theta1 (rejected in 1 of 2 "
            "observables).");
  EXPECT_EQ(of({law("isotropic", "r", "inconclusive", 0, 0)}),
            "Isotropic noise: Gibbs' law is not decided (effective sample size 12 is below 100).");
  LawComparison none = law("isotropic", "r", "no law", std::nan(""), std::nan(""), std::nan(""));
  none.reason = "it collapses to 0";
  EXPECT_EQ(of({none}), "Isotropic noise: Gibbs' law does not exist (it collapses to 0).");
  EXPECT_EQ(of({law("isotropic", "r", "accepted", 0.6, 9e-4), law("isotropic", "theta1", "inconclusive", 0, 0)}),
            "Isotropic noise: Gibbs' law is not contradicted in 1 of 2 observables (deviation below 0.0019), not "
            "decided in the others "
            "(effective sample size 12 is below 100).");
}

TEST(Conclusion, WhatLimitsItIsSaid) {
  Experiment experiment = with_noise(1, 1);
  experiment.compare.expect = {"isotropic"};
  Result s = result({law("isotropic", "r", "rejected", 40, 0.1)}, Stationarity::no);
  s.laws[0].attribution = "not stationary";
  s.observables[0].stationarity_reason = "no proposal was accepted";
  s.diverged = {3, 17};
  const auto words = conclusion(experiment, s);
  ASSERT_EQ(words.size(), 4u);
  EXPECT_EQ(words[1], "Rejected although the spec expects otherwise: isotropic of r (mismatch from: not stationary).");
  EXPECT_EQ(words[2],
            "These figures describe a moment, not a stationary law: r and theta1 are not stationary (no proposal was "
            "accepted).");
  EXPECT_EQ(words[3], "3 of 1000 particles diverged, the first at step 17; these results hold for the others only.");
  const auto untested = conclusion(experiment, result({}, Stationarity::not_tested));
  ASSERT_EQ(untested.size(), 2u);
  EXPECT_EQ(untested[0],
            "Isotropic noise: no law was compared; means: r = 1.50029 ± 4.3e-04 and theta1 = 1.50029 ± 4.3e-04.");
  EXPECT_EQ(untested[1], "Whether r and theta1 are stationary was not tested.");
}

TEST(Conclusion, EveryLawHasWords) {
  LawContext context(1, 0.5);
  for (const LawInfo& info : law_registry()) {
    ASSERT_NE(info.in_words, nullptr) << info.name;
    EXPECT_EQ(info.in_words(context).find(info.name + "_"), std::string::npos);
    EXPECT_GT(info.in_words(context).size(), 8u) << info.name;
  }
  context.gauge = "norm_difference";
  EXPECT_EQ(law_info("gauge_slice:norm_difference").in_words(context), "the gauge slice's law (norm difference)");
}

TEST(Conclusion, ClaimsAreCounted) {
  EXPECT_EQ(claims_in_words({{"a", "", true, ""}, {"b", "", false, ""}, {"c", "", {}, ""}}),
            "1 of 3 claims hold in the ensemble; not borne out: “b”; not decided: “c”.");
  EXPECT_EQ(claims_in_words({{"a", "", true, ""}}), "1 of 1 claim holds in the ensemble.");
  EXPECT_EQ(claims_in_words({}), "");
}

}  // namespace
}  // namespace orbitwalk::test
