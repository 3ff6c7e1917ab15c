// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Under the law, p-values are uniform; bounds hold as often as they say. Independent values here, ensembles in
// tests/run.
//
// Each "is uniform" holds with probability 0.99 over seeds, which are fixed: a failure means that something has
// changed.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/compare.hpp"
#include "compare/distances.hpp"
#include "compare/monitored_bridge.hpp"
#include "compare/samples.hpp"
#include "compare/uniformity.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kSeed = 202602;
constexpr int kSeeds = 1000;
constexpr double kUniform = 0.01;

/// `count` independent normals of the given variance in a histogram.
ObservableResult draw(int seed, int count, int bins, double reach, double variance = 1) {
  std::mt19937_64 generator(kSeed + 7919 * static_cast<std::uint64_t>(seed));
  std::normal_distribution<double> normal(0, std::sqrt(variance));
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& x : values) x = normal(generator);
  return test::independent(values, bins, -reach, reach);
}

TEST(Calibration, IndependentValues) {
  std::printf("seeds %llu + 7919 k, k < %d\n", (unsigned long long)kSeed, kSeeds);
  const Law law = test::normal_law();
  for (const auto& [bins, reach, count] : {std::tuple{20, 4.0, 2000}, {48, 4.0, 1000}}) {
    std::vector<double> ks, smooth, without_edges, wrong_size, at_edges;
    for (const double e : test::empty_histogram(bins, -reach, reach).edges) at_edges.push_back(law.cdf(e));
    const MonitoredBridge null(at_edges);
    for (int seed = 0; seed < kSeeds; ++seed) {
      const LawComparison c = compare(draw(seed, count, bins, reach), law);
      ks.push_back(c.p_value);
      smooth.push_back(c.p_smooth);
      without_edges.push_back(ks_p_value(c.ks, c.effective_sample_size));
      wrong_size.push_back(null.p_value(c.ks, 0.7 * count));
    }
    const std::string title = std::to_string(count) + " values, " + std::to_string(bins) + " bins: ";
    EXPECT_GT(test::uniformity(ks, title + "KS"), kUniform);
    EXPECT_GT(test::uniformity(smooth, title + "smooth"), kUniform);
    EXPECT_LT(test::uniformity(wrong_size, title + "KS at 0.7 n (twin)"), kUniform);
    EXPECT_LT(test::uniformity(without_edges, title + "Kolmogorov's law (twin)"), kUniform);
  }
}

TEST(Calibration, AWindowKeepsPValuesUniform) {
  const Law law = test::normal_law(1, 0, Window{-0.6, 1.8}), unconditioned = test::normal_law();
  std::vector<double> ks, smooth, twin;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const ObservableResult sample = draw(seed, 1000, 40, 4);
    const LawComparison c = compare(sample, law);
    ks.push_back(c.p_value);
    smooth.push_back(c.p_smooth);
    // Twin: the share inside the window is forgotten in the sample size.
    twin.push_back(c.p_value < 1 ? ks_p_value(c.ks, 1000) : 1);
  }
  EXPECT_GT(test::uniformity(ks, "1000 values, window: KS"), kUniform);
  EXPECT_GT(test::uniformity(smooth, "1000 values, window: smooth"), kUniform);
  EXPECT_LT(test::uniformity(twin, "1000 values, window: all of n (twin)"), kUniform);
}

TEST(Calibration, BoundHoldsAsOftenAsItSays) {
  // The truth is N(0, 1); three predictions at known deviations from it, at the edges.
  const int count = 2000;
  const double confidence = 0.9;
  const Histogram grid = test::empty_histogram(24, -4, 4);
  const Law truth = test::normal_law();
  for (const auto& [variance, center] : {std::pair{1.0, 0.0}, {1.0, 0.2}, {1.4, 0.0}, {1.02, 0.01}}) {
    const Law law = test::normal_law(variance, center);
    double deviation = 0;
    for (const double e : grid.edges) deviation = std::max(deviation, std::abs(truth.cdf(e) - law.cdf(e)));
    int beyond = 0, twin = 0, uncorrected = 0;
    double width = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
      const LawComparison c = compare(draw(seed, count, 24, 4), law, CompareOptions{1e-3, confidence, {}});
      beyond += deviation > c.ks_bound;
      uncorrected += deviation > c.ks;
      twin += deviation > c.ks + 0.4 * (c.ks_bound - c.ks);
      width += c.ks_bound / kSeeds;
    }
    std::printf(
        "true deviation %.4f: mean bound %.4f, exceeded in %d of %d (allowed %.0f); 0.4 of the margin %d, none %d\n",
        deviation, width, beyond, kSeeds, (1 - confidence) * kSeeds, twin, uncorrected);
    // 4.5 standard deviations of a binomial count: false alarm 3e-6 each.
    EXPECT_LT(beyond, kSeeds * (1 - confidence) + 4.5 * std::sqrt(kSeeds * confidence * (1 - confidence)));
    if (deviation > 0.05) {
      EXPECT_GT(twin, kSeeds * (1 - confidence) + 4.5 * std::sqrt(kSeeds * confidence * (1 - confidence)))
          << "twin: 0.4 of the margin is too little";
    }
  }
}

TEST(Calibration, LawErrorIsAllowedFor) {
  // A law whose distribution function is off by 0.028, and says so.
  Law law = test::normal_law(1, 0.07);
  const double off = 0.028;
  int rejected = 0, bound_fails = 0, twin = 0;
  for (int seed = 0; seed < 100; ++seed) {
    const ObservableResult sample = draw(seed, 20'000, 24, 4);
    law.quadrature_error = off;
    const LawComparison c = compare(sample, law, CompareOptions{0.01, 0.95, {}});
    rejected += c.verdict == "rejected";
    EXPECT_NEAR(c.ks_bound, c.ks + 1.6448536 / (2 * std::sqrt(20'000.0)) + off, 1e-7);
    bound_fails += c.ks_bound < off;
    law.quadrature_error = 0;
    twin += compare(sample, law, CompareOptions{0.01, 0.95, {}}).verdict == "rejected";
  }
  EXPECT_LE(rejected, 8) << "expected at most 1 of 100";
  EXPECT_EQ(bound_fails, 0);
  EXPECT_GT(twin, 95) << "twin: a law that hides its error";
}

TEST(Multiplicity, HolmByHand) {
  std::vector<LawComparison> list(4);
  const auto set = [](LawComparison& c, const char* name, double ks, double smooth) {
    c.name = name, c.p_value = ks, c.p_smooth = smooth, c.effective_sample_size = 1e4, c.significance = 0.05;
  };
  set(list[0], "a", 0.004, 0.9), set(list[1], "a", 0.02, 0.5), set(list[2], "b", 0.011, 0.011),
      set(list[3], "c", 0.03, 0.02);
  adjust_for_multiplicity(list, {"a", "b"});
  // Family of six: 0.004·6 = 0.024; 0.011·5 = 0.055; 0.011·4 -> 0.055; 0.02·3 = 0.06; 0.5·2 = 1.
  EXPECT_NEAR(list[0].p_adjusted, 0.024, 1e-15);
  EXPECT_NEAR(list[2].p_adjusted, 0.055, 1e-15);
  EXPECT_NEAR(list[1].p_adjusted, 0.06, 1e-15);
  EXPECT_NEAR(list[3].p_adjusted, 0.04, 1e-15) << "not expected: a family of its own";
  EXPECT_EQ(list[0].verdict, "rejected");
  EXPECT_EQ(list[1].verdict, "accepted");
  EXPECT_EQ(list[2].verdict, "accepted");
  EXPECT_EQ(list[3].verdict, "rejected");
  list[0].p_value = list[0].p_smooth = std::nan(""), list[0].ks = std::nan("");
  adjust_for_multiplicity(list, {"a", "b"});
  EXPECT_EQ(list[0].verdict, "inconclusive");
  EXPECT_TRUE(std::isnan(list[0].p_adjusted));
  EXPECT_NEAR(list[2].p_adjusted, 0.044, 1e-15) << "what is not a number is not a test";
}

TEST(Multiplicity, FamilyWiseErrorIsKept) {
  // Five observables that are the same one (fully dependent) and five independent ones, all true.
  const Law law = test::normal_law();
  const double level = 0.05;
  int adjusted = 0, twin = 0;
  for (int seed = 0; seed < 400; ++seed) {
    std::vector<LawComparison> list;
    for (int k = 0; k < 5; ++k) list.push_back(compare(draw(5 * seed + k, 500, 16, 4), law, level));
    for (int k = 0; k < 5; ++k) list.push_back(list.front());
    for (auto& c : list) c.name = "law";
    bool any = false, any_single = false;
    for (const auto& c : list) any_single |= c.p_adjusted < level;
    adjust_for_multiplicity(list, {"law"});
    for (const auto& c : list) any |= c.verdict == "rejected";
    adjusted += any, twin += any_single;
  }
  const double allowed = 400 * level + 4.5 * std::sqrt(400 * level * (1 - level));
  std::printf("any of ten true laws rejected at %.2f: %d of 400, without Holm %d (bound %.0f)\n", level, adjusted, twin,
              allowed);
  EXPECT_LT(adjusted, allowed);
  EXPECT_GT(twin, allowed) << "twin: single comparisons";
}

}  // namespace
}  // namespace orbitwalk
