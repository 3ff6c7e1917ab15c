// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <vector>

#include "models/functor.hpp"
#include "orbitwalk/models/sample_draw.hpp"

// Included by the generated files only: a functor behind the interface of functor.hpp.
namespace orbitwalk::test {

/// Samples 0, 1, ... with given weights and noise, each asked for once and in order.
template <class R>
struct GivenDraw {
  const Vector& weights;
  const Matrix& noise;
  int indices = 0, weighed = 0, sample = 0, output = 0;

  void check(int b, int o) const {
    if (sample != b || output != o) throw std::logic_error("a draw is asked for twice, or out of order");
  }
  std::uint32_t index(int b) {
    check(b, 0);
    if (indices++ != b) throw std::logic_error("an index is asked for twice");
    return std::uint32_t(b);
  }
  R weight(int b) {
    if (weighed++ != b) throw std::logic_error("a weight is asked for twice");
    return R(weights[b]);
  }
  R label_noise(int b, int o) {
    check(b, o);
    if (++output == noise.cols()) ++sample, output = 0;
    return R(noise(b, o));
  }
};

template <class Model>
class Wrapped final : public Functor {
 public:
  using R = typename Model::Real;
  using Storage = std::vector<std::vector<R>>;
  Wrapped(const Model& model, std::shared_ptr<Storage> storage) : model_(model), storage_(std::move(storage)) {}

  int parameters() const override { return model_.parameters(); }
  int generators() const override { return model_.generators(); }
  int observables() const override { return model_.observables(); }
  double loss(const Vector& theta) const override {
    double result = 0;
    call(theta, 0, [&](const R* at, R*, R* scratch) { result = model_.loss(at, scratch); });
    return result;
  }
  Vector gradient(const Vector& theta) const override {
    return call(theta, parameters(), [&](const R* at, R* out, R* scratch) { model_.gradient(at, out, scratch); });
  }
  Vector generator(int a, const Vector& theta) const override {
    return call(theta, parameters(), [&](const R* at, R* out, R*) { model_.generator(a, at, out); });
  }
  Projected project_vertical(const Vector& theta, const Vector& xi) const override {
    Projected result;
    const std::vector<R> noise(xi.begin(), xi.end());
    result.vector = call(theta, parameters(), [&](const R* at, R* out, R* scratch) {
      result.degenerate = model_.project_vertical(at, noise.data(), out, scratch);
    });
    return result;
  }
  Vector observe(const Vector& theta) const override {
    return call(theta, observables(), [&](const R* at, R* out, R* scratch) { model_.observe(at, out, scratch); });
  }
  bool has_minibatch() const override { return with_data; }
  Vector minibatch_gradient(const Vector& theta, int batch) const override {
    return call(theta, parameters(), [&](const R* at, R* out, R* scratch) {
      if constexpr (with_data) {
        model_.minibatch_gradient(at, out, batch, EverySample<R>{R(1) / R(batch)}, scratch);
      }
    });
  }
  Vector minibatch_gradient(const Vector& theta, const Vector& weights, const Matrix& noise) const override {
    Vector result = call(theta, parameters(), [&](const R* at, R* out, R* scratch) {
      if constexpr (with_data) {
        GivenDraw<R> draw{weights, noise};
        model_.minibatch_gradient(at, out, int(weights.size()), draw, scratch);
        draw.check(int(weights.size()), 0);
      }
    });
    return result;
  }
  bool overran() const override { return overran_; }

 private:
  static constexpr bool with_data = requires(const Model& m) { m.samples; };

  // What a functor gets is full of rubbish, and guarded at the end.
  template <class Use>
  Vector call(const Vector& theta, int count, Use use) const {
    constexpr int guard = 16;
    const R rubbish = R(-1.2345e30), mark = R(4711);
    const std::vector<R> at(theta.begin(), theta.end());
    std::vector<R> out(count + guard, mark), scratch(model_.scratch() + guard, mark);
    std::fill(out.begin(), out.end() - guard, rubbish);
    std::fill(scratch.begin(), scratch.end() - guard, rubbish);
    use(at.data(), out.data(), scratch.data());
    for (int i = 1; i <= guard; ++i) overran_ |= out[out.size() - i] != mark || scratch[scratch.size() - i] != mark;
    Vector result(count);
    for (int i = 0; i < count; ++i) result[i] = out[i];
    return result;
  }

  Model model_;
  std::shared_ptr<Storage> storage_;
  mutable bool overran_ = false;
};

template <class R, template <class, int> class Model>
std::unique_ptr<Functor> wrap(const ModelDescription& description) {
  auto storage = std::make_shared<std::vector<std::vector<R>>>();
  const ModelView<R> view = make_view<R>(description.parameters, *storage);
  std::unique_ptr<Functor> result;
  Model<R, 0>::dispatch(view, [&](const auto& model) {
    result = std::make_unique<Wrapped<std::remove_cvref_t<decltype(model)>>>(model, storage);
  });
  return result;
}

#define ORBITWALK_MODEL(name, Type) \
  template <class R>                \
  std::unique_ptr<Functor> wrap_##name(const ModelDescription& description);
#include "orbitwalk/models/registry.hpp"
#undef ORBITWALK_MODEL

}  // namespace orbitwalk::test
