// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>

// Orbits by numbers (host, double): everything that the generators alone say about the orbit through a point. It is
// what closed forms are held against, and what says where they fail; simulation does not use it.
namespace orbitwalk {

/// The generators at θ ∈ R^d as the columns of a d × k matrix F(θ): ξ_a(θ) = F e_a.
using Frame = std::function<Eigen::MatrixXd(const Eigen::VectorXd& theta)>;

/// Singular values of F below this share of the largest one count as 0. Their rounding error is some tens of ε =
/// 2.2e-16, so that an orbit a factor 1e-10 thinner in one direction than in another is still told from a smaller one.
inline constexpr double rank_tolerance = 1e-11;

/// The orbit at one point, from F = Σ_i σ_i t_i n_iᵀ (singular value decomposition; Γ = FᵀF is not formed, which would
/// square the condition). Lengths in the units of θ.
struct Orbit {
  Eigen::MatrixXd frame;            ///< F, d × k
  Eigen::VectorXd singular_values;  ///< all min(d, k) of F, descending
  int rank = 0;                     ///< dimension of the orbit: how many singular values count
  Eigen::MatrixXd tangent;          ///< d × rank, orthonormal columns: the vertical space
  Eigen::MatrixXd inverse;          ///< k × d: the pseudo-inverse F⁺ over the rank
  /// log v = 1/2 log det Γ (theory: section 1) as a pseudo-determinant: Σ log σ_i over the singular values that count.
  /// Where generators are dependent everywhere (rotations of a point) this is the volume; where they become so at this
  /// point alone it is the volume of a smaller orbit, not the limit -∞: compare `rank` with generic_rank().
  double log_volume = 0;

  /// Dimension of the stabiliser of θ, k - rank, for generators that are a basis of the group's Lie algebra.
  int stabiliser() const { return int(frame.cols()) - rank; }
  /// Γ_ab = <ξ_a, ξ_b>, k × k.
  Eigen::MatrixXd gram() const { return frame.transpose() * frame; }
  /// P_V ξ, and P_H ξ = ξ - P_V ξ.
  Eigen::VectorXd vertical(const Eigen::VectorXd& xi) const { return tangent * (tangent.transpose() * xi); }
  Eigen::VectorXd horizontal(const Eigen::VectorXd& xi) const { return xi - vertical(xi); }
};

Orbit orbit_at(const Frame& frame, const Eigen::VectorXd& theta, double tolerance = rank_tolerance);

/// The rank at almost every point (that of the principal orbits): the largest one among `points` standard normal θ ∈
/// R^d. A point with a smaller rank lies on a smaller orbit, of a larger stabiliser.
int generic_rank(const Frame& frame, int d, int points = 8, std::uint64_t seed = 1);

/// ∇ log v = Σ_i e_i tr(F⁺ ∂_i F), ∂_i F by five-point differences: exact up to rounding for linear actions, F(θ) =
/// (X_a θ)_a. NumericalError where the rank of F is smaller than next to θ: log v has no gradient there.
Eigen::VectorXd log_volume_gradient(const Frame& frame, const Eigen::VectorXd& theta);

/// Mean curvature vector of the orbit (trace of the second fundamental form, not divided by the dimension):
///   H = Σ_ab (Γ⁺)_ab P_H D_{ξ_a} ξ_b,
/// for X_a linear P_H Σ_ab (Γ⁺)_ab X_b X_a θ, while ∇ log v = Σ_ab (Γ⁺)_ab X_bᵀ X_a θ. Hence, with P_H ∇ log v = ∇ log
/// v when G acts by isometries (theory: section 1),
///   X skew (isometries):    H = -∇ log v;
///   X symmetric (rescaling): H = +P_H ∇ log v;
///   GL(r): neither.
/// Noise sqrt(2) (α P_H + β P_V) dW moves every invariant like isotropic noise of intensity α and the extra drift
/// (α² - β²) H, whatever the group, for tr(P_V ∇²f) = -<H, ∇f> when f is invariant. At any rank.
/// Source: arXiv 2602.12257 for isometries; the general case follows from the lines above.
Eigen::VectorXd mean_curvature(const Frame& frame, const Eigen::VectorXd& theta);

/// log sqrt(det J Jᵀ) of a gauge from its Jacobian J = ∂χ/∂θ (constraints × d): minus the exponent of the co-area
/// weight (theory: section 2, gauge slice). -∞ where the gradients are dependent: χ = 0 is then no slice.
double log_gauge_volume(const Eigen::MatrixXd& jacobian);

}  // namespace orbitwalk
