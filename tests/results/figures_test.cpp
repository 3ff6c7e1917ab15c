// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/figures.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace orbitwalk {
namespace {

TEST(Figures, HaveTheDigitsThatTheErrorLeaves) {
  EXPECT_EQ(with_error(1.500291, 4.3e-4), "1.50029 ± 4.3e-04");
  EXPECT_EQ(with_error(-123.456, 2.0), "-123.5 ± 2.0e+00");
  EXPECT_EQ(with_error(0.25, nullptr), "0.25");
  EXPECT_EQ(with_error(nullptr, 1.0), "-");
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

}  // namespace
}  // namespace orbitwalk
