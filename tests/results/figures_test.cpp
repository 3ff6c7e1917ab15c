// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/figures.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace orbitwalk {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

TEST(Figures, HaveTheDigitsThatTheErrorLeaves) {
  EXPECT_EQ(with_error(1.500291, 4.3e-4), "1.50029 ± 4.3e-04");
  EXPECT_EQ(with_error(-123.456, 2.0), "-123.5 ± 2.0e+00");
  EXPECT_EQ(with_error(0.25, nan), "0.25");
  EXPECT_EQ(with_error(nan, 1.0), "-");
  EXPECT_EQ(with_error(12345.6, 987.0), "12346 ± 9.9e+02");
  EXPECT_EQ(with_error(-1e-9, 1e-3), "0.0000 ± 1.0e-03");
}

TEST(Figures, ThatAreHugeOrTinyAreNotWrittenOut) {
  EXPECT_EQ(with_error(-1.7123e33, 2.2e33), "-1.7e+33 ± 2.2e+33");
  EXPECT_EQ(with_error(2.123456e176, 1e174), "2.123e+176 ± 1.0e+174");
  EXPECT_EQ(with_error(1.23456e-20, 1e-22), "1.235e-20 ± 1.0e-22");
  EXPECT_EQ(with_error(1e300, 1e-3), "1.000000000000e+300 ± 1.0e-03");
  EXPECT_EQ(with_error(0.0, 1e40), "0.0e+00 ± 1.0e+40");
  EXPECT_EQ(number(1.5e176, "%.6f"), "1.5e+176");
  EXPECT_EQ(number(1.5, "%.6f"), "1.500000");
  EXPECT_EQ(number(-1e-9, "%.3f"), "0.000");
}

TEST(Figures, ThatDoNotExistAreADash) {
  EXPECT_EQ(number(nan), "-");
  EXPECT_EQ(number(-infinity), "-");
  EXPECT_EQ(with_error(infinity, 1.0), "-");
  EXPECT_EQ(short_or_dash(nan), "-");
  EXPECT_EQ(yes_or_no({}), "-");
  EXPECT_EQ(yes_or_no(true), "yes");
  EXPECT_EQ(yes_or_no(false), "no");
}

}  // namespace
}  // namespace orbitwalk
