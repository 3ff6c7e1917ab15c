// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/cases.hpp"
#include "models/host_model.hpp"

// The models whose geometry is tested: every registered one, by being listed, and some sizes.
namespace orbitwalk::test {

inline std::vector<ModelCase> geometry_cases() {
  std::vector<ModelCase> cases = symmetric_cases();
  // Generators that are dependent at every point: rank 9 - 1, and 16 - 2 * 1.
  const std::string product = "[model]\nname = \"matrix_product\"\n";
  cases.push_back({"matrix_product", "matrix_product_rank_above_both", product + "rows = 2\ncolumns = 2\nrank = 3\n"});
  cases.push_back({"matrix_product", "matrix_product_rank_far_above", product + "rows = 2\ncolumns = 3\nrank = 4\n"});
  return cases;
}

inline std::vector<double> numbers_of(const Vector& theta) { return {theta.begin(), theta.end()}; }

/// A model with its functor, and its predictor and closed form as functions of Eigen vectors.
struct Host {
  explicit Host(const ModelCase& model) : description(describe(model)), functor(description), frame(functor.frame()) {}
  Vector predictor(const Vector& theta) const {
    const std::vector<double> f = description.predictor(numbers_of(theta));
    return Eigen::Map<const Vector>(f.data(), f.size());
  }
  double log_volume(const Vector& theta) const { return description.log_orbit_volume(numbers_of(theta)); }

  ModelDescription description;
  HostModel functor;
  Frame frame;
};

inline Host host(const std::string& name, const std::string& keys) {
  return Host({name, name, "[model]\nname = \"" + name + "\"\n" + keys + "\n"});
}

}  // namespace orbitwalk::test
