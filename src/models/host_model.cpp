// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/models/host_model.hpp"

#include "models/host_functor.hpp"
#include "orbitwalk/models/catalog.hpp"

namespace orbitwalk {
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {
VectorXd scratch_of(const HostFunctor& functor) { return VectorXd(functor.scratch()); }
}  // namespace

HostModel::HostModel(const ModelDescription& description) : functor_(make_host_functor(description)) {}

int HostModel::parameters() const { return functor_->parameters(); }
int HostModel::generators() const { return functor_->generators(); }
int HostModel::observables() const { return functor_->observables(); }
int HostModel::constraints(Gauge gauge) const { return functor_->constraints(gauge); }

double HostModel::loss(const VectorXd& theta) const {
  VectorXd scratch = scratch_of(*functor_);
  return functor_->loss(theta.data(), scratch.data());
}

VectorXd HostModel::gradient(const VectorXd& theta) const {
  VectorXd out(parameters()), scratch = scratch_of(*functor_);
  functor_->gradient(theta.data(), out.data(), scratch.data());
  return out;
}

VectorXd HostModel::generator(int a, const VectorXd& theta) const {
  VectorXd out(parameters());
  functor_->generator(a, theta.data(), out.data());
  return out;
}

VectorXd HostModel::project_vertical(const VectorXd& theta, const VectorXd& xi, bool* degenerate) const {
  VectorXd out(parameters()), scratch = scratch_of(*functor_);
  const bool flag = functor_->project_vertical(theta.data(), xi.data(), out.data(), scratch.data());
  if (degenerate) *degenerate = flag;
  return out;
}

VectorXd HostModel::observe(const VectorXd& theta) const {
  VectorXd out(observables()), scratch = scratch_of(*functor_);
  functor_->observe(theta.data(), out.data(), scratch.data());
  return out;
}

VectorXd HostModel::gauge(Gauge gauge, const VectorXd& theta) const {
  VectorXd out(constraints(gauge));
  functor_->gauge(gauge, theta.data(), out.data());
  return out;
}

VectorXd HostModel::gauge_gradient(Gauge gauge, int a, const VectorXd& theta) const {
  VectorXd out(parameters());
  functor_->gauge_gradient(gauge, a, theta.data(), out.data());
  return out;
}

MatrixXd HostModel::gauge_jacobian(Gauge gauge, const VectorXd& theta) const {
  MatrixXd jacobian(constraints(gauge), parameters());
  for (int a = 0; a < jacobian.rows(); ++a) jacobian.row(a) = gauge_gradient(gauge, a, theta);
  return jacobian;
}

Frame HostModel::frame() const {
  return [functor = functor_](const VectorXd& theta) {
    MatrixXd columns(functor->parameters(), functor->generators());
    for (int a = 0; a < columns.cols(); ++a) functor->generator(a, theta.data(), columns.col(a).data());
    return columns;
  };
}

}  // namespace orbitwalk
