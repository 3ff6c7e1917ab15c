// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "geometry/quotient.hpp"

namespace orbitwalk {

/// Least squares in one weight z = s^D (D factors on their balanced set, arc length s), by numbers. The law of SGD's
/// diffusion limit needs slopes near z = 0 to full relative accuracy, which differences of the loss do not give.
struct LeastSquaresSlope {
  double curvature = 0;  ///< h: U'(z) = h z - cross
  double cross = 0;      ///< b
  double decay = 0;      ///< λ: weight decay λ/2 |θ|² adds λ z^{2/D - 1}, z > 0
  int factors = 1;       ///< D: (dz/ds)² = speed z^{2 - 2/D}
  double speed = 1;
  double spread = 0;  ///< noise Σ(z) = spread (z - spread_at)² + floor, label noise included
  double spread_at = 0;
  double floor = 0;

  double noise(double z) const { return spread * (z - spread_at) * (z - spread_at) + floor; }
  /// The same seen in -z.
  LeastSquaresSlope mirrored() const;
};

/// Reads the numbers off a quotient with `sampled`. SpecError where its loss is not a parabola.
LeastSquaresSlope least_squares_slope(const Quotient& quotient, double label_noise);

}  // namespace orbitwalk
