// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/distances.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/samples.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

TEST(KolmogorovSmirnov, PValueKnownPoints) {
  // Tables of the Kolmogorov law: Q(1.3581) = 0.05, Q(1.6276) = 0.01, Q(0.8276) = 0.5; n large removes the correction.
  const double n = 1e12;
  for (const auto& [lambda, q, tolerance] :
       {std::tuple{1.35810, 0.05, 1e-5}, {1.62762, 0.01, 1e-6}, {0.82757, 0.5, 1e-4}, {1.94947, 0.001, 1e-7}})
    EXPECT_NEAR(ks_p_value(lambda / std::sqrt(n), n), q, tolerance);
  EXPECT_NEAR(ks_p_value(5 / std::sqrt(n), n) / (2 * std::exp(-50.0)), 1, 1e-4)
      << "the far tail keeps its relative accuracy";
  EXPECT_EQ(ks_p_value(0, n), 1);
  EXPECT_TRUE(std::isnan(ks_p_value(0.1, 0)));
  // Both series agree where they meet.
  EXPECT_NEAR(ks_p_value((1.18 - 1e-9) / std::sqrt(n), n), ks_p_value((1.18 + 1e-9) / std::sqrt(n), n), 1e-8);
  // Stephens' correction at n = 10: the exact 5 % point of D is 0.40925.
  EXPECT_NEAR(ks_p_value(0.40925, 10), 0.05, 1e-3);
  for (const double s : {0.5, 1e-3, 1e-9}) EXPECT_NEAR(ks_p_value(ks_critical(s, 1e4), 1e4) / s, 1, 1e-9);
}

TEST(KolmogorovSmirnov, PValuesAreUniformUnderTheLaw) {
  const std::uint64_t seed = 271828;
  const Law law = test::normal_law(), twin = test::normal_law(1.1);
  const int seeds = 1000, n = 1000;
  int below_tenth = 0, below_half = 0, below_hundredth = 0, twin_below_tenth = 0;
  for (int k = 0; k < seeds; ++k) {
    std::mt19937_64 generator(seed + static_cast<std::uint64_t>(k));
    std::normal_distribution<double> normal;
    Histogram h = test::empty_histogram(400, -5, 5);
    for (int i = 0; i < n; ++i) test::add(h, normal(generator));
    const double p = ks_p_value(ks_distance(h, law), n);
    below_hundredth += p < 0.01, below_tenth += p < 0.1, below_half += p < 0.5;
    twin_below_tenth += ks_p_value(ks_distance(h, twin), n) < 0.1;
  }
  // Binned distances are at most the unbinned ones: counts may fall short of s·1000, slightly. Upper bounds are 6
  // standard deviations of a binomial count above (false alarm 1e-9 each), lower bounds 6 below a share 10 % smaller.
  const auto upper = [&](double s) { return seeds * s + 6 * std::sqrt(seeds * s * (1 - s)); };
  const auto lower = [&](double s) { return 0.9 * seeds * s - 6 * std::sqrt(seeds * s * (1 - s)); };
  for (const auto& [s, count] : {std::pair{0.01, below_hundredth}, {0.1, below_tenth}, {0.5, below_half}}) {
    EXPECT_LT(count, upper(s)) << "seeds from " << seed << ": p < " << s << " in " << count << " of " << seeds;
    EXPECT_GT(count, lower(s)) << "seeds from " << seed << ": p < " << s << " in " << count << " of " << seeds;
  }
  EXPECT_GT(twin_below_tenth, upper(0.1)) << "the twin with the temperature 10 % off must fail";
}

TEST(KolmogorovSmirnov, ValuesOutsideCount) {
  const Law law = test::normal_law();
  Histogram h = test::empty_histogram(2, 0, 1);
  h.under = 50, h.counts = {20, 14}, h.over = 16;
  EXPECT_NEAR(ks_distance(h, law), std::abs(0.70 - law.cdf(0.5)), 1e-12);  // edges 0: 0.5, 0.5: 0.70, 1: 0.84
  h.under = 40, h.over = 26;
  EXPECT_NEAR(ks_distance(h, law), law.cdf(1) - 0.74, 1e-12);
  h.non_finite = 1000;
  EXPECT_NEAR(ks_distance(h, law), law.cdf(1) - 0.74, 1e-12) << "non-finite values take no part";
  Histogram other = h;
  other.under = 90, other.counts = {5, 5}, other.over = 0;
  EXPECT_NEAR(ks_distance(h, other), 0.5, 1e-12);
  other.edges.back() = 2;
  EXPECT_THROW(ks_distance(h, other), SpecError);
  EXPECT_THROW(ks_distance(test::empty_histogram(3, 0, 1), law), SpecError);
}

/// Exact quantiles of a law as a sample.
Histogram quantiles(const Law& law, int count, double shift) {
  Histogram h = test::empty_histogram(400, -6, 6);
  for (int i = 0; i < count; ++i) test::add(h, law.quantile((i + 0.5) / count) + shift);
  return h;
}

TEST(Distances, WassersteinOfAShiftIsTheShift) {
  const Law law = test::normal_law();
  EXPECT_LT(wasserstein1(quantiles(law, 20000, 0), law), 2e-4);
  for (const double shift : {0.03, 0.5, -1.0})
    EXPECT_NEAR(wasserstein1(quantiles(law, 20000, shift), law), std::abs(shift), 1e-3);
}

TEST(Distances, KullbackLeibler) {
  const Law law = test::normal_law();
  Histogram h = test::empty_histogram(1, -100, 0);
  h.counts = {30}, h.over = 70;
  EXPECT_NEAR(kl_divergence(h, law), 0.3 * std::log(0.6) + 0.7 * std::log(1.4), 1e-9);
  // KL(N(δ, 1) | N(0, 1)) = δ²/2.
  EXPECT_NEAR(kl_divergence(quantiles(law, 20000, 0.4), law), 0.08, 2e-3);
  EXPECT_LT(kl_divergence(quantiles(law, 20000, 0), law), 2e-3);
  Histogram impossible = test::empty_histogram(1, 50, 60);
  impossible.counts = {10};
  EXPECT_TRUE(std::isfinite(kl_divergence(impossible, law)));
}

TEST(Distances, WindowsRestrictTheSample) {
  const Law whole = test::normal_law(), part = test::normal_law(1, 0, Window{-0.6, 1.5});
  const Histogram h = quantiles(whole, 30000, 0);
  EXPECT_LT(ks_distance(h, part), 2e-4);
  EXPECT_GT(ks_distance(restrict_to(h, {-0.6, 1.5}), whole), 0.05) << "without the condition the law must miss";
  EXPECT_EQ(restrict_to(h, {-0.6, 1.5}).shares.size(), 70u);
  EXPECT_THROW(restrict_to(h, {-0.605, 1.5}), SpecError);
  EXPECT_THROW(ks_distance(h, test::normal_law(1, 0, Window{-0.605, 1.5})), SpecError);
}

}  // namespace
}  // namespace orbitwalk
