// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/figures_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace orbitwalk::reproduce {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

TEST(Formatting, IsReadable) {
  EXPECT_EQ(digits(0.012345), "0.0123");
  EXPECT_EQ(digits(1234567), "1.23e+06");
  EXPECT_EQ(digits(nan), "-");
  EXPECT_EQ(digits(infinity), "-");
  EXPECT_EQ(median_and_band({1, 2, 3}), "2 [1.1, 2.9]");
  EXPECT_EQ(median_and_band({nan}), "- [-, -]");
  EXPECT_EQ(median_and_interval({1, 2, 3, 4, 5, 6, 7}), "4 (95 % 1 to 7)");
  EXPECT_EQ(median_and_interval({1, 2, 3}), "2 (95 % - to -)");
  EXPECT_EQ(percent(share_of(81, 263)), "30.8 % (95 % 25.5 to 36.6; 81 of 263)");
  EXPECT_EQ(percent(share_of(0, 0)), "-");
}

}  // namespace
}  // namespace orbitwalk::reproduce
