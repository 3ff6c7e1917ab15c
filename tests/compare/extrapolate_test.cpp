// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Two samples at x and f·x of a parameter with a known bias, extrapolated to x = 0.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/compare.hpp"
#include "compare/samples.hpp"
#include "compare/uniformity.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t seed = 20261125;

/// n draws of N(0, 1) with a share of bias·x² moved to N(1, 1): a distribution function that is linear in x².
Sample biased(std::mt19937_64& generator, double share, int n) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(normal(generator) + (uniform(generator) < share ? 1 : 0));
  return test::independent(values, 400, -6, 7);
}

TEST(Extrapolate, CombinesSharesAndErrorsAsRichardsonDoes) {
  std::mt19937_64 generator(seed);
  const Sample near = biased(generator, 0.1, 4000), far = biased(generator, 0.4, 1000),
               limit = extrapolate(near, far, 2, 2);
  for (std::size_t i = 0; i < limit.distribution.shares.size(); ++i)
    EXPECT_NEAR(limit.distribution.shares[i], (4 * near.distribution.shares[i] - far.distribution.shares[i]) / 3,
                1e-15);
  EXPECT_NEAR(limit.distribution.cumulative().back() + limit.distribution.over, 1, 1e-12);
  EXPECT_NEAR(limit.mean, (4 * near.mean - far.mean) / 3, 1e-14);
  EXPECT_NEAR(limit.standard_error, std::hypot(4 * near.standard_error, far.standard_error) / 3, 1e-14);
  EXPECT_NEAR(limit.effective_sample_size, 1 / (16.0 / 9 / 4000 + 1.0 / 9 / 1000), 1e-9);
  // The same from the other end: f = 1/2 of the larger one.
  EXPECT_NEAR(extrapolate(far, near, 0.5, 2).mean, limit.mean, 1e-14);
}

TEST(Extrapolate, RefusesWhatHasNoLimit) {
  std::mt19937_64 generator(seed);
  const Sample one = biased(generator, 0, 100);
  for (const auto& [f, p] : {std::pair{1.0, 2.0}, {0.0, 2.0}, {-1.0, 2.0}, {2.0, 0.0}})
    EXPECT_THROW(extrapolate(one, one, f, p), SpecError);
  Sample other = one;
  other.distribution.edges.back() += 1;
  EXPECT_THROW(extrapolate(one, other, 2, 2), SpecError);
}

// Null p-values of the extrapolated sample are uniform (KS of 200 against uniform, level 1e-3: the false-alarm rate),
// so the effective sample size is right; twins: the sample itself, and the wrong order.
TEST(Extrapolate, PValuesAreUniformAndTheBiasIsGone) {
  const Law law = test::normal_law();
  std::vector<double> p;
  int rejected_alone = 0, rejected_order_one = 0, rejected = 0;
  const int seeds = 200, n = 4000;
  for (int k = 0; k < seeds; ++k) {
    std::mt19937_64 generator(seed + static_cast<std::uint64_t>(k));
    const Sample near = biased(generator, 0.1, n), far = biased(generator, 0.4, n);
    const LawComparison c = compare(extrapolate(near, far, 2, 2), law, 0.01);
    p.push_back(c.p_value);
    rejected += c.verdict == "rejected";
    rejected_alone += compare(near, law, 0.01).verdict == "rejected";
    rejected_order_one += compare(extrapolate(near, far, 2, 1), law, 0.01).verdict == "rejected";
  }
  EXPECT_GT(test::uniformity(p, "extrapolated, seeds from " + std::to_string(seed)), 1e-3);
  EXPECT_LT(rejected, 14) << "2 expected, false-alarm rate 1e-8";
  EXPECT_GT(rejected_alone, 190) << "the twin without extrapolation must fail";
  EXPECT_GT(rejected_order_one, 190) << "the twin of the wrong order must fail";
}

}  // namespace
}  // namespace orbitwalk
