// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/standard.hpp"

// What a backend adds up. Everything here is either an integer count or a double sum in an order that is fixed by
// particle ids and times, so that the result has the same bits however the work is divided.
namespace orbitwalk {

/// Particles of a block: the leaves of the fixed reduction tree, and the smallest piece of work.
inline constexpr int block_size = 256;

/// One observed quantity and its histogram of equal bins on [lower, lower + bins / inverse_width).
struct ObservedSpec {
  int index = 0;  ///< among the model's observables
  int bins = 1;
  std::uint64_t offset = 0;  ///< of its first cell among the cells of one batch and half
  double lower = 0, inverse_width = 1;
  double center = 0;    ///< moments are taken about it, against cancellation
  int series_row = -1;  ///< among the quantities of the series; -1: not in it
};

/// Cells of a histogram: its bins, then values below, values above, non-finite values.
inline constexpr int extra_cells = 3;

ORBITWALK_HD int histogram_cell(const ObservedSpec& spec, double x) {
  if (!is_finite(x)) return spec.bins + 2;
  const double position = (x - spec.lower) * spec.inverse_width;
  if (position < 0) return spec.bins;
  if (position >= spec.bins) return spec.bins + 1;
  return static_cast<int>(position);
}

/// Sums over the times of one particle, about spec.center.
struct ParticleMoments {
  double sum = 0, square = 0, minimum = 0, maximum = 0;
  std::uint64_t count = 0;
};

ORBITWALK_HD void add(ParticleMoments& moments, const ObservedSpec& spec, double x) {
  if (!is_finite(x)) return;
  const double y = x - spec.center;
  moments.sum = moments.sum + y;
  moments.square = moments.square + y * y;
  moments.minimum = moments.count == 0 || x < moments.minimum ? x : moments.minimum;
  moments.maximum = moments.count == 0 || x > moments.maximum ? x : moments.maximum;
  moments.count += 1;
}

/// Sums over particles: with b the mean over times of a particle and a the mean of its squares (about the centre),
/// particles Σ1, Σb, Σa, Σb², Σab, Σa². Particles without an observation are left out.
struct BlockSums {
  double particles = 0, b = 0, a = 0, bb = 0, ab = 0, aa = 0;
  double minimum = 0, maximum = 0;
};

ORBITWALK_HD BlockSums leaf(const ParticleMoments& moments) {
  BlockSums sums;
  if (moments.count == 0) return sums;
  const double n = static_cast<double>(moments.count), b = moments.sum / n, a = moments.square / n;
  sums.particles = 1;
  sums.b = b;
  sums.a = a;
  sums.bb = b * b;
  sums.ab = a * b;
  sums.aa = a * a;
  sums.minimum = moments.minimum;
  sums.maximum = moments.maximum;
  return sums;
}

/// One node of the fixed tree: left + right.
ORBITWALK_HD BlockSums combine(const BlockSums& left, const BlockSums& right) {
  BlockSums sums;
  sums.particles = left.particles + right.particles;
  sums.b = left.b + right.b;
  sums.a = left.a + right.a;
  sums.bb = left.bb + right.bb;
  sums.ab = left.ab + right.ab;
  sums.aa = left.aa + right.aa;
  const bool only_left = right.particles == 0, only_right = left.particles == 0;
  sums.minimum = only_left || (!only_right && left.minimum < right.minimum) ? left.minimum : right.minimum;
  sums.maximum = only_left || (!only_right && left.maximum > right.maximum) ? left.maximum : right.maximum;
  return sums;
}

/// A fixed tree over the particles of a block: 128 pairs, 64 pairs, ..., the same on every backend. Caller: a type that
/// keeps copies compiled for different instruction sets apart.
template <class Caller>
inline BlockSums reduce_block(const ParticleMoments* moments) {
  BlockSums node[block_size];
  for (int i = 0; i < block_size; ++i) node[i] = leaf(moments[i]);
  for (int half = block_size / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) node[i] = combine(node[i], node[i + half]);
  }
  return node[0];
}

}  // namespace orbitwalk
