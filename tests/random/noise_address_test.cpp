// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/random/noise_address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace orbitwalk::test {
namespace {

using Place = std::tuple<std::uint64_t, std::uint32_t, int>;  // counter step, block, variate

template <class Address>
bool all_distinct(const Address& address, std::uint64_t first_step, int steps, int dimension) {
  std::set<Place> places;
  for (std::uint64_t step = first_step; step < first_step + steps; ++step) {
    for (int j = 0; j < dimension; ++j) {
      if (!places.insert({address.counter_step(step), address.block(j), address.variate(step, j)}).second) return false;
    }
  }
  return true;
}

class NoiseAddressOfDimension : public testing::TestWithParam<int> {};

TEST_P(NoiseAddressOfDimension, EveryComponentOfEveryStepHasItsOwnVariate) {
  const int d = GetParam();
  for (int n : {2, 4, 32, 128}) {
    const NoiseAddress address = noise_address(n, d);
    EXPECT_EQ(address.dimension, d);
    EXPECT_EQ(address.per_block, n);
    EXPECT_EQ(address.steps_shared & (address.steps_shared - 1), 0);
    if (d <= n) {
      EXPECT_EQ(address.blocks, 1);
      EXPECT_LE(address.steps_shared * d, n);
      EXPECT_GT(2 * address.steps_shared * d, n);
    } else {
      EXPECT_EQ(address.steps_shared, 1);
      EXPECT_EQ(address.blocks, (d + n - 1) / n);
    }
    EXPECT_TRUE(all_distinct(address, 0, 300, d)) << "dimension " << d << ", " << n << " a block";
    EXPECT_TRUE(all_distinct(address, (1ull << 32) - 150, 300, d));
    for (std::uint64_t step = 0; step < 300; ++step) {
      for (int j = 0; j < d; ++j) {
        ASSERT_TRUE(address.variate(step, j) >= 0 && address.variate(step, j) < n);
        ASSERT_LT(address.block(j), static_cast<std::uint32_t>(address.blocks));
        const std::uint64_t number = d <= n ? step % address.steps_shared * d + j : j % n;  // the rule, said again
        ASSERT_EQ(static_cast<std::uint64_t>(address.variate(step, j)), number);
        ASSERT_EQ(address.counter_step(step), d <= n ? step / address.steps_shared : step);
        ASSERT_EQ(address.block(j), d <= n ? 0u : static_cast<std::uint32_t>(j / n));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(NoiseAddress, NoiseAddressOfDimension, testing::Values(1, 2, 3, 4, 5, 20, 33, 800));

TEST(NoiseAddress, KindsAndPrecisions) {
  EXPECT_EQ(noise_address<float>(Variates::gaussian, 2).steps_shared, 2);
  EXPECT_EQ(noise_address<double>(Variates::gaussian, 2).steps_shared, 1);
  EXPECT_EQ(noise_address<float>(Variates::dyadic, 3).steps_shared, 8);
  EXPECT_EQ(noise_address<double>(Variates::rademacher, 1).steps_shared, 128);
  EXPECT_EQ(noise_address<float>(Variates::gaussian, 800).blocks, 200);
}

// The check of distinctness must be able to fail: one step too many in a block.
struct Overfull : NoiseAddress {
  int variate(std::uint64_t step, int j) const {
    return NoiseAddress::variate(step, j) % (steps_shared * dimension - 1);
  }
};

TEST(NoiseAddress, SharedVariatesAreSeen) {
  const Overfull wrong{noise_address(32, 4)};
  EXPECT_FALSE(all_distinct(wrong, 0, 300, 4));
}

}  // namespace
}  // namespace orbitwalk::test
