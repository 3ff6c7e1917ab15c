// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "least_squares.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

/// f(z) = constant - linear z + quadratic z², from values at 0 and ± scale.
struct Parabola {
  double constant, linear, quadratic;
  Parabola(const std::function<double(double)>& f, double scale) : constant(f(0)) {
    const double above = f(scale), below = f(-scale);
    linear = (below - above) / (2 * scale);
    quadratic = (above / 2 + below / 2 - constant) / (scale * scale);
  }
};

}  // namespace

LeastSquaresSlope LeastSquaresSlope::mirrored() const {
  LeastSquaresSlope other = *this;
  other.cross = -cross;
  other.spread_at = -spread_at;
  return other;
}

LeastSquaresSlope least_squares_slope(const Quotient& quotient, double label_noise) {
  const SampledSlope& sampled = *quotient.sampled;
  // The scale of the weight, sqrt(<y²>/<x²>): there no term of the loss is lost beside another.
  double scale = std::sqrt(2 * quotient.loss(0) / sampled.label);
  if (!(scale > 0 && scale < 1e150)) scale = 1;
  const Parabola loss(quotient.loss, scale), variance(sampled.variance, scale);
  const double at = 2.5 * scale, value = quotient.loss(at);
  if (!(std::abs(value - (loss.constant - loss.linear * at + loss.quadratic * at * at)) <=
        1e-6 * (std::abs(value) + std::abs(loss.constant))))
    throw SpecError("it needs least squares: the loss of one weight is not a parabola");
  LeastSquaresSlope slope;
  slope.curvature = 2 * loss.quadratic;
  slope.cross = loss.linear;
  slope.decay = quotient.decay_on_slice ? quotient.weight_decay : 0;
  slope.factors = int(std::lround(2 / (2 - std::log2(sampled.speed(2) / sampled.speed(1)))));
  slope.speed = sampled.speed(1);
  if (variance.quadratic * scale * scale > 1e-14 * std::abs(variance.constant)) {
    slope.spread = variance.quadratic;
    slope.spread_at = variance.linear / (2 * variance.quadratic);
  }
  const double least = sampled.variance(slope.spread_at);  // rounding of spread_at leaves less than this
  const double rounding = 1e-26 * (std::abs(variance.constant) + slope.spread * slope.spread_at * slope.spread_at);
  slope.floor = (least > rounding ? least : 0) + label_noise * label_noise * sampled.label;
  return slope;
}

}  // namespace orbitwalk
