// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "orbitwalk/geometry/gauge.hpp"
#include "orbitwalk/models/model.hpp"

namespace orbitwalk {

/// A model's functor on double lanes behind an interface without templates; members and arrays as in models/model.hpp.
struct HostFunctor {
  virtual ~HostFunctor() = default;
  virtual int parameters() const = 0;
  virtual int generators() const = 0;
  virtual int observables() const = 0;
  virtual int scratch() const = 0;
  virtual double loss(const double* theta, double* scratch) const = 0;
  virtual void gradient(const double* theta, double* out, double* scratch) const = 0;
  virtual void generator(int a, const double* theta, double* out) const = 0;
  virtual bool project_vertical(const double* theta, const double* xi, double* out, double* scratch) const = 0;
  virtual void observe(const double* theta, double* out, double* scratch) const = 0;
  virtual int constraints(Gauge gauge) const = 0;
  virtual void gauge(Gauge gauge, const double* theta, double* out) const = 0;
  virtual void gauge_gradient(Gauge gauge, int a, const double* theta, double* out) const = 0;
};

/// Included by the generated units only, one a model. Owns the arrays of the view.
template <class Model>
class HostFunctorOf final : public HostFunctor {
 public:
  explicit HostFunctorOf(const ModelParameters& parameters) : model_(make_view<double>(parameters, storage_)) {}

  int parameters() const override { return model_.parameters(); }
  int generators() const override { return model_.generators(); }
  int observables() const override { return model_.observables(); }
  int scratch() const override { return model_.scratch(); }
  double loss(const double* theta, double* scratch) const override { return model_.loss(theta, scratch); }
  void gradient(const double* theta, double* out, double* scratch) const override { model_.gradient(theta, out, scratch); }
  void generator(int a, const double* theta, double* out) const override { model_.generator(a, theta, out); }
  bool project_vertical(const double* theta, const double* xi, double* out, double* scratch) const override {
    return model_.project_vertical(theta, xi, out, scratch);
  }
  void observe(const double* theta, double* out, double* scratch) const override { model_.observe(theta, out, scratch); }
  int constraints([[maybe_unused]] Gauge gauge) const override {
    if constexpr (with_gauges) return model_.constraints(gauge);
    return 0;
  }
  void gauge([[maybe_unused]] Gauge gauge, [[maybe_unused]] const double* theta, [[maybe_unused]] double* out) const override {
    if constexpr (with_gauges) model_.gauge(gauge, theta, out);
  }
  void gauge_gradient([[maybe_unused]] Gauge gauge, [[maybe_unused]] int a, [[maybe_unused]] const double* theta,
                      [[maybe_unused]] double* out) const override {
    if constexpr (with_gauges) model_.gauge_gradient(gauge, a, theta, out);
  }

 private:
  static constexpr bool with_gauges = requires(const Model& m) { m.constraints(Gauge::moment_map); };
  std::vector<std::vector<double>> storage_;  // before model_, which points into it
  Model model_;
};

}  // namespace orbitwalk
