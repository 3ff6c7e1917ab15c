// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

/// Values of one observable of every particle at every observation: runs that end after 1, 2, ... observations, whose
/// last observations are kept.
std::vector<std::vector<double>> series(const Problem& problem, std::size_t observed) {
  std::vector<std::vector<double>> values(problem.plan.particles);
  for (std::uint64_t n = 1; n <= problem.plan.observations(); ++n) {
    Problem shorter = problem;
    shorter.plan.steps = n * problem.plan.every;
    const Tally tally = run_all(shorter);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i].push_back(tally.last_double[observed * values.size() + i]);
  }
  return values;
}

class Reduce : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Run, Reduce, testing::Values(2, 255, 257, 1500));

TEST_P(Reduce, MomentsAndErrorsAreTheNaiveOnes) {
  const Problem problem = build_problem(small_spec(GetParam(), "shared_start = false"));
  const auto results = reduce(problem, run_all(problem));
  ASSERT_EQ(results.size(), 2u);
  for (std::size_t o = 0; o < results.size(); ++o) {
    const auto values = series(problem, o);
    const double n = double(values.size()), times = double(values[0].size());
    double mean = 0, variance = 0, lowest = HUGE_VAL, highest = -HUGE_VAL;
    for (const auto& particle : values) {
      for (double x : particle) mean += x / (n * times), lowest = std::min(lowest, x), highest = std::max(highest, x);
    }
    // Influence of each particle on the mean and on the variance; their spread gives the errors.
    double mean_error = 0, variance_error = 0, biased = 0;
    for (const auto& particle : values) {
      for (double x : particle) biased += (x - mean) * (x - mean) / (n * times);
    }
    for (const auto& particle : values) {
      double first = 0, second = 0;
      for (double x : particle) first += (x - mean) / times, second += (x - mean) * (x - mean) / times;
      mean_error += first * first, variance_error += (second - biased) * (second - biased);
    }
    mean_error = std::sqrt(mean_error / (n * (n - 1)));
    variance = biased + mean_error * mean_error;
    variance_error = std::sqrt(variance_error / (n * (n - 1)));
    const ObservableResult& r = results[o];
    EXPECT_EQ(r.count, std::uint64_t(n * times));
    EXPECT_NEAR(r.mean, mean, 1e-13);
    EXPECT_NEAR(r.variance, variance, 1e-13);
    EXPECT_NEAR(r.standard_error, mean_error, 1e-12);
    EXPECT_NEAR(r.variance_standard_error, variance_error, 1e-12);
    EXPECT_EQ(r.minimum, lowest);
    EXPECT_EQ(r.maximum, highest);
    EXPECT_NEAR(r.effective_sample_size_mean, variance / (mean_error * mean_error), 1e-9 * n * times);
    EXPECT_LE(r.effective_sample_size, double(r.count));
    // Twin: as if observations were independent, which they are not.
    EXPECT_GT(std::abs(std::sqrt(variance / (n * times)) - r.standard_error), 0.01 * r.standard_error);
    // The histogram holds every value in its cell.
    Histogram naive = r.histogram;
    std::fill(naive.counts.begin(), naive.counts.end(), 0);
    naive.under = naive.over = 0;
    for (const auto& particle : values) {
      for (double x : particle) {
        const auto at = std::upper_bound(naive.edges.begin(), naive.edges.end(), x) - naive.edges.begin();
        ++(at == 0 ? naive.under : at == std::ptrdiff_t(naive.edges.size()) ? naive.over : naive.counts[at - 1]);
      }
    }
    EXPECT_EQ(naive.counts, r.histogram.counts);
    EXPECT_EQ(naive.under, r.histogram.under);
    EXPECT_EQ(naive.over, r.histogram.over);
    EXPECT_EQ(r.histogram.non_finite, 0u);
  }
}

TEST(Reduce, OneParticleHasNoError) {
  const Problem problem = build_problem(small_spec(1));
  const auto results = reduce(problem, run_all(problem));
  EXPECT_TRUE(std::isnan(results[0].standard_error));
  EXPECT_TRUE(std::isnan(results[0].effective_sample_size)) << "how far its times are independent is not known";
  EXPECT_TRUE(std::isfinite(results[0].mean));
}

TEST(Reduce, DivergedParticlesAreLeftOutAndListed) {
  Spec spec = small_spec(300);
  spec.set("dynamics.step=120.0");  // |1 - h k| > 100: overflow in double within 160 steps
  spec.set("ensemble.steps=400");
  const Problem problem = build_problem(spec);
  Tally tally = run_all(problem);
  ASSERT_EQ(tally.diverged.size(), 300u);
  for (std::size_t i = 0; i < tally.diverged.size(); ++i) {
    EXPECT_EQ(tally.diverged[i].particle, i);
    EXPECT_GT(tally.diverged[i].step, 0u);
    EXPECT_LE(tally.diverged[i].step, 420u);
  }
  EXPECT_TRUE(last_quantiles(problem, tally, 0, {0.5}).empty());
  for (const auto& result : reduce(problem, tally))
    EXPECT_LT(result.histogram.total() + result.histogram.non_finite, 300u * 40);
}

TEST(Digest, ChangesWithEveryCountEdgeAndName) {
  const Problem problem = build_problem(small_spec(300));
  const auto results = reduce(problem, run_all(problem));
  std::set<std::string> seen = {digest(results)};
  EXPECT_EQ(digest(reduce(problem, run_all(problem))), *seen.begin());
  EXPECT_EQ(seen.begin()->rfind("fnv1a64:", 0), 0u);
  const auto changed = [&](auto change) {
    auto other = results;
    change(other);
    EXPECT_TRUE(seen.insert(digest(other)).second) << "a change left the digest alone";
  };
  for (std::size_t o = 0; o < results.size(); ++o) {
    for (std::size_t i = 0; i < results[o].histogram.counts.size(); ++i)
      changed([&](auto& r) { ++r[o].histogram.counts[i]; });
    for (std::size_t i = 0; i < results[o].histogram.edges.size(); ++i) {
      changed([&](auto& r) { r[o].histogram.edges[i] = std::nextafter(r[o].histogram.edges[i], 9.0); });
    }
    changed([&](auto& r) { ++r[o].histogram.under; });
    changed([&](auto& r) { ++r[o].histogram.over; });
    changed([&](auto& r) { ++r[o].histogram.non_finite; });
    changed([&](auto& r) { r[o].name += "x"; });
  }
  changed([](auto& r) { r.pop_back(); });
  changed([](auto& r) { std::swap(r[0], r[1]); });
}

TEST(Quantiles, AreThoseOfTheSortedLastObservations) {
  for (const char* precision : {"double", "float"}) {
    Spec spec = small_spec(777);
    spec.set(std::string("ensemble.precision=\"") + precision + "\"");
    const Problem problem = build_problem(spec);
    Tally tally = run_all(problem);
    for (std::size_t o = 0; o < 2; ++o) {
      std::vector<double> last;
      for (int i = 0; i < 777; ++i)
        last.push_back(tally.last_double.empty() ? tally.last_float[o * 777 + i] : tally.last_double[o * 777 + i]);
      std::sort(last.begin(), last.end());
      const auto q = last_quantiles(problem, tally, o, {0, 0.25, 0.5, 0.9, 1});
      ASSERT_EQ(q.size(), 5u);
      EXPECT_EQ(q[0], last.front());
      EXPECT_EQ(q[1], last[194]);  // 0.25 · 776
      EXPECT_EQ(q[2], last[388]);
      EXPECT_NEAR(q[3], last[698] + 0.4 * (last[699] - last[698]), 1e-12);
      EXPECT_EQ(q[4], last.back());
      EXPECT_NE(q[2], last[387]) << "twin: a neighbour";
    }
  }
  Spec spec = small_spec(300);
  spec.set("observe.quantiles=false");
  const Problem problem = build_problem(spec);
  Tally tally = run_all(problem);
  EXPECT_TRUE(last_quantiles(problem, tally, 0, {0.5}).empty());
}

}  // namespace
}  // namespace orbitwalk::test
