// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/lyapunov.hpp"

#include <cmath>
#include <cstdio>

#include "laws/no_law.hpp"
#include "laws/registry.hpp"

namespace orbitwalk {
namespace {

JointLaw lyapunov(const Quotient& quotient, const LawContext& context) {
  if (!context.sgd) throw SpecError("it is a law of SGD on linear least squares (model linear with [data])");
  const int i = quotient.component;
  if (i < 0 || i >= context.sgd->mean.size()) throw SpecError("it is a law of single weights of linear least squares");
  const double mean = context.sgd->mean[i], variance = context.sgd->covariance(i, i);
  if (!(variance > 0)) throw NoLaw("SGD has no noise in this weight: its stationary law is a point");
  JointLaw joint;
  joint.log_weight = [=](double z) { return -(z - mean) * (z - mean) / (2 * variance); };
  char text[120];
  std::snprintf(text, sizeof text, "exp(-(z - m)²/2C), m = %.10g, C = %.10g", mean, variance);
  joint.formula = text;
  return joint;
}

}  // namespace

LawInfo lyapunov_law() {
  return {
      .name = "lyapunov",
      .summary =
          "SGD on linear least squares: normal law with the exact stationary mean and variance (discrete Lyapunov "
          "equation)",
      .equation =
          "exp(-(w_i - w*_i)² / 2C_ii), C = (I-ηĤ)C(I-ηĤ) + η²/B [⟨x xᵀC x xᵀ⟩ - HCH + ⟨r² x xᵀ⟩ - λ²w*w*ᵀ + σ²H], Ĥ = "
          "H + λ",
      .applies =
          "SGD, model linear with data; batches with replacement, label noise σ, weight decay λ, momentum: mean and "
          "variance are exact, "
          "the normal shape in the limit of a small learning rate only",
      .source = "moments of the SGD recursion; theory.md section 2, SGD on least squares",
      .joint = lyapunov,
      .in_words = [](const LawContext&) { return std::string("the normal law with SGD's exact moments"); },
      .shortcoming =
          [](const LawContext&, const std::string&) {
            return std::string("its mean and variance are exact, its normal shape is not");
          },
      .of_sgd = "least squares",
      .only_model = "linear",
      .needs_sgd_moments = true};
}

}  // namespace orbitwalk
