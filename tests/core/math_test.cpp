// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <iomanip>
#include <iostream>
#include <numbers>

#include "core/lane_test.hpp"

// The errors that kernels/core/math.hpp states, measured in ulps of the exact result against long double (64-bit
// mantissa: its own error is below 0.001 ulp of a double).
namespace orbitwalk::test {
namespace {

template <class R>
long double ulps(R found, long double exact) {
  if (std::isnan(exact) || std::isnan(found)) return std::isnan(exact) == std::isnan(found) ? 0 : 1e9L;
  const R rounded = static_cast<R>(exact);
  if (rounded == found)
    return std::isinf(found)
               ? 0
               : std::abs(found - exact) /
                     (std::nextafter(std::abs(rounded), std::numeric_limits<R>::infinity()) - std::abs(rounded));
  if (std::isinf(rounded) || std::isinf(found)) return 1e9L;
  int exponent;
  std::frexp(exact, &exponent);
  const long double spacing = std::max(std::ldexp(1.0L, exponent - std::numeric_limits<R>::digits),
                                       static_cast<long double>(std::numeric_limits<R>::denorm_min()));
  return std::abs(found - exact) / spacing;
}

struct Measured {
  long double worst = 0;
  double at = 0;
};

/// Largest error over inputs(0), inputs(1), ... inputs(n - 1).
template <class R>
Measured measure(LaneOperation op, long n, const std::function<R(long)>& inputs,
                 const std::function<long double(R)>& exact) {
  const std::string isa = fastest_isa();
  constexpr int chunk = 1 << 14;
  std::vector<R> in(chunk), out(chunk);
  Measured result;
  for (long start = 0; start < n; start += chunk) {
    for (int i = 0; i < chunk; ++i) in[i] = inputs(std::min(start + i, n - 1));
    kernels<R>(isa).apply(op, chunk, in.data(), in.data(), in.data(), out.data());
    for (int i = 0; i < chunk; ++i) {
      const long double error = ulps(out[i], exact(in[i]));
      if (error > result.worst) result = {error, double(in[i])};
    }
  }
  std::cout << (sizeof(R) == 4 ? "float " : "double ") << operation_names[static_cast<int>(op)] << ": largest error "
            << std::setprecision(4) << double(result.worst) << " ulp at " << std::setprecision(17) << result.at << "\n";
  return result;
}

template <class R>
std::function<R(long)> random_in(double low, double high, unsigned seed) {
  return [=, engine = std::mt19937_64(seed)](long) mutable {
    return R(std::uniform_real_distribution<double>(low, high)(engine));
  };
}

/// Any positive number, subnormal ones included.
template <class R>
std::function<R(long)> random_positive(unsigned seed) {
  return [=, engine = std::mt19937_64(seed)](long) mutable {
    const std::uint64_t pattern = engine() >> (65 - 8 * sizeof(R));
    R value;
    std::memcpy(&value, &pattern, sizeof value);
    return value;
  };
}

long double exact_sine(long double turns) {
  const long double quarters = std::nearbyint(4 * turns),
                    rest = 2 * std::numbers::pi_v<long double> * (turns - quarters / 4);
  switch (static_cast<long>(quarters) & 3) {
    case 0: return std::sin(rest);
    case 1: return std::cos(rest);
    case 2: return -std::sin(rest);
    default: return -std::cos(rest);
  }
}

TEST(Math, FloatLogOverEveryMantissa) {
  // Every float in [1/4, 2): the exponents where log changes sign and where cancellation is worst. double is exact
  // enough.
  const auto every = [](long i) { return std::ldexp(1.0f + float(i & 0x7fffff) * 0x1p-23f, int(i >> 23) - 2); };
  EXPECT_LT(
      measure<float>(LaneOperation::log_normal, 3l << 23, every, [](float x) { return std::log(double(x)); }).worst,
      0.86);
}

TEST(Math, Log) {
  EXPECT_LT(measure<float>(LaneOperation::log, 2000000, random_positive<float>(1),
                           [](float x) { return std::log((long double)x); })
                .worst,
            0.86);
  EXPECT_LT(measure<double>(LaneOperation::log, 2000000, random_positive<double>(2),
                            [](double x) { return std::log((long double)x); })
                .worst,
            0.9);
  EXPECT_LT(measure<double>(LaneOperation::log, 4000000, random_in<double>(0, 2, 3),
                            [](double x) { return std::log((long double)x); })
                .worst,
            0.9);
}

TEST(Math, Exp) {
  const auto exact = [](auto x) { return std::exp((long double)x); };
  EXPECT_LT(measure<float>(LaneOperation::exp, 3000000, random_in<float>(-110, 95, 4), exact).worst, 1.1);
  EXPECT_LT(measure<float>(LaneOperation::exp, 3000000, random_in<float>(-1, 1, 5), exact).worst, 1.1);
  EXPECT_LT(measure<double>(LaneOperation::exp, 3000000, random_in<double>(-760, 720, 6), exact).worst, 1.1);
  EXPECT_LT(measure<double>(LaneOperation::exp, 3000000, random_in<double>(-1, 1, 7), exact).worst, 1.1);
}

TEST(Math, Tanh) {
  const auto exact = [](auto x) { return std::tanh((long double)x); };
  EXPECT_LT(measure<float>(LaneOperation::tanh, 3000000, random_in<float>(-1.5, 1.5, 8), exact).worst, 1.4);
  EXPECT_LT(measure<float>(LaneOperation::tanh, 3000000, random_in<float>(-12, 12, 9), exact).worst, 1.4);
  EXPECT_LT(measure<double>(LaneOperation::tanh, 3000000, random_in<double>(-1.5, 1.5, 10), exact).worst, 1.4);
  EXPECT_LT(measure<double>(LaneOperation::tanh, 3000000, random_in<double>(-25, 25, 11), exact).worst, 1.4);
}

TEST(Math, SineAndCosine) {
  const auto sine = [](auto x) { return exact_sine(x); };
  const auto cosine = [](auto x) { return exact_sine((long double)x + 0.25L); };
  EXPECT_LT(measure<float>(LaneOperation::sine, 3000000, random_in<float>(-1, 1, 12), sine).worst, 1.8);
  EXPECT_LT(measure<float>(LaneOperation::cosine, 3000000, random_in<float>(-1, 1, 13), cosine).worst, 1.8);
  EXPECT_LT(measure<float>(LaneOperation::sine, 1000000, random_in<float>(-1e6, 1e6, 14), sine).worst, 1.8);
  EXPECT_LT(measure<double>(LaneOperation::sine, 3000000, random_in<double>(-1, 1, 15), sine).worst, 1.6);
  EXPECT_LT(measure<double>(LaneOperation::cosine, 3000000, random_in<double>(-1, 1, 16), cosine).worst, 1.6);
}

template <class R>
void expect_special_values() {
  using Limits = std::numeric_limits<R>;
  const R inf = Limits::infinity(), nan = Limits::quiet_NaN();
  const auto value = [](LaneOperation op, R x) {
    std::vector<R> in(lane_group, x), out(lane_group);
    kernels<R>("Scalar").apply(op, lane_group, in.data(), in.data(), in.data(), out.data());
    return out[0];
  };
  EXPECT_EQ(value(LaneOperation::log, 1), R(0));
  EXPECT_EQ(value(LaneOperation::log, 0), -inf);
  EXPECT_EQ(value(LaneOperation::log, -R(0)), -inf);
  EXPECT_EQ(value(LaneOperation::log, inf), inf);
  EXPECT_TRUE(std::isnan(value(LaneOperation::log, -1)) && std::isnan(value(LaneOperation::log, nan)));
  EXPECT_EQ(value(LaneOperation::exp, 0), R(1));
  EXPECT_EQ(value(LaneOperation::exp, inf), inf);
  EXPECT_EQ(value(LaneOperation::exp, -inf), R(0));
  EXPECT_EQ(value(LaneOperation::exp, Limits::max()), inf);
  EXPECT_TRUE(std::isnan(value(LaneOperation::exp, nan)));
  EXPECT_EQ(value(LaneOperation::tanh, inf), R(1));
  EXPECT_EQ(value(LaneOperation::tanh, -inf), R(-1));
  EXPECT_EQ(value(LaneOperation::tanh, 50), R(1));
  EXPECT_TRUE(std::signbit(value(LaneOperation::tanh, -R(0))));
  EXPECT_TRUE(std::isnan(value(LaneOperation::tanh, nan)));
  EXPECT_EQ(value(LaneOperation::tanh, -R(0.3)), -value(LaneOperation::tanh, R(0.3)));
  for (int quarter = -8; quarter <= 8; ++quarter) {
    const R sines[] = {0, 1, 0, -1};
    EXPECT_EQ(value(LaneOperation::sine, R(quarter) / 4), sines[quarter & 3]);
    EXPECT_EQ(value(LaneOperation::cosine, R(quarter) / 4), sines[(quarter + 1) & 3]);
  }
}

TEST(Math, SpecialValues) {
  expect_special_values<float>();
  expect_special_values<double>();
}

// The measure itself must see a wrong function: exp off by three ulps.
TEST(Math, MeasureSeesThreeUlps) {
  const auto wrong = [](float x) { return std::exp((long double)x) * (1 + 3 * 0x1p-23L); };
  EXPECT_GT(measure<float>(LaneOperation::exp, 100000, random_in<float>(-1, 1, 17), wrong).worst, 2.5);
}

}  // namespace
}  // namespace orbitwalk::test
