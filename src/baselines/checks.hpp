// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstdio>
#include <string>

#include "baselines/optimum.hpp"

// What the baselines ask of their input and promise of their output.
namespace orbitwalk {

inline void check_regression(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, const char* name) {
  const std::string who = name;
  if (a.rows() != y.size()) {
    throw SpecError(who + ": the matrix has " + std::to_string(a.rows()) + " rows, but there are " +
                    std::to_string(y.size()) + " targets");
  }
  if (a.rows() == 0 || a.cols() == 0) throw SpecError(who + ": the matrix is empty");
  if (!a.allFinite() || !y.allFinite()) throw SpecError(who + ": a number of the data is not finite");
}

inline void check_tolerance(double tolerance, const char* name) {
  if (!(tolerance > 0 && tolerance < 1))
    throw SpecError(std::string(name) + ": the tolerance must lie between 0 and 1");
}

/// The promise of baselines.hpp: a certificate, or NumericalError. Written so that NaN fails.
template <class X>
void check_certificate(const BasicOptimum<X>& optimum, double tolerance, const char* name) {
  const double scale = std::max(optimum.value, optimum.x.cwiseAbs().maxCoeff());
  if (optimum.x.allFinite() && optimum.gap() <= tolerance * scale) return;
  char text[200];
  std::snprintf(text, sizeof text,
                "%s: not solved to the tolerance %.3g: value %.10g, lower bound %.10g after %d iterations", name,
                tolerance, optimum.value, optimum.bound, optimum.iterations);
  throw NumericalError(text);
}

}  // namespace orbitwalk
