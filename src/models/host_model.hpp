// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <memory>

#include "geometry/orbit.hpp"
#include "kernels/models/gauge.hpp"
#include "models/description.hpp"

namespace orbitwalk {

struct HostFunctor;

/// The problem that a particle draws for itself (kernels/models/instance_draw.hpp), as drawn in double or in float
/// precision: these differ. Empty for models without instances.
std::vector<double> draw_instance(const ModelDescription& description, std::uint64_t particle, bool in_float = false);

/// Any registered model on the host, one point at a time in double: the functor that the backends step (with the size
/// known when running only), on Eigen vectors. For geometry, tests and host samplers; its cost is an allocation a call.
/// Copies share the functor, and calls do not change it: threads may use one object. Of a model whose particles draw a
/// problem each it has that of particle 0.
class HostModel {
 public:
  /// Of what describe_model() gave. SpecError when no registered model has its name.
  explicit HostModel(const ModelDescription& description);

  int parameters() const;  ///< d
  int generators() const;  ///< k
  int observables() const;
  double loss(const Eigen::VectorXd& theta) const;
  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const;
  /// ξ_a(θ), a < k.
  Eigen::VectorXd generator(int a, const Eigen::VectorXd& theta) const;
  /// P_V ξ as the integrators take it; `degenerate` tells a Gram matrix that is singular to rounding.
  Eigen::VectorXd project_vertical(const Eigen::VectorXd& theta, const Eigen::VectorXd& xi,
                                   bool* degenerate = nullptr) const;
  /// All observables, in the order of the description's names.
  Eigen::VectorXd observe(const Eigen::VectorXd& theta) const;

  /// How many constraints the gauge has here; 0 when the model lacks it.
  int constraints(Gauge gauge) const;
  Eigen::VectorXd gauge(Gauge gauge, const Eigen::VectorXd& theta) const;                  ///< χ(θ)
  Eigen::VectorXd gauge_gradient(Gauge gauge, int a, const Eigen::VectorXd& theta) const;  ///< ∇χ_a(θ)
  Eigen::MatrixXd gauge_jacobian(Gauge gauge, const Eigen::VectorXd& theta) const;         ///< J, constraints × d

  /// All generators, for geometry/orbit.hpp. Holds the functor, so that it may outlive this object.
  Frame frame() const;

 private:
  std::shared_ptr<const HostFunctor> functor_;
};

}  // namespace orbitwalk
