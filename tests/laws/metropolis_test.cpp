// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Sampled laws against quadrature and closed forms. The error that a sampled law states holds with probability 0.999;
// twice that distance has a false-alarm rate of 2 (0.001/2)^4 = 1e-13.
#include <gtest/gtest.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdio>

#include "laws/beta_ensemble.hpp"
#include "laws/empirical_table.hpp"
#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "laws/registry.hpp"
#include "laws/sampled.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

using test::noise;

template <class Cdf>
double distance(const LawTable& table, Cdf&& cdf) {
  double worst = 0;
  for (int i = 1; i < 200; ++i) {
    const double x = table.quantile(i / 200.0);
    worst = std::max(worst, std::abs(table.cdf(x) - cdf(x)));
  }
  return worst;
}

TEST(SampledLaw, AgreesWithQuadrature) {
  struct Case {
    const char* what;
    Quotient quotient;
    double ratio;
  };
  Quotient slice = test::wishart(3, 3);
  slice.lebesgue = {-0.75, 1, 0};  // a strong singularity at 0
  slice.orbit_volume = {};
  for (const Case& c : {Case{"conjugation", test::conjugation(3, 2, 1), 0.25},
                        {"wishart", test::wishart(4, 3), 0.25},
                        {"singular", slice, 1}})
    for (const Statistic statistic : {Statistic::minimum, Statistic::maximum, Statistic::sum}) {
      const JointLaw joint = law_info("projected").joint(c.quotient, noise(0.8, c.ratio));
      const JointLaw warm = law_info("projected").joint(c.quotient, noise(1, c.ratio));
      const SampleOptions options{7, 64, 2048};
      const Marginal sample = sampled(joint, statistic, 1, {}, options), exact = marginal(joint, statistic),
                     twin = marginal(warm, statistic);
      const double d = distance(*sample.table, [&](double x) { return exact.table->cdf(x); });
      const double wrong = distance(*sample.table, [&](double x) { return twin.table->cdf(x); });
      std::printf("  %s, statistic %d: seed 7, effective size %.0f of %d, KS %.4f, twin %.4f, stated error %.4f\n",
                  c.what, static_cast<int>(statistic), sample.effective_size, 64 * 2048, d, wrong, sample.error);
      EXPECT_LT(d, 2 * sample.error);
      EXPECT_LT(sample.error, 0.02);
      EXPECT_GT(wrong, 2 * sample.error) << "a temperature 25 % off goes unnoticed";
    }
}

TEST(SampledLaw, MiddleEigenvalueOfTheTridiagonalEnsemble) {
  // sigma2-like statistics, and six coordinates: against the direct sampler, two-sample KS.
  const std::uint64_t seed = 91;
  for (const auto& [n, order] : {std::pair{4, 2}, {6, 2}}) {
    const auto joint = [n = n](double index) { return gibbs(test::conjugation(n), {0, index, 0}, 1); };
    const SampleOptions options{8, 64, 2048};
    const Marginal law = sampled(joint(0.5), Statistic::order, order, {}, options),
                   twin = sampled(joint(0.7), Statistic::order, order, {}, options);
    BetaEnsemble ensemble(n, 0.5, 1, 1, 0, seed);
    std::vector<double> sample;
    for (int i = 0; i < 100'000; ++i) sample.push_back(ensemble.next()[static_cast<std::size_t>(n - order)]);
    const EmpiricalTable direct(sample, 100'000);
    const double d = distance(direct, [&](double x) { return law.table->cdf(x); });
    const double wrong = distance(direct, [&](double x) { return twin.table->cdf(x); });
    const double bound = direct.error() + 2 * law.error;
    std::printf("  n %d, order %d: seed %llu, KS %.4f, twin %.4f, bound %.4f, law error %.4f\n", n, order,
                (unsigned long long)seed, d, wrong, bound, law.error);
    EXPECT_LT(d, bound);
    EXPECT_GT(wrong, bound) << "an index off by 0.2 goes unnoticed";
  }
  const Law law = predict("projected", "z", {test::conjugation(6), Statistic::order, 2}, noise(1, 0.5));
  EXPECT_LT(law.quadrature_error, 5e-3);
  EXPECT_NEAR(law.cdf(law.quantile(0.3)), 0.3, 1e-9);
  EXPECT_NE(law.formula.find("sampled"), std::string::npos);
}

TEST(SampledLaw, OrderStatisticsOfIndependentCoordinatesAreExact) {
  const boost::math::normal normal;
  Invariant second{test::conjugation(5), Statistic::order, 2};
  const Law law = predict("projected", "z", second, noise(1, 0));
  const boost::math::beta_distribution<double> beta(4, 2), twin(2, 4);
  for (const double x : {-1.0, -0.2, 0.5, 1.3}) {
    EXPECT_NEAR(law.cdf(x), cdf(beta, cdf(normal, x)), 1e-8);
    EXPECT_GT(std::abs(law.cdf(x) - cdf(twin, cdf(normal, x))), 1e-3);
  }
  second.order = 6;
  EXPECT_THROW(predict("projected", "z", second, noise(1, 0)), SpecError);
}

TEST(SampledLaw, RefusesWhatItCannotSample) {
  Quotient q = test::wishart(3, 3);
  q.lebesgue = {-1, 1, 0};
  const JointLaw at_zero = gibbs(q, q.lebesgue, 1);
  EXPECT_THROW(sampled(at_zero, Statistic::maximum, 1, {}, {1, 16, 100}), SpecError);
  q.lebesgue = {0, -1, 0};
  EXPECT_THROW(sampled(gibbs(q, q.lebesgue, 1), Statistic::maximum, 1, {}, {1, 16, 100}), SpecError);
  // Two wells that no step crosses: the chains disagree, and that is an error, not a law.
  Quotient wells = test::conjugation(5);
  wells.loss = [](double z) { return 400 * (z * z - 1) * (z * z - 1); };
  EXPECT_THROW(sampled(gibbs(wells, {0, 0.3, 0}, 1), Statistic::sum, 1, {}, {1, 64, 500}), NumericalError);
  // A window conditions.
  const JointLaw joint = gibbs(test::conjugation(3), {0, 1, 0}, 1);
  const Marginal part = sampled(joint, Statistic::maximum, 1, Window{0.5, 1.5}, {7, 64, 1024});
  const Marginal exact = marginal(joint, Statistic::maximum, Window{0.5, 1.5});
  EXPECT_LT(distance(*part.table, [&](double x) { return exact.table->cdf(x); }), 2 * part.error);
  EXPECT_THROW(sampled(joint, Statistic::maximum, 1, Window{50, 60}, {7, 16, 100}), SpecError);
}

}  // namespace
}  // namespace orbitwalk
