// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_matrix.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/models/instance_draw.hpp"
#include "kernels/models/model.hpp"
#include "kernels/models/selection.hpp"
#include "kernels/models/vector_pairs.hpp"
#include "kernels/noise/sample_draw.hpp"

namespace orbitwalk {

template <class Kept>
struct CompletionParameters {
  int rows = 0, columns = 0, rank = 0;
  int values = 0;               ///< singular values shown
  bool drawn = false;           ///< M and O are each particle's own
  int truth_rank = 0;           ///< of the M that is drawn
  int samples = 0;              ///< |O|, or 0 without data
  bool hidden_unknown = false;  ///< M is not known where it is not observed, and counts as 0 there
  double keep = 0;
  typename Kept::Array truth = {}, mask = {};  ///< M, and 1 where observed, else 0; n×m row-major, unless drawn
  typename Kept::Array singular = {};          ///< of the M that is drawn

  ORBITWALK_FIELDS(rows, columns, rank, values, drawn, truth_rank, samples, hidden_unknown, keep, truth, mask, singular)
};

/// Matrix completion: W = P Q, P of n rows, Q of m columns, r columns P_j and rows Q_j; θ = (P_1..P_r, Q_1..Q_r). A
/// truth M is observed in some of its entries, O.
///
/// A step keeps each observed entry with probability `keep`, by itself: loss Σ_kept (W - M)²/(nm). The functor's loss
/// is its mean, L = keep/(nm) Σ_O (W - M)². With E = 2 keep/(nm) (W - M) on O, else 0: ∂P = E Qᵀ, ∂Q = Pᵀ E. Symmetry:
/// P_j -> c_j P_j, Q_j -> Q_j/c_j (of all GL(r), which leaves W alone as well); generators, orbit volume and gauges:
/// kernels/models/vector_pairs.hpp. Instance: M = Σ_i s_i u_i v_iᵀ, u and v the first columns of random orthogonal
/// matrices (Haar), and as many observed entries as asked for, each set of them as likely as any other. Its lanes: M
/// (n×m, row by row), then 1 where observed, else 0.
template <class R, int Fixed = 0>
struct Completion : CompletionParameters<Viewed<R>> {
  using Real = R;
  using Parameters = CompletionParameters<Viewed<R>>;
  using Parameters::rows, Parameters::columns, Parameters::rank, Parameters::values, Parameters::drawn;
  using Parameters::truth_rank, Parameters::samples, Parameters::truth, Parameters::mask, Parameters::singular;
  R share;                  // keep
  std::uint32_t threshold;  // keep 2^32; 0: all are kept
  VectorPairs<R> pairs;

  ORBITWALK_HD explicit Completion(const ModelView<R>& view)
      : Parameters(read_parameters<CompletionParameters>(view)), share(R(this->keep)),
        threshold(this->keep < 1 ? std::uint32_t(this->keep * 4294967296.0) : 0), pairs{rows, rank, columns} {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return rank * (rows + columns); }
  ORBITWALK_HD int generators() const { return rank; }
  ORBITWALK_HD int observables() const { return values + rank + 5; }
  ORBITWALK_HD int instance() const { return drawn ? 2 * rows * columns : 0; }
  ORBITWALK_HD int scratch() const {
    const int longer = rows > columns ? rows : columns, widest = longer * (rank > longer ? rank : longer);
    const int observing = widest + rows + columns, drawing = (rows + columns) * truth_rank;
    return observing > drawing ? observing : drawing;
  }

  template <class Lane>
  ORBITWALK_HD void draw_instance(InstanceDraw<Lane>& draw, Lane* theta, Lane* scratch) const {
    Lane *own = theta + parameters(), *u = scratch, *v = scratch + truth_rank * rows;
    draw_orthonormal(draw, u, rows);
    draw_orthonormal(draw, v, columns);
    for (int i = 0; i < rows; ++i) {
      for (int k = 0; k < columns; ++k) {
        Lane sum = broadcast<Lane>(R(0));
        for (int a = 0; a < truth_rank; ++a) sum = fma(u[a * rows + i] * singular[a], v[a * columns + k], sum);
        own[i * columns + k] = sum;
      }
    }
    const int entries = rows * columns;
    Selection<Lane> selection(samples, entries);
    for (int e = 0; e < entries; ++e) {
      own[entries + e] = select(selection.take(draw), broadcast<Lane>(R(1)), broadcast<Lane>(R(0)));
    }
  }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane* scratch) const {
    Lane observed, rest;
    squares(theta, scratch, observed, rest);
    return observed * (share / R(rows * columns));
  }

  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane* scratch) const {
    product(theta, scratch);
    const R factor = R(2) * share / R(rows * columns);
    for (int e = 0; e < rows * columns; ++e) scratch[e] = error(theta, scratch, e) * factor;
    pull_back(theta, scratch, out);
  }

  template <class Lane>
  ORBITWALK_HD void generator(int a, const Lane* theta, Lane* out) const {
    pairs.generator(a, theta, out);
  }

  ORBITWALK_HD int constraints(Gauge) const { return rank; }

  template <class Lane>
  ORBITWALK_HD void gauge(Gauge gauge, const Lane* theta, Lane* out) const {
    pairs.gauge(gauge, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD void gauge_gradient(Gauge gauge, int a, const Lane* theta, Lane* out) const {
    pairs.gauge_gradient(gauge, a, theta, out);
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    return pairs.project_vertical(theta, xi, out);
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    Lane *ratio = out + values, *rest = ratio + rank;
    const int smaller = rows < columns ? rows : columns, longer = rows + columns - smaller;
    Lane observed, unobserved;
    squares(theta, scratch, observed, unobserved);
    rest[3] = unobserved * (R(1) / R(hidden_entries()));
    rest[4] = observed * (share / R(rows * columns));
    Lane* sigma = scratch + longer * (rank > longer ? rank : longer);
    product(theta, scratch);
    sorted_spectrum(scratch, rows, columns, sigma);
    Lane nuclear = sigma[smaller - 1];
    for (int i = 0; i < smaller; ++i) {
      if (i < values) out[i] = sigma[smaller - 1 - i];
      if (i > 0) nuclear = nuclear + sigma[smaller - 1 - i];
    }
    for (int j = 0; j < rank; ++j) ratio[j] = pairs.first_norm(theta, j) / pairs.second_norm(theta, j);
    rest[0] = pairs.log_orbit_volume(theta);
    rest[1] = half_log_det(theta, scratch, sigma);
    rest[2] = nuclear;
  }

  /// The gradient of the kept entries; all data is used at each step, so that a batch has no meaning.
  template <class Lane, class Draw>
  ORBITWALK_HD void minibatch_gradient(const Lane* theta, Lane* out, int, Draw&& draw, Lane* scratch) const {
    const Lane zero = broadcast<Lane>(R(0));
    product(theta, scratch);
    const R factor = R(2) / R(rows * columns);
    for (int e = 0; e < rows * columns; ++e) {
      const Lane pull = error(theta, scratch, e) * factor;
      scratch[e] = threshold == 0 ? pull : select(draw.kept(e, threshold), pull, zero);
    }
    pull_back(theta, scratch, out);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(Completion<R>(view));
  }

 private:
  ORBITWALK_HD int observed_entries() const { return samples > 0 ? samples : rows * columns; }
  /// Of those that `error` is a mean of.
  ORBITWALK_HD int hidden_entries() const {
    return observed_entries() < rows * columns ? rows * columns - observed_entries() : rows * columns;
  }

  template <class Lane>
  ORBITWALK_HD Lane truth_at(const Lane* theta, int e) const {
    return drawn ? theta[parameters() + e] : broadcast<Lane>(truth[e]);
  }
  template <class Lane>
  ORBITWALK_HD Lane mask_at(const Lane* theta, int e) const {
    return drawn ? theta[parameters() + rows * columns + e] : broadcast<Lane>(mask[e]);
  }
  // (W - M)_e where observed, else 0.
  template <class Lane>
  ORBITWALK_HD Lane error(const Lane* theta, const Lane* w, int e) const {
    return (w[e] - truth_at(theta, e)) * mask_at(theta, e);
  }

  template <class Lane>
  ORBITWALK_OUTLINE void product(const Lane* theta, Lane* w) const {
    multiply<Lane>(rows, columns, rank, as_transpose(theta, rows), as_matrix(theta + pairs.place(0), columns),
                   FromProduct(), [=, this](int i, int k, Lane sum) { w[i * columns + k] = sum; });
  }

  // ∂P = E Qᵀ, ∂Q = Pᵀ E.
  template <class Lane>
  ORBITWALK_OUTLINE void pull_back(const Lane* theta, const Lane* e, Lane* out) const {
    const Lane *p = theta, *q = theta + pairs.place(0);
    Lane *dp = out, *dq = out + pairs.place(0);
    multiply<Lane>(rank, rows, columns, as_matrix(q, columns), as_transpose(e, columns), FromProduct(),
                   [=, this](int j, int i, Lane sum) { dp[j * rows + i] = sum; });
    multiply<Lane>(rank, columns, rows, as_matrix(p, rows), as_matrix(e, columns), FromProduct(),
                   [=, this](int j, int k, Lane sum) { dq[j * columns + k] = sum; });
  }

  // Σ (W - M)² over the observed entries, and over the others (over all where there are no others).
  template <class Lane>
  ORBITWALK_HD void squares(const Lane* theta, Lane* w, Lane& observed, Lane& rest) const {
    product(theta, w);
    const bool others = observed_entries() < rows * columns;
    observed = rest = broadcast<Lane>(R(0));
    for (int e = 0; e < rows * columns; ++e) {
      const Lane seen = mask_at(theta, e), difference = w[e] - truth_at(theta, e);
      observed = fma(difference * seen, difference, observed);
      rest = fma(others ? difference * (R(1) - seen) : difference, difference, rest);
    }
  }

  // Singular values, ascending, of a row-major height × width matrix, which is destroyed. A wide one has those of its
  // transpose.
  template <class Lane>
  ORBITWALK_HD static void sorted_spectrum(Lane* a, int height, int width, Lane* sigma) {
    if (height < width) transpose_in_place(a, height, width);
    singular_values(a, height < width ? width : height, height < width ? height : width, sigma);
  }
  // By cycles of the permutation: i width + k goes to k height + i.
  template <class Lane>
  ORBITWALK_HD static void transpose_in_place(Lane* a, int height, int width) {
    const int last = height * width - 1;
    for (int start = 1; start < last; ++start) {
      int at = start;
      do at = at * height % last;
      while (at > start);
      if (at < start) continue;  // of a cycle that was done
      Lane carried = a[start];
      do {
        at = at * height % last;
        const Lane next = a[at];
        a[at] = carried;
        carried = next;
      } while (at != start);
    }
  }

  // 1/2 Σ_ij log(λ_i + μ_j); pairs of zeros that every P and Q of these sizes have are left out.
  template <class Lane>
  ORBITWALK_HD Lane half_log_det(const Lane* theta, Lane* work, Lane* values_of) const {
    const Lane zero = broadcast<Lane>(R(0));
    const int first = rows < rank ? rows : rank, second = columns < rank ? columns : rank;
    Lane *lambda = values_of, *mu = values_of + first;
    for (int i = 0; i < rank * rows; ++i) work[i] = theta[i];
    sorted_spectrum(work, rank, rows, lambda);
    for (int i = 0; i < rank * columns; ++i) work[i] = theta[pairs.place(0) + i];
    sorted_spectrum(work, rank, columns, mu);
    Lane sum = zero;
    for (int i = 0; i < rank; ++i) {
      for (int j = 0; j < rank; ++j) {
        if (i >= first && j >= second) continue;
        const Lane a = i < first ? lambda[i] : zero, b = j < second ? mu[j] : zero;
        sum = fma(log(fma(a, a, b * b)), broadcast<Lane>(R(0.5)), sum);
      }
    }
    return sum;
  }

  // `truth_rank` orthonormal columns of n numbers, one after the other: Gram-Schmidt of Gaussian columns, each twice,
  // which leaves rounding only.
  template <class Lane>
  ORBITWALK_HD void draw_orthonormal(InstanceDraw<Lane>& draw, Lane* columns_of, int n) const {
    for (int a = 0; a < truth_rank; ++a) {
      Lane* column = columns_of + a * n;
      for (int i = 0; i < n; ++i) column[i] = draw.normal();
      for (int pass = 0; pass < 2; ++pass) {
        for (int b = 0; b < a; ++b) {
          const Lane *other = columns_of + b * n, along = dot(column, other, n);
          for (int i = 0; i < n; ++i) column[i] = fma(-along, other[i], column[i]);
        }
        const Lane size = sqrt(dot(column, column, n));
        for (int i = 0; i < n; ++i) column[i] = column[i] / size;
      }
    }
  }
};

}  // namespace orbitwalk
