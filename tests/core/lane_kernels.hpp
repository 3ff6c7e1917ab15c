// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// What each instruction set's build of lane_kernels.cpp offers: plain functions over plain arrays, so that nothing but
// the lane code itself is compiled with its flags.
namespace orbitwalk::test {

#define ORBITWALK_LANE_OPERATIONS(X)                                                                                  \
  X(add)                                                                                                              \
  X(subtract)                                                                                                         \
  X(multiply)                                                                                                         \
  X(divide) X(negate) X(fma) X(square_root) X(abs) X(min) X(max) X(copysign) X(less) X(less_equal) X(greater)         \
      X(greater_equal) X(equal) X(not_equal) X(and_not) X(any_less) X(all_less) X(count_less) X(is_finite)            \
          X(real_right) X(real_left) X(compound) X(lane_access) X(gather) X(log) X(log_normal) X(exp) X(tanh) X(sine) \
              X(cosine)

#define ORBITWALK_LANE_ENUMERATOR(name) name,
enum class LaneOperation { ORBITWALK_LANE_OPERATIONS(ORBITWALK_LANE_ENUMERATOR) count };
#undef ORBITWALK_LANE_ENUMERATOR

/// Functions of kernels/core/lane_matrix.hpp: C = A B, start + A B, start + Aᵀ B, A Bᵀ, start + A B with numbers B that
/// all lanes share, A Aᵀ (the upper half), start + A b with b the first column of B.
enum class MatrixOperation { product, add, transposed, by_transpose, shared, own_transpose, vector, count };

/// Lanes are taken in groups of this many, for operations whose result spans them (any_less and so on).
inline constexpr int lane_group = 16;
inline constexpr int most_elements = 256;

template <class R>
struct LaneKernels {
  /// out[i] = op(a[i], b[i], c[i]) for i < n, a multiple of lane_group.
  void (*apply)(LaneOperation op, int n, const R* a, const R* b, const R* c, R* out);
  /// Operations on words: out[8 i ..] = a ^ b, a & b, a << 5, a >> 7, a + b, mulhi(a, 1000003), a == b, a < b.
  void (*words)(int n, const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* out);
  /// One group of lanes; element e of lane l at [e * lane_group + l], sizes up to most_elements; all row-major as they
  /// stand, so that A is depth × rows where it is transposed. `shared` takes B's numbers from lane 0.
  void (*matrices)(MatrixOperation op, int rows, int columns, int depth, const R* a, const R* b, const R* start,
                   R* out);
  /// low and high words of consecutive_ids(first) and then of same_id(first), n each.
  void (*ids)(int n, std::uint64_t first, std::uint32_t* out);
};

#define ISA(name)                                            \
  extern const LaneKernels<float> lane_kernels_float_##name; \
  extern const LaneKernels<double> lane_kernels_double_##name;
ISA(Scalar) ISA(Wide) ISA(Generic) ISA(Avx2) ISA(Avx512)
#undef ISA

}  // namespace orbitwalk::test
