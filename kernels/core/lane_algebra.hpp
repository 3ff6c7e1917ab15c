// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/pack.hpp"

// Small dense algebra in lanes: one particle a lane, matrices row-major in the particle's own memory. Every loop has a
// length that does not depend on the values, so that lanes never wait for each other and all backends do the same work.
namespace orbitwalk {

/// Σ a_i b_i, in the order of i, by fma.
template <class Lane>
ORBITWALK_HD Lane dot(const Lane* a, const Lane* b, int n) {
  Lane sum = a[0] * b[0];
  for (int i = 1; i < n; ++i) sum = fma(a[i], b[i], sum);
  return sum;
}

/// a / b where b is positive, else 0.
template <class Lane>
ORBITWALK_HD Lane ratio_or_zero(Lane a, Lane b) {
  const Lane zero = broadcast<Lane>(RealOf<Lane>(0));
  const auto good = zero < b;
  return select(good, a / select(good, b, broadcast<Lane>(RealOf<Lane>(1))), zero);
}

/// Sorts ascending by a fixed network of exchanges.
template <class Lane>
ORBITWALK_HD void sort_ascending(Lane* a, int n) {
  for (int end = n - 1; end > 0; --end) {
    for (int i = 0; i < end; ++i) {
      const Lane low = min(a[i], a[i + 1]), high = max(a[i + 1], a[i]);
      a[i] = low;
      a[i + 1] = high;
    }
  }
}

namespace detail {
/// Tangent of the Jacobi rotation that annihilates `off`, and its cosine: t = sgn(τ)/(|τ| + sqrt(1 + τ²)), τ = gap/(2
/// off).
template <class Lane>
ORBITWALK_HD void jacobi_rotation(Lane gap, Lane off, Lane& tangent, Lane& cosine) {
  using R = RealOf<Lane>;
  const Lane one = broadcast<Lane>(R(1)), zero = broadcast<Lane>(R(0));
  const auto nothing = abs(off) <= zero;
  const Lane tau = gap / select(nothing, one, off + off);
  const Lane t = copysign(one / (abs(tau) + sqrt(fma(tau, tau, one))), tau);
  tangent = select(nothing, zero, t);
  cosine = one / sqrt(fma(tangent, tangent, one));
}
template <class R>
inline constexpr int jacobi_sweeps = sizeof(R) == 4 ? 7 : 9;
template <class R>
inline constexpr int one_sided_sweeps = sizeof(R) == 4 ? 9 : 14;  // graded spectra converge later
}  // namespace detail

/// Eigenvalues of a symmetric n×n matrix, ascending, by cyclic Jacobi with a fixed number of sweeps (convergence is
/// quadratic: 7 sweeps in float and 9 in double leave rounding only, for n up to some tens). `a` is destroyed.
template <class Lane>
ORBITWALK_HD void symmetric_eigenvalues(Lane* a, int n, Lane* eigenvalues) {
  for (int sweep = 0; sweep < detail::jacobi_sweeps<RealOf<Lane>>; ++sweep) {
    for (int p = 0; p < n - 1; ++p) {
      for (int q = p + 1; q < n; ++q) {
        Lane t, c;
        const Lane off = a[p * n + q];
        detail::jacobi_rotation(a[q * n + q] - a[p * n + p], off, t, c);
        const Lane s = t * c;
        a[p * n + p] = fma(-t, off, a[p * n + p]);
        a[q * n + q] = fma(t, off, a[q * n + q]);
        a[p * n + q] = a[q * n + p] = broadcast<Lane>(RealOf<Lane>(0));
        for (int i = 0; i < n; ++i) {
          if (i == p || i == q) continue;
          const Lane ip = a[i * n + p], iq = a[i * n + q];
          const Lane new_p = fma(c, ip, -(s * iq)), new_q = fma(s, ip, c * iq);
          a[i * n + p] = a[p * n + i] = new_p;
          a[i * n + q] = a[q * n + i] = new_q;
        }
      }
    }
  }
  for (int i = 0; i < n; ++i) eigenvalues[i] = a[i * n + i];
  sort_ascending(eigenvalues, n);
}

/// Singular values of an m×n matrix (n <= m gives all; n values), ascending, by one-sided Jacobi on the columns with a
/// fixed number of sweeps: accurate also for the small ones. `a` is destroyed.
template <class Lane>
ORBITWALK_HD void singular_values(Lane* a, int m, int n, Lane* values) {
  for (int sweep = 0; sweep < detail::one_sided_sweeps<RealOf<Lane>>; ++sweep) {
    for (int p = 0; p < n - 1; ++p) {
      for (int q = p + 1; q < n; ++q) {
        const Lane zero = broadcast<Lane>(RealOf<Lane>(0));
        Lane pp = zero, qq = zero, pq = zero, t, c;
        for (int i = 0; i < m; ++i) {
          pp = fma(a[i * n + p], a[i * n + p], pp);
          qq = fma(a[i * n + q], a[i * n + q], qq);
          pq = fma(a[i * n + p], a[i * n + q], pq);
        }
        detail::jacobi_rotation(qq - pp, pq, t, c);
        const Lane s = t * c;
        for (int i = 0; i < m; ++i) {
          const Lane ip = a[i * n + p], iq = a[i * n + q];
          a[i * n + p] = fma(c, ip, -(s * iq));
          a[i * n + q] = fma(s, ip, c * iq);
        }
      }
    }
  }
  for (int j = 0; j < n; ++j) {
    Lane sum = a[j] * a[j];
    for (int i = 1; i < m; ++i) sum = fma(a[i * n + j], a[i * n + j], sum);
    values[j] = sqrt(sum);
  }
  sort_ascending(values, n);
}

/// LU factors of an n×n matrix in its place, without exchanges of rows: for matrices near a positive definite one. A
/// singular matrix leaves non-finite numbers.
template <class Lane>
ORBITWALK_HD void factor_lu(Lane* a, int n) {
  for (int p = 0; p < n; ++p) {
    const Lane inverse = broadcast<Lane>(RealOf<Lane>(1)) / a[p * n + p];
    for (int i = p + 1; i < n; ++i) {
      const Lane m = a[i * n + p] * inverse;
      a[i * n + p] = m;
      for (int j = p + 1; j < n; ++j) a[i * n + j] = fma(-m, a[p * n + j], a[i * n + j]);
    }
  }
}

/// Solves with the factors of factor_lu; `x` holds the right-hand side, then the solution.
template <class Lane>
ORBITWALK_HD void solve_lu(const Lane* lu, int n, Lane* x) {
  for (int i = 1; i < n; ++i) {
    for (int j = 0; j < i; ++j) x[i] = fma(-lu[i * n + j], x[j], x[i]);
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int j = i + 1; j < n; ++j) x[i] = fma(-lu[i * n + j], x[j], x[i]);
    x[i] = x[i] / lu[i * n + i];
  }
}

}  // namespace orbitwalk
