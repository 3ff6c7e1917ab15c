// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

namespace orbitwalk {

/// SGD on linear least squares, L = 1/(2N) |Xw - y|² + λ/2 |w|²: each step draws B samples with replacement and
///   g = 1/B Σ_b x_b (x_b·w - y_b - σ ξ_b) + λ w,   u <- μ u - η g,   w <- w + u,   ξ ~ N(0, 1) fresh each time.
/// A Gaussian gradient of the same mean and covariance (the surrogate) has the same two moments.
struct SgdSetting {
  Eigen::MatrixXd x;         ///< N samples × c features
  Eigen::VectorXd y;         ///< N targets
  double learning_rate = 0;  ///< η > 0
  int batch = 1;             ///< B >= 1
  bool full = false;         ///< every step uses all N samples instead: no noise but that of the labels, σ²H/N
  double label_noise = 0;    ///< σ >= 0
  double weight_decay = 0;   ///< λ >= 0
  double momentum = 0;       ///< μ in [0, 1)
  /// false leaves out the noise's dependence on w (what a fixed S in the Lyapunov equation does)
  bool multiplicative = true;
};

/// First two moments of the stationary weights.
struct SgdMoments {
  Eigen::VectorXd mean;        ///< c: the ridge solution w*, (XᵀX/N + λ) w* = Xᵀy/N
  Eigen::MatrixXd covariance;  ///< c × c
  int iterations = 0;          ///< of the fixed point; its relative residual is below 1e-13
};

/// The exact stationary mean and covariance, for any η, B, σ, λ, μ for which they exist.
///
/// With H = XᵀX/N, Ĥ = H + λ, A = I - ηĤ, residuals r = x·w* - y and all averages over the data, C solves (μ = 0)
///   C = A C A + η² N(C),
///   N(C) = 1/B [⟨x xᵀC x xᵀ⟩ - H C H + ⟨r² x xᵀ⟩ - λ² w* w*ᵀ] + σ²/B H.
/// With momentum the same noise enters the pair (w - w*, u). The map without the first two terms of N is inverted in
/// the eigenbasis of H, where it decouples into pairs of directions; the rest is a geometric series, summed to its end
/// once the ratio of two terms, the spectral radius of the map, has settled: below 1 exactly when the covariance
/// exists. Cost: N c² + c³ for each iteration, some tens of them.
///
/// Throws SpecError when the shapes disagree, a number is out of range, Ĥ is singular (directions that the data does
/// not see keep their start); NoLaw (laws/no_law.hpp) when the learning rate is too large for a stationary mean or
/// covariance; NumericalError when 5000 iterations, or 10¹¹ multiplications, are not enough. Source: theory.md section
/// 2, SGD on least squares (discrete Lyapunov equation).
SgdMoments stationary_moments(const SgdSetting& setting);

}  // namespace orbitwalk
