// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "models/functor.hpp"

// The models under test, and the random points at which they are tested.
namespace orbitwalk::test {

struct ModelCase {
  std::string name;       ///< of the registry
  std::string title;      ///< letters and digits
  std::string toml;       ///< [model] and [data]
  bool data = false;      ///< a teacher's, of 37 samples
  bool instance = false;  ///< each particle's own; here that of particle 0
  friend void PrintTo(const ModelCase& model, std::ostream* out) { *out << model.title; }
};

/// Every registered model by its name alone, then other sizes, then data.
std::vector<ModelCase> model_cases();
/// Those whose group acts and whose loss has no weight decay to break it.
std::vector<ModelCase> symmetric_cases();
ModelDescription describe(const ModelCase& model);
std::string title_of(const testing::TestParamInfo<ModelCase>& info);

/// Seed of all random points; printed where a test fails.
inline constexpr std::uint64_t point_seed = 20260117;

/// Points of the spread of the model's own initial state, and directions of unit length.
class Points {
 public:
  explicit Points(const ModelDescription& model, std::uint64_t seed = point_seed)
      : initial_(model.initial), generator_(seed) {}
  Vector point() {
    Vector theta = normals();
    for (int i = 0; i < theta.size(); ++i) theta[i] = initial_.mean[i] + initial_.scale[i] * theta[i];
    return theta;
  }
  Vector direction() { return normals().normalized(); }
  Vector normals() {
    Vector x(initial_.mean.size());
    for (double& value : x) value = normal_(generator_);
    return x;
  }

 private:
  InitialState initial_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
};

/// f'(0) by five-point central differences: error O(h^4 f^(5)) and rounding of about 1e-16 f / h.
template <class F>
double derivative(F f, double h = 1e-3) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

/// Columns are the generators at theta.
inline Matrix frame(const Functor& model, const Vector& theta) {
  Matrix columns(model.parameters(), model.generators());
  for (int a = 0; a < model.generators(); ++a) columns.col(a) = model.generator(a, theta);
  return columns;
}

}  // namespace orbitwalk::test
