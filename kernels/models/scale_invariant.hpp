// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/models/model.hpp"

namespace orbitwalk {

template <class Kept>
struct ScaleInvariantParameters {
  int dimension = 0;
  typename Kept::Real strength = 0, weight_decay = 0;

  ORBITWALK_FIELDS(dimension, strength, weight_decay)
};

/// θ ∈ R^d, L = -strength θ_1/|θ|, which does not see the length of θ, as weights before a normalisation layer do;
/// optional weight_decay/2 |θ|². Group R₊, θ -> c θ; not isometric. Let r = |θ| and c = θ_1/r, the cosine.
///
/// Gradient: -strength/r (e_1 - c θ/r) + weight_decay θ. Generator: ξ = θ, log v = log r.
/// Laws. Isotropic noise with weight decay λ: exp(-(L + λ r²/2)/T) in R^d is a product, r ~ r^{d-1} exp(-λ r²/2T) and
/// c ~ (1 - c²)^{(d-3)/2} exp(strength c/T). Projected noise: Itô's formula for r² and for θ/r gives
///   d(r²) = 2 (α² (d-1) + β² - λ r²) dt + 2√2 β r dB,  and for θ/r diffusion on the sphere at temperature α², slowed by 1/r²,
/// with B apart from the noise on the sphere. So the law of c is the same for every β (T = α²) and every law of r, and
///   r ~ r^{(d-1) α²/β²} exp(-λ r²/2β²);  for β = 0, r² -> α² (d-1)/λ without any noise.
/// That is not the quotient law of an isometric group, r^{d-1} v^{-(1-β²/α²)} exp(-λ r²/2α²): only c is given to the
/// laws. Without weight decay r grows for ever and the law of c is reached slowly, in the time ∫ dt/r².
template <class R, int Fixed = 0>
struct ScaleInvariant : ScaleInvariantParameters<Viewed<R>> {
  using Real = R;
  using Parameters = ScaleInvariantParameters<Viewed<R>>;
  using Parameters::dimension, Parameters::strength, Parameters::weight_decay;

  ORBITWALK_HD explicit ScaleInvariant(const ModelView<R>& view)
      : Parameters(read_parameters<ScaleInvariantParameters>(view)) {}

  static constexpr int fixed_parameters = 0;
  ORBITWALK_HD int parameters() const { return dimension; }
  ORBITWALK_HD int generators() const { return 1; }
  ORBITWALK_HD int observables() const { return 3; }
  ORBITWALK_HD int scratch() const { return 0; }

  template <class Lane>
  ORBITWALK_HD Lane loss(const Lane* theta, Lane*) const {
    const Lane square = dot(theta, theta, dimension);
    return fma(square, broadcast<Lane>(R(0.5) * weight_decay), ratio_or_zero(theta[0], sqrt(square)) * (-strength));
  }

  /// 0 at the origin, where the loss has no gradient.
  template <class Lane>
  ORBITWALK_HD void gradient(const Lane* theta, Lane* out, Lane*) const {
    const Lane square = dot(theta, theta, dimension), length = sqrt(square);
    const Lane slope = ratio_or_zero(broadcast<Lane>(strength), length);
    const Lane pull = fma(slope, ratio_or_zero(theta[0], square), broadcast<Lane>(weight_decay));
    for (int i = 0; i < dimension; ++i) out[i] = pull * theta[i];
    out[0] = out[0] - slope;
  }

  template <class Lane>
  ORBITWALK_HD void generator(int, const Lane* theta, Lane* out) const {
    for (int i = 0; i < dimension; ++i) out[i] = theta[i];
  }

  template <class Lane>
  ORBITWALK_HD MaskOf<Lane> project_vertical(const Lane* theta, const Lane* xi, Lane* out, Lane*) const {
    const Lane square = dot(theta, theta, dimension);
    const Lane along = ratio_or_zero(dot(theta, xi, dimension), square);
    for (int i = 0; i < dimension; ++i) out[i] = along * theta[i];
    return square <= broadcast<Lane>(R(0));
  }

  template <class Lane>
  ORBITWALK_HD void observe(const Lane* theta, Lane* out, Lane* scratch) const {
    out[0] = sqrt(dot(theta, theta, dimension));
    out[1] = ratio_or_zero(theta[0], out[0]);
    out[2] = loss(theta, scratch);
  }

  template <class Visit>
  static void dispatch(const ModelView<R>& view, Visit&& visit) {
    visit(ScaleInvariant<R>(view));
  }
};

}  // namespace orbitwalk
