// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/monitored_bridge.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/distances.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

std::vector<double> equal_times(int steps) {
  std::vector<double> times;
  for (int i = 0; i <= steps; ++i) times.push_back(static_cast<double>(i) / steps);
  return times;
}

TEST(MonitoredBridge, OneAndTwoEdgesInClosedForm) {
  for (const double t : {0.5, 0.1, 0.003}) {
    const MonitoredBridge one({t});
    for (const double lambda : {0.05, 0.3, 1.0, 2.0})
      EXPECT_NEAR(one.tail(lambda) / std::erfc(lambda / std::sqrt(2 * t * (1 - t))), 1, 1e-12) << t << ' ' << lambda;
  }
  // Edges that coincide are one edge; edges at 0 and 1 say nothing.
  EXPECT_NEAR(MonitoredBridge({0, 0.5, 0.5, 1, 1}).tail(0.7), MonitoredBridge({0.5}).tail(0.7), 1e-12);
  EXPECT_EQ(MonitoredBridge({0, 0, 1}).p_value(0.1, 1000), 0) << "values where the law has none";
  EXPECT_EQ(MonitoredBridge({0, 0, 1}).p_value(0, 1000), 1);
  // Far tail of two edges at 1/3 and 2/3: 2 · P(|N(0, 2/9)| > λ), the joint exit being negligible; relative accuracy
  // there.
  const double far = 3.0, single = std::erfc(far / std::sqrt(4 / 9.0));
  EXPECT_NEAR(MonitoredBridge({1 / 3.0, 2 / 3.0}).tail(far) / (2 * single), 1, 2e-3);
}

TEST(MonitoredBridge, AgreesWithSimulatedBridges) {
  const std::uint64_t seed = 4711;
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  // A few uneven edges, and fine ones that are merged.
  std::vector<double> uneven = {0.01, 0.05, 0.2, 0.45, 0.5, 0.9}, fine = equal_times(1500);
  for (const auto& [times, walks] : {std::pair{uneven, 200'000}, {fine, 10'000}}) {
    const MonitoredBridge bridge(times);
    std::vector<double> lambdas = {0.4, 0.7, 1.0, 1.36}, reached(4, 0.0);
    std::vector<double> path(times.size());
    for (int w = 0; w < walks; ++w) {
      double last = 0, x = 0, largest = 0;
      for (std::size_t k = 0; k < times.size(); ++k) {
        x += std::sqrt(times[k] - last) * normal(generator);
        path[k] = x, last = times[k];
      }
      const double end = x + std::sqrt(1 - last) * normal(generator);
      for (std::size_t k = 0; k < times.size(); ++k) largest = std::max(largest, std::abs(path[k] - times[k] * end));
      for (int i = 0; i < 4; ++i) reached[i] += largest >= lambdas[i];
    }
    for (int i = 0; i < 4; ++i) {
      const double p = reached[i] / walks, error = std::sqrt(p * (1 - p) / walks) + 1e-9;
      // 8 comparisons at 5.5 standard errors: false alarm 3e-7.
      EXPECT_NEAR(bridge.tail(lambdas[i]), p, 5.5 * error)
          << "seed " << seed << ", λ = " << lambdas[i] << ", " << times.size() << " edges";
    }
    if (times.size() < 10) {  // and where it matters
      EXPECT_GT(std::abs(ks_p_value(1.0 / 1e6, 1e12) - reached[2] / walks), 0.05) << "twin: Kolmogorov's law";
    }
  }
}

TEST(MonitoredBridge, TendsToKolmogorovsLaw) {
  const double n = 1e12;
  for (const double lambda : {0.5, 0.83, 1.36, 1.95, 3.0}) {
    const double limit = ks_p_value(lambda / std::sqrt(n), n);
    // 4,000 edges: the shift of 0.5826/√4000 = 0.0092 in λ remains.
    const double shifted = ks_p_value((lambda + 0.58260 / std::sqrt(4000)) / std::sqrt(n), n);
    EXPECT_NEAR(MonitoredBridge(equal_times(4000)).tail(lambda) / shifted, 1, 2e-3) << lambda;
    EXPECT_LT(MonitoredBridge(equal_times(40)).tail(lambda), limit) << lambda;
  }
  // 150 edges are carried one by one, 300 and 600 are merged: the shift is there in each (twin: without it, 5 % to 11
  // %).
  const double lambda = 1.0;
  for (const int steps : {150, 300, 600}) {
    const double p = MonitoredBridge(equal_times(steps)).tail(lambda);
    EXPECT_NEAR(p / ks_p_value((lambda + 0.58260 / std::sqrt(steps)) / std::sqrt(n), n), 1, 0.01) << steps;
    EXPECT_LT(p / ks_p_value(lambda / std::sqrt(n), n), 0.95) << steps;
  }
}

TEST(MonitoredBridge, CriticalInvertsTheTail) {
  for (const auto& times : {equal_times(3), equal_times(50), equal_times(1000), std::vector<double>{0.3}}) {
    const MonitoredBridge bridge(times);
    for (const double s : {0.5, 0.05, 1e-3, 1e-9})
      EXPECT_NEAR(bridge.p_value(bridge.critical(s, 1e4), 1e4) / s, 1, 1e-4);
  }
  EXPECT_LT(MonitoredBridge(equal_times(50)).critical(1e-3, 1e4), ks_critical(1e-3, 1e4));
  const MonitoredBridge bridge(equal_times(50));
  EXPECT_THROW(bridge.critical(0, 100), SpecError);
  EXPECT_TRUE(std::isnan(bridge.critical(0.1, 0)));
  EXPECT_TRUE(std::isnan(bridge.p_value(0.1, std::nan(""))));
}

TEST(MonitoredBridge, FarTailDecreasesAndIsContinuous) {
  const MonitoredBridge bridge(equal_times(60));
  double before = 1;
  for (double lambda = 0.05; lambda < 6; lambda += 0.05) {
    const double p = bridge.tail(lambda);
    EXPECT_LT(p, before * (lambda > 0.4 ? 1 : 1 + 1e-6)) << lambda;
    before = p;
  }
  EXPECT_NEAR(bridge.tail(4 - 1e-9) / bridge.tail(4 + 1e-9), 1, 1e-6);
}

}  // namespace
}  // namespace orbitwalk
