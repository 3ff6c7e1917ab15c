// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/models/host_model.hpp"

#include "orbitwalk/models/model_functions.hpp"

namespace orbitwalk {
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The scalar table, with the arrays that it points into.
struct HostFunctor {
  std::vector<std::vector<double>> storage;
  AnyModel<double> model;
  explicit HostFunctor(const ModelDescription& description)
      : model(scalar_functions(description.name, make_view<double>(description.parameters, storage))) {}
};

HostModel::HostModel(const ModelDescription& description) : functor_(std::make_shared<HostFunctor>(description)) {}

int HostModel::parameters() const { return functor_->model.parameters(); }
int HostModel::generators() const { return functor_->model.generators(); }
int HostModel::observables() const { return functor_->model.observables(); }
int HostModel::constraints(Gauge gauge) const { return functor_->model.constraints(gauge); }

double HostModel::loss(const VectorXd& theta) const {
  VectorXd scratch(functor_->model.scratch());
  return functor_->model.loss(theta.data(), scratch.data());
}

VectorXd HostModel::gradient(const VectorXd& theta) const {
  VectorXd out(parameters()), scratch(functor_->model.scratch());
  functor_->model.gradient(theta.data(), out.data(), scratch.data());
  return out;
}

VectorXd HostModel::generator(int a, const VectorXd& theta) const {
  VectorXd out(parameters());
  functor_->model.generator(a, theta.data(), out.data());
  return out;
}

VectorXd HostModel::project_vertical(const VectorXd& theta, const VectorXd& xi, bool* degenerate) const {
  VectorXd out(parameters()), scratch(functor_->model.scratch());
  const bool flag = functor_->model.project_vertical(theta.data(), xi.data(), out.data(), scratch.data());
  if (degenerate) *degenerate = flag;
  return out;
}

VectorXd HostModel::observe(const VectorXd& theta) const {
  VectorXd out(observables()), scratch(functor_->model.scratch());
  functor_->model.observe(theta.data(), out.data(), scratch.data());
  return out;
}

VectorXd HostModel::gauge(Gauge gauge, const VectorXd& theta) const {
  VectorXd out(constraints(gauge));
  functor_->model.gauge(gauge, theta.data(), out.data());
  return out;
}

VectorXd HostModel::gauge_gradient(Gauge gauge, int a, const VectorXd& theta) const {
  VectorXd out(parameters());
  functor_->model.gauge_gradient(gauge, a, theta.data(), out.data());
  return out;
}

MatrixXd HostModel::gauge_jacobian(Gauge gauge, const VectorXd& theta) const {
  MatrixXd jacobian(constraints(gauge), parameters());
  for (int a = 0; a < jacobian.rows(); ++a) jacobian.row(a) = gauge_gradient(gauge, a, theta);
  return jacobian;
}

Frame HostModel::frame() const {
  return [functor = functor_](const VectorXd& theta) {
    MatrixXd columns(functor->model.parameters(), functor->model.generators());
    for (int a = 0; a < columns.cols(); ++a) functor->model.generator(a, theta.data(), columns.col(a).data());
    return columns;
  };
}

}  // namespace orbitwalk
