// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Compiled once an instruction set, with ORBITWALK_TEST_ISA = Scalar, Generic, Avx2, ...; no containers and no gtest
// here.
#include "core/lane_kernels.hpp"

#include "core/isa_lane.hpp"
#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/math.hpp"

namespace orbitwalk {
namespace {

using test::LaneOperation;
template <class R>
using Lane = test::LaneFor<R, test::ORBITWALK_TEST_ISA>;

template <class L>
L as_number(MaskOf<L> mask) {
  return select(mask, broadcast<L>(1), broadcast<L>(0));
}

template <class L>
L apply_one(LaneOperation op, L a, L b, L c, const RealOf<L>* table) {
  using R = RealOf<L>;
  L other = a;
  switch (op) {
    case LaneOperation::add: return a + b;
    case LaneOperation::subtract: return a - b;
    case LaneOperation::multiply: return a * b;
    case LaneOperation::divide: return a / b;
    case LaneOperation::negate: return -a;
    case LaneOperation::fma: return fma(a, b, c);
    case LaneOperation::square_root: return sqrt(a);
    case LaneOperation::abs: return abs(a);
    case LaneOperation::min: return min(a, b);
    case LaneOperation::max: return max(a, b);
    case LaneOperation::copysign: return copysign(a, b);
    case LaneOperation::less: return as_number<L>(a < b);
    case LaneOperation::less_equal: return as_number<L>(a <= b);
    case LaneOperation::greater: return as_number<L>(a > b);
    case LaneOperation::greater_equal: return as_number<L>(a >= b);
    case LaneOperation::equal: return as_number<L>(a == b);
    case LaneOperation::not_equal: return as_number<L>(a != b);
    case LaneOperation::and_not: return select((a < b) & !(b < c), a, select((a < c) | (c < b), b, c));
    case LaneOperation::is_finite: return as_number<L>(is_finite(a));
    case LaneOperation::real_right: return (a * R(3) - R(0.25)) / R(7) + R(1.5);
    case LaneOperation::real_left: return R(3) * (R(0.25) - R(7) / (R(1.5) + a));
    case LaneOperation::compound:
      other += b;
      other *= c;
      other -= R(2);
      return other;
    case LaneOperation::lane_access:
      for (int i = 0; i < LaneTraits<L>::width; ++i) lane_set(other, i, lane_get(b, i) * R(2));
      return other;
    case LaneOperation::gather: {
      WordOf<L> index = word_broadcast<L>(0);
      for (int i = 0; i < LaneTraits<L>::width; ++i)
        word_set<L>(index, i, static_cast<std::uint32_t>(bits(lane_get(a, i))) % 16);
      return gather<L>(table, index) + to_real<L>(index);
    }
    case LaneOperation::log: return log(a);
    case LaneOperation::log_normal: return log_normal(a);
    case LaneOperation::exp: return exp(a);
    case LaneOperation::tanh: return tanh(a);
    case LaneOperation::sine: sincos_turns(a, b, c); return b;
    case LaneOperation::cosine: sincos_turns(a, b, c); return c;
    default: return a;
  }
}

template <class R>
void apply(LaneOperation op, int n, const R* a, const R* b, const R* c, R* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  const bool spans = op == LaneOperation::any_less || op == LaneOperation::all_less || op == LaneOperation::count_less;
  for (int group = 0; group < n; group += test::lane_group) {
    bool some = false, every = true;
    int number = 0;
    for (int i = group; i < group + test::lane_group; i += width) {
      const L x = load<L>(a + i), y = load<L>(b + i);
      const auto mask = x < y;
      some = some || any(mask);
      every = every && all(mask);
      number += count(mask);
      for (int j = 0; spans && j < width; ++j) {
        if (mask_get(mask, j) != (((mask_bits(mask) >> j) & 1) != 0)) number += 1000;
      }
      if (!spans) store(out + i, apply_one<L>(op, x, y, load<L>(c + i), a));
    }
    if (!spans) continue;
    const R value = op == LaneOperation::any_less ? R(some) : op == LaneOperation::all_less ? R(every) : R(number);
    for (int i = group; i < group + test::lane_group; ++i) out[i] = value;
  }
}

template <class R>
void words(int n, const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  for (int i = 0; i < n; i += width) {
    WordOf<L> x = word_broadcast<L>(0), y = word_broadcast<L>(0);
    for (int j = 0; j < width; ++j) word_set<L>(x, j, a[i + j]), word_set<L>(y, j, b[i + j]);
    const WordOf<L> results[6] = {x ^ y, x & y, x << 5, x >> 7, x + y, mulhi(x, 1000003u)};
    const auto same = x == y, below = x < y;
    for (int j = 0; j < width; ++j) {
      for (int k = 0; k < 6; ++k) out[8 * (i + j) + k] = word_get(results[k], j);
      out[8 * (i + j) + 6] = mask_get(same, j);
      out[8 * (i + j) + 7] = mask_get(below, j);
    }
  }
}

template <class R>
void matrices(test::MatrixOperation op, int rows, int columns, int depth, const R* a, const R* b, const R* start,
              R* out) {
  using L = Lane<R>;
  using test::MatrixOperation;
  constexpr int width = LaneTraits<L>::width, group = test::lane_group, most = test::most_elements;
  for (int lane = 0; lane < group; lane += width) {
    L x[most], y[most], z[most], c[most];
    R shared[most];
    for (int e = 0; e < most; ++e) {
      x[e] = load<L>(a + e * group + lane);
      y[e] = load<L>(b + e * group + lane);
      z[e] = c[e] = load<L>(start + e * group + lane);
      shared[e] = b[e * group];
    }
    const auto from = [&](int i, int j) { return z[i * columns + j]; };
    const auto to = [&](int i, int j, L sum) { c[i * columns + j] = sum; };
    const auto plain = as_matrix(x, depth);
    switch (op) {
      case MatrixOperation::product:
        multiply<L>(rows, columns, depth, plain, as_matrix(y, columns), FromProduct(), to);
        break;
      case MatrixOperation::add: multiply<L>(rows, columns, depth, plain, as_matrix(y, columns), from, to); break;
      case MatrixOperation::transposed:
        multiply<L>(rows, columns, depth, as_transpose(x, rows), as_matrix(y, columns), from, to);
        break;
      case MatrixOperation::by_transpose:
        multiply<L>(rows, columns, depth, plain, as_transpose(y, depth), FromProduct(), to);
        break;
      case MatrixOperation::shared:
        multiply<L>(rows, columns, depth, plain, as_matrix(shared, columns), from, to);
        break;
      case MatrixOperation::own_transpose:
        multiply_by_own_transpose(rows, depth, plain,
                                  [&](int i, int j, L sum) { c[(i < j ? i : j) * columns + (i < j ? j : i)] = sum; });
        break;
      case MatrixOperation::vector:
        multiply_vector<L>(rows, depth, plain, MatrixView<L>{y, columns, 0}, from, to);
        break;
      default: break;
    }
    for (int e = 0; e < rows * columns; ++e) store(out + e * group + lane, c[e]);
  }
}

template <class R>
void ids(int n, std::uint64_t first, std::uint32_t* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  for (int i = 0; i < n; i += width) {
    const ParticleIds<L> many = consecutive_ids<L>(first + i), one = same_id<L>(first);
    for (int j = 0; j < width; ++j) {
      out[i + j] = word_get(many.low, j);
      out[n + i + j] = word_get(many.high, j);
      out[2 * n + i + j] = word_get(one.low, j);
      out[3 * n + i + j] = word_get(one.high, j);
    }
  }
}

}  // namespace

namespace test {
extern const LaneKernels<float> ORBITWALK_JOIN(lane_kernels_float_, ORBITWALK_TEST_ISA) = {apply<float>, words<float>,
                                                                                           matrices<float>, ids<float>};
extern const LaneKernels<double> ORBITWALK_JOIN(lane_kernels_double_, ORBITWALK_TEST_ISA) = {
    apply<double>, words<double>, matrices<double>, ids<double>};
}  // namespace test
}  // namespace orbitwalk
