// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "kernels/walk/walk_particles.hpp"

// One particle of a published experiment: what another program must be told of it to take the same steps, and its
// steps.
namespace orbitwalk::test {

inline constexpr int oracle_steps = 3;
inline const std::vector<std::string> oracle_specs = {"relu",          "attention",    "completion",
                                                      "spectrum_free", "spectrum_l1",  "spectrum_hadamard",
                                                      "signal_free",   "signal_cumsum"};
inline const std::vector<std::uint64_t> oracle_particles = {0, 5};

/// Numbers with a name and a shape, row-major.
struct NamedArray {
  std::string name;
  std::vector<int> shape;
  std::vector<double> values;
};
using NamedArrays = std::vector<NamedArray>;

/// Σ x_i sin(i + 1): tells arrays apart, but for rounding, which a hash would not forgive.
double fingerprint(const std::vector<double>& values);

/// examples/published/NAME.toml in double precision, with the particles and steps that are compared, and with other
/// settings.
Problem oracle_problem(const std::string& name, const std::vector<std::string>& settings = {});

class Particle {
 public:
  using Vector = std::vector<double>;
  Particle(const Problem& problem, std::uint64_t id);

  /// Flat parameters cut into the arrays of the model (W, V; Q, K, V; P by columns, Q; w; p, q).
  NamedArrays named(const Vector& theta) const;
  /// What the particle drew for itself, in its own words: a teacher's weights, X and y, a truth and its mask.
  NamedArrays instance() const;
  /// Step k: fresh inputs; the standard normal numbers of its label noise, before any scale; entries that are kept (1
  /// or 0).
  NamedArrays step(std::uint64_t k) const;
  /// Inputs at which the model's own `loss` looks at a network.
  NamedArrays probes() const;
  /// A point of order one, where a gradient has no small numbers to hide behind.
  Vector point() const;

  Vector start() const;
  /// θ_1 .. θ_3, with learning rate and label noise scaled, and the batches of `later` steps later.
  std::vector<Vector> walk(double rate = 1, double noise = 1, std::uint64_t later = 0) const;
  /// Gradient of step k's samples, the gradient of L, L, and the observables.
  Vector step_gradient(const Vector& theta, std::uint64_t k) const;
  Vector gradient(const Vector& theta) const;
  double loss(const Vector& theta) const;
  Vector observe(const Vector& theta) const;

 private:
  Vector with_instance(const Vector& theta) const;
  SampleDraw<double> draw(std::uint64_t k) const;

  const Problem& problem_;
  std::uint64_t id_;
  std::vector<Vector> storage_;
  AnyModel<double> model_;
  Vector initial_;  // θ_0 and the instance behind it
};

}  // namespace orbitwalk::test
