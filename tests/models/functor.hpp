// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <memory>

#include "kernels/noise/sample_draw.hpp"
#include "models/description.hpp"

namespace orbitwalk::test {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A model's functor on scalar lanes, for host code. Numbers go in and out as double, also where the functor is of
/// float.
class Functor {
 public:
  struct Projected {
    Vector vector;
    bool degenerate = false;
  };

  virtual ~Functor() = default;
  virtual int parameters() const = 0;
  virtual int generators() const = 0;
  virtual int observables() const = 0;
  virtual double loss(const Vector& theta) const = 0;
  virtual Vector gradient(const Vector& theta) const = 0;
  virtual Vector generator(int a, const Vector& theta) const = 0;
  virtual Projected project_vertical(const Vector& theta, const Vector& xi) const = 0;
  virtual Vector observe(const Vector& theta) const = 0;
  /// Whether it has minibatch_gradient, and that member for the samples 0 .. batch - 1.
  virtual bool has_minibatch() const = 0;
  virtual Vector minibatch_gradient(const Vector& theta, int batch) const = 0;
  /// The same with all `samples` under the weights and the label noise of the Gaussian surrogate, as draw_of() gives
  /// them.
  virtual Vector surrogate_gradient(const Vector& theta, int samples, double label_noise) const = 0;
  /// The functor wrote outside its scratch space, or gave back more numbers than it has.
  virtual bool overran() const = 0;
};

/// The draw of surrogate_gradient(): particle 0, step 0, batches of 4.
template <class R>
SampleDraw<R> draw_of(int samples, double label_noise) {
  return SampleDraw<R>(noise_id<SurrogateNoise>, 1, same_id<R>(0), 0, std::uint32_t(samples), 4, label_noise);
}

/// Functor of the precision, of the size that dispatch() picks.
template <class R>
std::unique_ptr<Functor> make_functor(const ModelDescription& description);

}  // namespace orbitwalk::test
