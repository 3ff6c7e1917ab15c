// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "geometry/quotient.hpp"

// What the laws need to know of products of factors under rescaling, shared by the models that are made of them.
namespace orbitwalk {

/// w = u_1 ... u_D of scalars under D-1 rescalings; weight decay λ/2 Σ u_a², U(w) apart from it.
/// On the balanced set |u_1| = ... = |u_D| = t: |w| = t^D, arc length √D dt, v = √D t^{D-1} = volume of the generators
/// (u_a, -u_{a+1}), so in |w|
///   moment-map slice       t^{-(D-1)} dt       |w|^{2/D-2}
///   norm_difference        dt                  |w|^{1/D-1}   (the gradients of |u_a| - |u_{a+1}| have a constant Gram matrix)
///   horizontal noise       dt                  |w|^{1/D-1}   (the balanced set is straight lines, whose tangent is horizontal)
///   weight decay there     λ/2 D |w|^{2/D}.
/// For D = 2 and isotropic noise the law in R² is exp(-U/T) K₀(λ|w|/T) (theory.md section 2); for D > 2 it is a Meijer
/// G-function, which is left out. Both signs of w have the same measure; but for even D horizontal noise cannot change
/// the sign, so that its law holds on each side alone: compare inside a window of one sign.
Invariant scalar_product_invariant(int factors, double weight_decay, std::function<double(double)> loss);

/// s = |a||b|, a ∈ R^m, b ∈ R^n under a -> a/c, b -> c b, where the loss is U(s) + λ/2 (|a|² + |b|²). On |a| = |b| = √s
///   moment-map slice       s^{(m+n-4)/2}       (surface s^{(m+n-3)/2} ds over v = √(2s))
///   norm_difference        s^{(m+n-3)/2}
///   horizontal noise       s^{(m+n-3)/2}       for m = n only: else d(|b|² - |a|²) has the drift 2T(n - m) where balanced
///   weight decay there     λ s
/// and for isotropic noise s^{(m+n)/2-1} K_{(n-m)/2}(λ s/T) exp(-U/T), from |b|/|a| = exp(2t), |a|² + |b|² = 2 s cosh
/// 2t.
Invariant norm_product_invariant(int m, int n, double weight_decay, std::function<double(double)> loss);

}  // namespace orbitwalk
