// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Every law of the registry at extreme parameters: it answers, with a law that hangs together or with an error that
// says something. How long that takes is printed; a law that hangs runs into the time limit of the test.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "laws/law.hpp"
#include "laws/quotients.hpp"
#include "laws/registry.hpp"
#include "models/product_laws.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

struct Answers {
  int laws = 0, refusals = 0, failures = 0;
  double slowest = 0;
  std::string slow;
};

void ask(const std::string& law_name, const std::string& what, const Invariant& invariant, const LawContext& context,
         const std::optional<Window>& window, Answers& answers) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    const Law law = predict(law_name, "x", invariant, context, window);
    ++answers.laws;
    double before = -HUGE_VAL;
    for (const double p : {0.05, 0.5, 0.95}) {
      const double x = law.quantile(p);
      EXPECT_TRUE(std::isfinite(x) && x >= before) << law_name << ", " << what;
      // A quantile below the smallest double is 0, and an atom of rounding is as good as the quantile is far out.
      if (std::abs(x) > 1e-290) {
        EXPECT_NEAR(law.cdf(x), p, 1e-3) << law_name << ", " << what << " at " << x;
      }
      before = x;
    }
    EXPECT_FALSE(std::isnan(law.mean()) || std::isnan(law.variance()) || law.variance() < 0)
        << law_name << ", " << what;
    if (window) {
      const double rounding = 1e-8 * window->lower;
      EXPECT_TRUE(law.mean() >= window->lower - rounding && law.mean() <= window->upper + rounding)
          << law_name << ", " << what;
    }
  } catch (const SpecError& error) {
    ++answers.refusals;
    EXPECT_GT(std::string(error.what()).size(), 40u);
  } catch (const NumericalError& error) {
    ++answers.failures;
    EXPECT_NE(std::string(error.what()).find("double precision"), std::string::npos) << error.what();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (seconds > answers.slowest) answers.slowest = seconds, answers.slow = law_name + ", " + what;
}

/// All laws, with every gauge, of one invariant at a temperature and ratio β²/α²; and as SGD where it is a product.
void ask_all(const std::string& what, const Invariant& invariant, double temperature, double ratio, Answers& answers,
             const std::optional<Window>& window = {}) {
  LawContext context(test::noise(temperature, ratio));
  context.sgd_noise = SgdNoise{0.1, 1, std::sqrt(temperature / 0.1)};
  for (const LawInfo& info : law_registry()) ask(info.name, what, invariant, context, window, answers);
  ask("gauge_slice:norm_difference", what, invariant, context, window, answers);
}

std::string text(const char* format, double a, double b, double c, double d) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, format, a, b, c, d);
  return buffer;
}

Invariant product(int factors, double decay, double stiffness, double target) {
  Invariant w =
      scalar_product_invariant(factors, decay, [=](double z) { return 0.5 * stiffness * (z - target) * (z - target); });
  w.quotient.sampled =
      SampledSlope{[=](double z) { return 0.1 * stiffness * stiffness * (z - 0.3 * target) * (z - 0.3 * target); },
                   stiffness, [=](double z) { return factors * std::pow(std::abs(z), 2 - 2.0 / factors); }};
  return w;
}

void report(const char* what, const Answers& answers) {
  std::printf("  %s: %d laws, %d refusals, %d numerical failures; slowest %.2f s: %s\n", what, answers.laws,
              answers.refusals, answers.failures, answers.slowest, answers.slow.c_str());
  EXPECT_GT(answers.laws, answers.failures) << "most questions have an answer";
}

const double temperatures[] = {1e-8, 1e-3, 1, 1e3, 1e8};

TEST(Extremes, OfOneCoordinateAreAnswered) {
  // Where the loss is at its least at r = 0 (a negative target), U/T is large there, and its rounding is seen in the
  // density: an answer may then be that the law is beyond double precision.
  Answers radial, rounded, products;
  for (const double stiffness : {1e-8, 1.0, 1e8}) {
    for (const double target : {-2.0, 0.0, 1.0}) {
      for (const double temperature : temperatures) {
        for (const int dimension : {1, 3, 1000}) {
          for (const double ratio : {0.0, 1.0, 1e4})
            ask_all(text("radial %g, stiffness %g, target %g, T %g", dimension, stiffness, target, temperature),
                    {test::radial(dimension, stiffness, target)}, temperature, ratio,
                    target < 0 && 0.5 * stiffness * target * target / temperature > 1e6 ? rounded : radial);
        }
        for (const double decay : {0.0, 1e-8, 1.0, 1e8}) {
          for (const int factors : {2, 3, 16}) {
            const std::string what =
                text("product of %g, stiffness %g, target %g, T %g", factors, stiffness, target, temperature) +
                ", decay " + std::to_string(decay);
            ask_all(what, product(factors, decay, stiffness, target), temperature, factors == 3 ? 0 : 1, products);
            ask_all(what + ", window", product(factors, decay, stiffness, target), temperature, factors == 3 ? 0 : 1,
                    products, Window{0.1, 2});
          }
          for (const int n : {1, 64})
            ask_all(text("norms of 2 and %g, stiffness %g, target %g, T %g", n, stiffness, target, temperature),
                    norm_product_invariant(2, n, decay,
                                           [=](double z) { return 0.5 * stiffness * (z - target) * (z - target); }),
                    temperature, 1, products);
        }
      }
    }
  }
  report("radial", radial);
  report("radial, rounded", rounded);
  report("products", products);
  EXPECT_EQ(radial.failures, 0);
}

TEST(Extremes, OfSpectraAreAnswered) {
  Answers answers;
  for (const double temperature : {1e-8, 1.0, 1e8}) {
    for (const double ratio : {0.0, 1.0, 1e3}) {
      for (const Statistic statistic : {Statistic::minimum, Statistic::maximum}) {
        ask_all(text("conjugation 2, T %g, ratio %g", temperature, ratio, 0, 0), {test::conjugation(2), statistic},
                temperature, ratio, answers);
        ask_all(text("Wishart 3, T %g, ratio %g", temperature, ratio, 0, 0), {test::wishart(4, 3), statistic},
                temperature, ratio, answers);
      }
    }
  }
  report("spectra", answers);
}

}  // namespace
}  // namespace orbitwalk
