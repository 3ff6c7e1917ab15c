// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Products in tiles have the bits of the plain loops, for sizes with and without a remainder.
#include "kernels/core/lane_matrix.hpp"

#include <gtest/gtest.h>

#include "core/lane_test.hpp"

namespace orbitwalk::test {
namespace {

constexpr int elements = most_elements * lane_group;
constexpr std::uint64_t seed = 20261121;

/// Numbers of either sign, and among them zeros of either sign, which show from what a sum starts.
template <class R>
std::vector<R> draw(unsigned salt) {
  std::mt19937_64 engine(seed + salt);
  std::vector<R> result(elements);
  for (R& x : result) {
    x = R(std::uniform_real_distribution<double>(-1, 1)(engine));
    if (engine() % 8 == 0) x = std::copysign(R(0), x);
  }
  return result;
}

template <class R>
struct Oracle {
  std::vector<R> a = draw<R>(1), b = draw<R>(2), start = draw<R>(3);
  bool backwards = false;  // the twin: another order of the sum

  /// One element by the definition.
  R element(MatrixOperation op, int rows, int columns, int depth, int i, int j, int lane) const {
    const bool product =
        op == MatrixOperation::product || op == MatrixOperation::by_transpose || op == MatrixOperation::own_transpose;
    const auto left = [&](int k) {
      return a[(op == MatrixOperation::transposed ? k * rows + i : i * depth + k) * lane_group + lane];
    };
    const auto right = [&](int k) {
      if (op == MatrixOperation::own_transpose) return a[(j * depth + k) * lane_group + lane];
      if (op == MatrixOperation::by_transpose) return b[(j * depth + k) * lane_group + lane];
      return b[(k * columns + j) * lane_group + (op == MatrixOperation::shared ? 0 : lane)];
    };
    R sum = product ? left(0) * right(0) : start[(i * columns + j) * lane_group + lane];
    const int first = product ? 1 : 0;
    for (int k = first; k < depth; ++k) {
      const int at = backwards ? depth - 1 - (k - first) : k;
      sum = std::fma(left(at), right(at), sum);
    }
    return sum;
  }

  /// How many elements of all operations and sizes differ from what the lanes of `isa` give.
  int differences(const std::string& isa) const {
    int count = 0;
    std::vector<R> out(elements);
    const auto compare = [&](MatrixOperation op, int rows, int columns, int depth) {
      kernels<R>(isa).matrices(op, rows, columns, depth, a.data(), b.data(), start.data(), out.data());
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
          const bool untouched =
              (op == MatrixOperation::own_transpose && j < i) || (op == MatrixOperation::vector && j > 0);
          for (int lane = 0; lane < lane_group; ++lane) {
            const int at = (i * columns + j) * lane_group + lane;
            const R expected = untouched ? start[at] : element(op, rows, columns, depth, i, j, lane);
            if (same(out[at], expected)) continue;
            if (++count == 1 && !backwards) {
              ADD_FAILURE() << isa << ", operation " << int(op) << ", " << rows << " by " << columns << ", depth "
                            << depth << ", element " << i << ", " << j << ": " << std::hexfloat << out[at]
                            << ", expected " << expected << ", seed " << seed;
            }
          }
        }
      }
    };
    for (int op = 0; op < int(MatrixOperation::count); ++op) {
      for (int rows = 1; rows <= 10; ++rows) {
        for (int columns = 1; columns <= 10; ++columns) {
          if (MatrixOperation(op) == MatrixOperation::own_transpose && rows != columns) continue;
          for (const int depth : {1, 2, 5, 13}) compare(MatrixOperation(op), rows, columns, depth);
        }
      }
    }
    for (const int rows : {16, 17, 25}) compare(MatrixOperation::vector, rows, 1, 10);
    return count;
  }
};

class Matrices : public testing::TestWithParam<std::string> {};

TEST_P(Matrices, HaveTheBitsOfPlainLoops) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  EXPECT_EQ(Oracle<float>().differences(GetParam()), 0);
  EXPECT_EQ(Oracle<double>().differences(GetParam()), 0);
}

TEST_P(Matrices, TwinOfAnotherOrderHasOtherBits) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  Oracle<float> twin;
  twin.backwards = true;
  EXPECT_GT(twin.differences(GetParam()), 0);
}

INSTANTIATE_TEST_SUITE_P(Lanes, Matrices, testing::ValuesIn(compiled_isas()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace orbitwalk::test
