// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/smooth_test.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "compare/samples.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

TEST(SmoothTest, OneEdgeIsTheTestOfAShare) {
  // One edge at 0.3: all that can be seen is the share below, and the polynomials say the same four times over.
  const Law law = test::normal_law();
  Histogram h = test::empty_histogram(1, 0.3, 40);
  h.under = 640, h.counts = {360};
  const double f = law.cdf(0.3), z = (0.64 - f) * std::sqrt(1000 / (f * (1 - f)));
  EXPECT_NEAR(smooth_p_value(h, law, 1000, 0), std::erfc(std::abs(z) / std::sqrt(2.0)), 1e-9);
  EXPECT_NEAR(smooth_p_value(h, law, 250, 0), std::erfc(std::abs(z) / std::sqrt(8.0)), 1e-9);
}

TEST(SmoothTest, FineBinsGiveTheUnbinnedStatistic) {
  // Quantiles of N(0, σ²) in fine bins. The four means without bins, by quadrature over the sample's own quantiles.
  const Law law = test::normal_law(), wide = test::normal_law(1.2);
  Histogram h = test::empty_histogram(4000, -6, 6);
  const int count = 20'000;
  double a[4] = {};
  for (int i = 0; i < count; ++i) {
    const double x = wide.quantile((i + 0.5) / count), u = 2 * law.cdf(x) - 1;
    test::add(h, x);
    const double p[4] = {u, (3 * u * u - 1) / 2, (5 * u * u * u - 3 * u) / 2,
                         (35 * std::pow(u, 4) - 30 * u * u + 3) / 8};
    for (int k = 0; k < 4; ++k) a[k] += std::sqrt(2 * k + 3.0) * p[k] / count;
  }
  const double n = 500;
  double statistic = 0;
  for (const double each : a) statistic += n * each * each;
  const double expected = std::exp(-statistic / 2) * (1 + statistic / 2);
  ASSERT_GT(expected, 1e-6);
  ASSERT_LT(expected, 0.1);
  EXPECT_NEAR(smooth_p_value(h, law, n, 0) / expected, 1, 0.02);
  // A law whose distribution function may be off by as much as these two differ is not contradicted.
  double off = 0;
  for (const double e : h.edges) off = std::max(off, std::abs(law.cdf(e) - wide.cdf(e)));
  EXPECT_EQ(smooth_p_value(h, law, n, off), 1);
  EXPECT_LT(smooth_p_value(h, law, n, off / 100), 0.15) << "twin: a hundredth of it does not cover the difference";
}

TEST(SmoothTest, SaysWhenItCannotKnow) {
  const Law law = test::normal_law();
  Histogram h = test::empty_histogram(3, 100, 103);
  EXPECT_THROW(smooth_p_value(h, law, 100, 0), SpecError);
  h.under = 10;
  EXPECT_EQ(smooth_p_value(h, law, 100, 0), 1) << "every value in the one cell that the law has";
  EXPECT_TRUE(std::isnan(smooth_p_value(h, law, std::nan(""), 0)));
}

}  // namespace
}  // namespace orbitwalk
