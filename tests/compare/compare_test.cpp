// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/samples.hpp"
#include "compare/step_bias.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kSeed = 1618;
constexpr double kFalseAlarm = 1e-9;  // significance of tests that must accept

ObservableResult normals(int n, double mean, double variance, std::uint64_t seed = kSeed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal(mean, std::sqrt(variance));
  std::vector<double> sample;
  for (int i = 0; i < n; ++i) sample.push_back(normal(generator));
  return test::independent(sample, 300, -6, 6);
}

TEST(Compare, AcceptsTheLawAndRejectsTwoPercentMore) {
  const ObservableResult sample = normals(200'000, 0, 1);
  const LawComparison right = compare(sample, test::normal_law(), kFalseAlarm);
  EXPECT_EQ(right.verdict, "accepted") << "seed " << kSeed << ": " << right.reason;
  EXPECT_LT(std::abs(right.mean_z), 6);
  EXPECT_LT(std::abs(right.variance_z), 6);
  EXPECT_EQ(right.name, "uncorrected");
  EXPECT_EQ(right.observable, "z");
  const LawComparison wrong = compare(sample, test::normal_law(1.03));
  EXPECT_EQ(wrong.verdict, "rejected") << "twin, seed " << kSeed << ": " << wrong.reason;
  EXPECT_LT(wrong.variance_z, -6);
  EXPECT_GT(wrong.ks, wrong.ks_critical);
  EXPECT_GT(wrong.kl, right.kl);
  EXPECT_GT(wrong.wasserstein1, right.wasserstein1);
}

TEST(Compare, EffectiveSampleSizeDecides) {
  ObservableResult sample = normals(200'000, 0, 1);
  sample.effective_sample_size = 500;  // the same counts, but strongly correlated
  EXPECT_EQ(compare(sample, test::normal_law(1.03)).verdict, "accepted");
  sample.effective_sample_size = 99;
  EXPECT_EQ(compare(sample, test::normal_law(4)).verdict, "inconclusive");
  sample.effective_sample_size = std::nan("");
  EXPECT_EQ(compare(sample, test::normal_law()).verdict, "inconclusive");
}

TEST(Compare, CoarseHistogramsAreInconclusiveUnlessTheyReject) {
  std::mt19937_64 generator(kSeed);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) values.push_back(normal(generator));
  const ObservableResult tail = test::independent(values, 50, 1, 6);
  EXPECT_EQ(compare(tail, test::normal_law()).verdict, "inconclusive");
  EXPECT_NEAR(compare(tail, test::normal_law()).outside, 0.841, 0.02);
  EXPECT_EQ(compare(tail, test::normal_law(2)).verdict, "rejected");
}

TEST(Compare, WindowedLaw) {
  const ObservableResult sample = normals(200'000, 0, 1);
  const Window window{-0.6, 1.8};
  const LawComparison right = compare(sample, test::normal_law(1, 0, window), kFalseAlarm);
  EXPECT_EQ(right.verdict, "accepted") << "seed " << kSeed << ": " << right.reason;
  EXPECT_LT(std::abs(right.mean_z), 6);
  EXPECT_NEAR(right.effective_sample_size, 200'000 * 0.68982, 1500);
  EXPECT_EQ(compare(sample, test::normal_law(1, 0.05, window)).verdict, "rejected");
}

TEST(Compare, Equivalence) {
  const ObservableResult sample = normals(200'000, 0, 1);
  const auto within = [&](double margin) {
    return compare(sample, test::normal_law(), CompareOptions{kFalseAlarm, 0.99, margin});
  };
  const LawComparison c = within(0.01);
  EXPECT_NEAR(c.ks_bound, c.ks + 2.3263479 / (2 * std::sqrt(2e5)), 1e-6);
  EXPECT_EQ(c.equivalent, true) << c.reason;
  EXPECT_NE(c.reason.find("equivalent: deviations above 0.01 are excluded at 99 % confidence"), std::string::npos)
      << c.reason;
  const LawComparison narrow = within(1e-3);
  EXPECT_EQ(narrow.equivalent, false);
  EXPECT_EQ(narrow.verdict, "accepted") << "not shown to be equivalent is no contradiction";
  EXPECT_NE(narrow.reason.find("not shown to be equivalent"), std::string::npos) << narrow.reason;
  EXPECT_FALSE(compare(sample, test::normal_law()).equivalent.has_value());
  EXPECT_THROW(within(0), SpecError);
  EXPECT_THROW(compare(sample, test::normal_law(), CompareOptions{1e-3, 1, {}}), SpecError);
  ObservableResult unknown = sample;
  unknown.effective_sample_size = std::nan("");
  EXPECT_TRUE(std::isnan(compare(unknown, test::normal_law()).ks_bound));
}

TEST(StepBias, RichardsonByHand) {
  // m(h) = 1 + 0.3 h at h = 0.2, f = 1/2, p = 1.
  const StepBias bias = step_bias(1.06, 0.003, 1.03, 0.004, 0.5, 1);
  EXPECT_NEAR(bias.mean, 0.06, 1e-15);
  EXPECT_NEAR(bias.standard_error, 0.01, 1e-15);
  EXPECT_NEAR(bias.extrapolated_mean, 1, 1e-15);
  EXPECT_NEAR(bias.extrapolated_error, 2 * std::hypot(0.004, 0.0015), 1e-15);
  EXPECT_TRUE(bias.significant);
  EXPECT_NEAR(step_bias(1.06, 0, 1.015, 0, 0.5, 2).mean, 0.06, 1e-15);
  EXPECT_THROW(step_bias(1, 0, 1, 0, 1, 1), SpecError);
  EXPECT_THROW(step_bias(1, 0, 1, 0, 0.5, 0), SpecError);
}

TEST(StepBias, Attribution) {
  // Euler-Maruyama on U = z²/2: variance 1 / (1 - h/2) at step h.
  const double h = 0.2;
  const auto euler = [](double step, double mean, std::uint64_t seed) {
    return normals(200'000, mean, 1 / (1 - step / 2), seed);
  };
  const ObservableResult at_step = euler(h, 0, 1), at_half = euler(h / 2, 0, 2);
  const StepBias bias = step_bias(at_step, at_half, 0.5, 1);
  const LawComparison truth = compare(at_step, test::normal_law());
  ASSERT_EQ(truth.verdict, "rejected");
  EXPECT_EQ(attribution(truth, bias), "step size") << bias.ks_bound << ' ' << truth.ks;

  // The same step bias, but the law's mean is wrong by far more: theory. And with a wrong shape only: theory.
  EXPECT_EQ(attribution(compare(at_step, test::normal_law(1, 0.3)), bias), "theory");
  EXPECT_EQ(attribution(compare(at_step, test::normal_law(0.5)), bias), "theory");

  // Fine steps that agree with each other, and a law that is off: theory, not step size.
  const ObservableResult fine = euler(1e-3, 0, 3), finer = euler(5e-4, 0, 4);
  const StepBias none = step_bias(fine, finer, 0.5, 1);
  EXPECT_FALSE(none.significant);
  EXPECT_EQ(attribution(compare(fine, test::normal_law(1.2)), none), "theory");
  EXPECT_EQ(attribution(compare(fine, test::normal_law(), kFalseAlarm), none), "none");

  // A second run that is far too short cannot tell.
  const StepBias noisy = step_bias(at_step, normals(300, 0, 1 / (1 - h / 4), 5), 0.5, 1);
  EXPECT_EQ(attribution(truth, noisy), "statistics");
  // A 1 % error of the variance alone, found by the smooth test: theory, by the variance.
  const ObservableResult exact = normals(1'000'000, 0, 1, 6), again = normals(1'000'000, 0, 1, 7);
  const LawComparison hot = compare(exact, test::normal_law(1.02));
  ASSERT_EQ(hot.verdict, "rejected") << hot.reason;
  EXPECT_LT(std::abs(hot.mean_z), 4);
  EXPECT_EQ(attribution(hot, step_bias(exact, again, 0.5, 1)), "theory");
  EXPECT_EQ(attribution(compare(exact, test::normal_law()), step_bias(exact, again, 0.5, 1)), "none");

  // A sample that drifts says nothing about step size or theory; an accepted law needs no excuse.
  ObservableResult drifting = at_step;
  drifting.stationary = Stationarity::no;
  const LawComparison moving = compare(drifting, test::normal_law());
  EXPECT_EQ(attribution(moving, bias), "not stationary");
  EXPECT_NE(moving.reason.find("not stationary"), std::string::npos) << moving.reason;
  EXPECT_EQ(truth.reason.find("not stationary"), std::string::npos);
  EXPECT_EQ(attribution(compare(drifting, test::normal_law(1, 0.3)), bias), "not stationary");
  ObservableResult fine_drifting = fine;
  fine_drifting.stationary = Stationarity::no;
  EXPECT_EQ(attribution(compare(fine_drifting, test::normal_law(), kFalseAlarm), none), "none");

  ObservableResult few = at_step;
  few.effective_sample_size = 50;
  EXPECT_EQ(attribution(compare(few, test::normal_law()), bias), "statistics");
}

TEST(LostParticles, AreAllowedForAndDoNotLetALawPass) {
  // The law that is compared with is off by a KS distance of 0.0199 (a shift of 1/20); 1/(2 √n) = 0.0016.
  ObservableResult sample = normals(100'000, 0, 1, 21);
  const Law right = test::normal_law(), shifted = test::normal_law(1, 0.05);
  EXPECT_EQ(compare(sample, right).verdict, "accepted");
  EXPECT_EQ(compare(sample, shifted).verdict, "rejected");
  const double bound = compare(sample, right).ks_bound;
  sample.lost_share = 0.001;
  EXPECT_EQ(compare(sample, right).verdict, "accepted");
  EXPECT_NEAR(compare(sample, right).ks_bound, bound + 0.001, 1e-12);
  EXPECT_EQ(compare(sample, shifted).verdict, "rejected") << "the shift is far beyond what was lost";
  sample.lost_share = 0.03;
  for (const Law* law : {&right, &shifted}) {
    const LawComparison c = compare(sample, *law);
    EXPECT_EQ(c.verdict, "inconclusive") << "3 % may hide a distance of 0.02";
    EXPECT_NE(c.reason.find("conditioned on survival"), std::string::npos) << c.reason;
    EXPECT_EQ(c.p_adjusted, 1);
  }
  EXPECT_EQ(compare(sample, test::normal_law(1, 0.5)).verdict, "rejected") << "not a distance of 0.19";
  sample.lost_share = 0, sample.blown_up = true;
  EXPECT_TRUE(std::isnan(compare(sample, right).mean_z));
}

}  // namespace
}  // namespace orbitwalk
