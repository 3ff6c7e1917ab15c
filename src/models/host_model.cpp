// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/host_model.hpp"

#include "models/scalar_functions.hpp"

namespace orbitwalk {
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The scalar table, with the arrays that it points into.
struct HostFunctor {
  std::vector<std::vector<double>> storage;
  AnyModel<double> model;
  std::vector<double> instance;  ///< number 0
  explicit HostFunctor(const ModelDescription& description)
      : model(scalar_functions(description.name, make_view<double>(description.parameters, storage))),
        instance(draw_instance(description, 0)) {}

  /// θ as the functor wants it: with the instance behind it.
  std::vector<double> with_instance(const VectorXd& theta) const {
    std::vector<double> all(theta.begin(), theta.end());
    all.insert(all.end(), instance.begin(), instance.end());
    return all;
  }
};

namespace {
template <class R>
std::vector<double> draw_in(const ModelDescription& description, std::uint64_t number) {
  std::vector<std::vector<R>> storage;
  const AnyModel<R> model(scalar_functions(description.name, make_view<R>(description.parameters, storage)));
  if (model.instance() == 0) return {};
  std::vector<R> theta(model.parameters() + model.instance()), scratch(model.scratch());
  InstanceDraw<R> draw(description.instance_seed, same_id<R>(description.shared_instance ? 0 : number), 0);
  model.draw_instance(draw, theta.data(), scratch.data());
  return {theta.begin() + model.parameters(), theta.end()};
}
}  // namespace

std::vector<double> draw_instance(const ModelDescription& description, std::uint64_t particle, bool in_float) {
  return in_float ? draw_in<float>(description, particle) : draw_in<double>(description, particle);
}

HostModel::HostModel(const ModelDescription& description) : functor_(std::make_shared<HostFunctor>(description)) {}

int HostModel::parameters() const { return functor_->model.parameters(); }
int HostModel::generators() const { return functor_->model.generators(); }
int HostModel::observables() const { return functor_->model.observables(); }
int HostModel::constraints(Gauge gauge) const { return functor_->model.constraints(gauge); }

double HostModel::loss(const VectorXd& theta) const {
  VectorXd scratch(functor_->model.scratch());
  return functor_->model.loss(functor_->with_instance(theta).data(), scratch.data());
}

VectorXd HostModel::gradient(const VectorXd& theta) const {
  VectorXd out(parameters()), scratch(functor_->model.scratch());
  functor_->model.gradient(functor_->with_instance(theta).data(), out.data(), scratch.data());
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
  functor_->model.observe(functor_->with_instance(theta).data(), out.data(), scratch.data());
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
