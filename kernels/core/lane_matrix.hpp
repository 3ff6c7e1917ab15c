// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"

// Products of small matrices in lanes: one particle a lane. Each element of a product is one chain of fma in the order
// of k, from a start that the caller names, so that its bits do not depend on how the elements are grouped. Grouping is
// what makes it fast on the CPU: an M×N tile of sums stays in registers, which takes M + N loads for M N fma instead of
// two for each.
namespace orbitwalk {

/// A matrix whose elements lie at fixed strides. Element: a lane type, or its Real for numbers that all particles
/// share.
template <class Element>
struct MatrixView {
  const Element* at;
  int row, column;  ///< from one row to the next, and from one column to the next
  ORBITWALK_HD const Element& operator()(int i, int j) const { return at[i * row + j * column]; }
};
/// Row-major with `columns` columns.
template <class Element>
ORBITWALK_HD MatrixView<Element> as_matrix(const Element* at, int columns) {
  return {at, columns, 1};
}
/// The transpose of a row-major matrix with `columns` columns.
template <class Element>
ORBITWALK_HD MatrixView<Element> as_transpose(const Element* at, int columns) {
  return {at, 1, columns};
}

/// Start of a chain whose first term is a product, as in dot(): it differs from an fma with 0 in the sign of zeros.
struct FromProduct {};
/// Start of a chain at 0.
template <class Lane>
struct FromZero {
  ORBITWALK_HD Lane operator()(int, int) const { return broadcast<Lane>(RealOf<Lane>(0)); }
};

/// Shape of a tile: as many sums as registers hold beside a column of A and an element of B; `chains` sums of a product
/// with a vector hide the latency of fma. All 1, hence the plain loop, on the GPU, where other threads hide loads and
/// latency and registers are dear, on scalars, and where fma is a call, over which no vector register is kept.
template <class Lane>
struct MatrixTile {
  static constexpr int rows = 1, columns = 1, chains = 1;
};
#if !defined(__CUDACC__)
template <class R>
struct MatrixTile<Pack<R, isa::Avx2>> {  // 16 registers
  static constexpr int rows = 3, columns = 4, chains = 8;
};
template <class R>
struct MatrixTile<Pack<R, isa::Avx512>> {  // 32 registers; larger tiles gain nothing over 4×4
  static constexpr int rows = 4, columns = 4, chains = 8;
};
#endif

namespace detail {

template <int M, int N, class Lane, class A, class B, class Start, class Store>
ORBITWALK_HD void multiply_tile(int i, int j, int depth, const A& a, const B& b, const Start& start,
                                const Store& store) {
  constexpr bool from_product = std::is_same_v<Start, FromProduct>;
  Lane sum[M][N];
  ORBITWALK_UNROLL
  for (int p = 0; p < M; ++p) {
    ORBITWALK_UNROLL
    for (int q = 0; q < N; ++q) {
      if constexpr (from_product) sum[p][q] = a(i + p, 0) * b(0, j + q);
      else sum[p][q] = start(i + p, j + q);
    }
  }
  for (int k = from_product ? 1 : 0; k < depth; ++k) {
    ORBITWALK_UNROLL
    for (int q = 0; q < N; ++q) {
      ORBITWALK_UNROLL
      for (int p = 0; p < M; ++p) sum[p][q] = fma(Lane(a(i + p, k)), Lane(b(k, j + q)), sum[p][q]);
    }
  }
  ORBITWALK_UNROLL
  for (int p = 0; p < M; ++p) {
    ORBITWALK_UNROLL
    for (int q = 0; q < N; ++q) store(i + p, j + q, sum[p][q]);
  }
}

// Rows i to i + M - 1 from column j on.
template <int M, int N, class Lane, class A, class B, class Start, class Store>
ORBITWALK_HD void multiply_rows(int i, int j, int columns, int depth, const A& a, const B& b, const Start& start,
                                const Store& store) {
  for (; j + N <= columns; j += N) multiply_tile<M, N, Lane>(i, j, depth, a, b, start, store);
  if constexpr (N > 1) {
    for (; j < columns; ++j) multiply_tile<M, 1, Lane>(i, j, depth, a, b, start, store);
  }
}

template <int M, int N, bool upper, class Lane, class A, class B, class Start, class Store>
ORBITWALK_HD void multiply_tiles(int rows, int columns, int depth, const A& a, const B& b, const Start& start,
                                 const Store& store) {
  int i = 0;
  for (; i + M <= rows; i += M) multiply_rows<M, N, Lane>(i, upper ? i : 0, columns, depth, a, b, start, store);
  if constexpr (M > 1) {
    for (; i < rows; ++i) multiply_rows<1, N, Lane>(i, upper ? i : 0, columns, depth, a, b, start, store);
  }
}

}  // namespace detail

/// store(i, j, start(i, j) + Σ_k a(i, k) b(k, j)) for i < rows and j < columns; the sum is by fma, k = 0, ..., depth -
/// 1 in this order. `start` is a function or FromProduct(). `store` must not change what is read for other elements.
template <class Lane, class A, class B, class Start, class Store>
ORBITWALK_HD void multiply(int rows, int columns, int depth, const A& a, const B& b, const Start& start,
                           const Store& store) {
  using Tile = MatrixTile<Lane>;
  detail::multiply_tiles<Tile::rows, Tile::columns, false, Lane>(rows, columns, depth, a, b, start, store);
}

/// store(i, j, Σ_k a(i, k) a(j, k)) for all i <= j < rows (and for some i > j, with the same bits), from the product.
template <class Lane, class Store>
ORBITWALK_HD void multiply_by_own_transpose(int rows, int depth, const MatrixView<Lane>& a, const Store& store) {
  using Tile = MatrixTile<Lane>;
  const MatrixView<Lane> transposed{a.at, a.column, a.row};
  detail::multiply_tiles<Tile::rows, Tile::columns, true, Lane>(rows, rows, depth, a, transposed, FromProduct(), store);
}

/// store(i, start(i) + Σ_k a(i, k) x[k]) for i < rows; otherwise as multiply.
template <class Lane, class A, class X, class Start, class Store>
ORBITWALK_HD void multiply_vector(int rows, int depth, const A& a, const MatrixView<X>& x, const Start& start,
                                  const Store& store) {
  detail::multiply_tiles<MatrixTile<Lane>::chains, 1, false, Lane>(rows, 1, depth, a, x, start, store);
}

}  // namespace orbitwalk
