// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What a million independent values can tell: a temperature that is 1 % off and a missing correction are rejected, the
// right law is accepted. Values are drawn by inverse distribution function. False alarm of an acceptance: 1e-3 each,
// seeds fixed.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/compare.hpp"
#include "compare/samples.hpp"
#include "laws/quotients.hpp"

namespace orbitwalk {
namespace {

constexpr std::uint64_t kSeed = 31415;
constexpr int kCount = 1'000'000;

struct PowerCase {
  friend void PrintTo(const PowerCase& c, std::ostream* out) { *out << c.title; }
  std::string title;
  Quotient quotient;
  Statistic statistic;
  double temperature, ratio_squared;
  std::string law, without_correction;
};

class Power : public testing::TestWithParam<PowerCase> {};
INSTANTIATE_TEST_SUITE_P(
    AtAMillion, Power,
    testing::Values(
        PowerCase{"radial", test::radial(3, 4, 1.5), Statistic::maximum, 0.49, 0.25, "projected", "uncorrected"},
        PowerCase{"gram_product", test::wishart(5, 2), Statistic::maximum, 1, 0.25, "projected", "isotropic"},
        PowerCase{"conjugation", test::conjugation(2), Statistic::maximum, 0.49, 0.25, "projected", "isotropic"},
        PowerCase{"hadamard", test::hadamard(0.5, 1, 1), Statistic::maximum, 0.5, 1, "isotropic", "uncorrected"}),
    [](const auto& info) { return info.param.title; });

TEST_P(Power, FindsOnePercentOfTemperatureAndAMissingCorrection) {
  const PowerCase& c = GetParam();
  const auto law = [&](const std::string& name, double heat) {
    return predict(name, "x", {c.quotient, c.statistic}, test::noise(c.temperature * heat, c.ratio_squared));
  };
  const Law truth = law(c.law, 1);
  std::mt19937_64 generator(kSeed);
  std::uniform_real_distribution<double> uniform;
  std::vector<double> values(kCount);
  for (double& x : values) x = truth.quantile(uniform(generator));
  const ObservableResult sample = test::independent(values, 200, truth.quantile(1e-5), truth.quantile(1 - 1e-5));
  const auto verdict = [&](const char* what, const Law& other) {
    const LawComparison r = compare(sample, other);
    std::printf("seed %llu, %s, %s: KS %.5f (critical %.5f), p %.3g, smooth %.3g, adjusted %.3g, bound %.5f\n",
                (unsigned long long)kSeed, c.title.c_str(), what, r.ks, r.ks_critical, r.p_value, r.p_smooth,
                r.p_adjusted, r.ks_bound);
    return r;
  };
  const LawComparison right = verdict("right", truth);
  EXPECT_EQ(right.verdict, "accepted") << right.reason;
  EXPECT_LT(right.ks_bound, 0.0035);
  for (const double heat : {0.99, 1.01}) EXPECT_EQ(verdict("1 % of temperature", law(c.law, heat)).verdict, "rejected");
  EXPECT_EQ(verdict("no correction", law(c.without_correction, 1)).verdict, "rejected");
}

}  // namespace
}  // namespace orbitwalk
