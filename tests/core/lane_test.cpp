// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "core/lane_test.hpp"

#include <gtest/gtest.h>

#include <cmath>

// Every lane type gives the bits of the scalar one, and the scalar one what IEEE and the docstrings say.
namespace orbitwalk::test {
namespace {

class EveryIsa : public testing::TestWithParam<std::string> {};

template <class R>
void expect_same_bits(const std::string& isa) {
  const std::vector<R> a = awkward_numbers<R>(11), b = awkward_numbers<R>(12), c = awkward_numbers<R>(13);
  const int n = static_cast<int>(a.size());
  std::vector<R> expected(n), found(n);
  for (int op = 0; op < static_cast<int>(LaneOperation::count); ++op) {
    kernels<R>("Scalar").apply(LaneOperation(op), n, a.data(), b.data(), c.data(), expected.data());
    kernels<R>(isa).apply(LaneOperation(op), n, a.data(), b.data(), c.data(), found.data());
    int wrong = 0;
    for (int i = 0; i < n; ++i) {
      if (same(expected[i], found[i])) continue;
      if (++wrong <= 3) {
        ADD_FAILURE() << isa << (sizeof(R) == 4 ? " float " : " double ") << operation_names[op] << "(" << std::hexfloat
                      << a[i] << ", " << b[i] << ", " << c[i] << "): scalar " << expected[i] << ", lanes " << found[i];
      }
    }
    EXPECT_EQ(wrong, 0) << operation_names[op];
  }
}

TEST_P(EveryIsa, OperationsHaveTheBitsOfScalarLanes) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_same_bits<float>(GetParam());
  expect_same_bits<double>(GetParam());
}

template <class R>
void expect_words(const std::string& isa) {
  const int n = 4096;
  std::vector<std::uint32_t> a(n), b(n), out(8 * n);
  std::mt19937 engine(5);
  for (int i = 0; i < n; ++i) a[i] = engine(), b[i] = i % 5 == 0 ? a[i] : engine();
  kernels<R>(isa).words(n, a.data(), b.data(), out.data());
  for (int i = 0; i < n; ++i) {
    const std::uint32_t high = static_cast<std::uint32_t>((std::uint64_t(a[i]) * 1000003u) >> 32);
    const std::uint32_t expected[8] = {a[i] ^ b[i], a[i] & b[i], a[i] << 5,    a[i] >> 7,
                                       a[i] + b[i], high,        a[i] == b[i], a[i] < b[i]};
    for (int k = 0; k < 8; ++k) ASSERT_EQ(out[8 * i + k], expected[k]) << isa << " word operation " << k;
  }
}

TEST_P(EveryIsa, WordsAreModulo32Bits) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_words<float>(GetParam());
  expect_words<double>(GetParam());
}

template <class R>
void expect_ids(const std::string& isa) {
  const int n = 64;
  for (std::uint64_t first : {0ull, 5ull, 0xfffffff0ull, 0xfffffffdull, 0x1234ffffffe0ull, 0xffffffffff00ull}) {
    std::vector<std::uint32_t> out(4 * n);
    kernels<R>(isa).ids(n, first, out.data());
    for (int i = 0; i < n; ++i) {
      ASSERT_EQ(out[i] | std::uint64_t(out[n + i]) << 32, first + i) << isa;
      ASSERT_EQ(out[2 * n + i] | std::uint64_t(out[3 * n + i]) << 32, first) << isa;
    }
  }
}

TEST_P(EveryIsa, ParticleIdsCarryIntoTheHighWord) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_ids<float>(GetParam());
  expect_ids<double>(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Lanes, EveryIsa, testing::ValuesIn(compiled_isas()),
                         [](const auto& info) { return info.param; });

template <class R>
void expect_ieee() {
  const std::vector<R> a = awkward_numbers<R>(21), b = awkward_numbers<R>(22), c = awkward_numbers<R>(23);
  const int n = static_cast<int>(a.size());
  std::vector<R> out(n);
  const auto check = [&](LaneOperation op, auto expected) {
    kernels<R>("Scalar").apply(op, n, a.data(), b.data(), c.data(), out.data());
    for (int i = 0; i < n; ++i) {
      ASSERT_TRUE(same(out[i], R(expected(a[i], b[i], c[i]))))
          << operation_names[static_cast<int>(op)] << " " << std::hexfloat << a[i] << " " << b[i] << " " << c[i]
          << " gave " << out[i];
    }
  };
  check(LaneOperation::fma, [](R x, R y, R z) { return std::fma(x, y, z); });
  check(LaneOperation::square_root, [](R x, R, R) { return std::sqrt(x); });
  check(LaneOperation::abs, [](R x, R, R) { return std::abs(x); });
  check(LaneOperation::copysign, [](R x, R y, R) { return std::copysign(x, y); });
  check(LaneOperation::min, [](R x, R y, R) { return x < y ? x : y; });
  check(LaneOperation::max, [](R x, R y, R) { return y < x ? x : y; });
  check(LaneOperation::is_finite, [](R x, R, R) { return std::isfinite(x) ? R(1) : R(0); });
  check(LaneOperation::not_equal, [](R x, R y, R) { return x != y ? R(1) : R(0); });
  check(LaneOperation::lane_access, [](R, R y, R) { return y * 2; });
}

TEST(ScalarLanes, FollowIeee) {
  expect_ieee<float>();
  expect_ieee<double>();
}

// The comparison used above must be able to fail.
TEST(ScalarLanes, ComparisonSeesOneBit) {
  EXPECT_FALSE(same(1.0f, std::nextafter(1.0f, 2.0f)));
  EXPECT_FALSE(same(0.0, -0.0));
  EXPECT_TRUE(same(std::nan("1"), std::nan("2")));
}

}  // namespace
}  // namespace orbitwalk::test
