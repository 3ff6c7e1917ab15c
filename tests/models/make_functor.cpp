// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/functor.hpp"

#include <vector>

#include "models/host_model.hpp"
#include "models/scalar_functions.hpp"

namespace orbitwalk::test {
namespace {

/// A model's scalar table behind the interface of functor.hpp. Where particles draw a problem each it has that of
/// particle 0, as drawn in double.
template <class R>
class Wrapped final : public Functor {
 public:
  explicit Wrapped(const ModelDescription& description)
      : model_(scalar_functions(description.name, make_view<R>(description.parameters, storage_))) {
    const std::vector<double> drawn = orbitwalk::draw_instance(description, 0);
    instance_.assign(drawn.begin(), drawn.end());
  }

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
  bool has_minibatch() const override { return model_.samples > 0; }
  Vector minibatch_gradient(const Vector& theta, int batch) const override {
    return call(theta, parameters(), [&](const R* at, R* out, R* scratch) {
      SampleDraw<R> first(noise_id<FullBatch>, 0, same_id<R>(0), 0, std::uint32_t(batch), batch, 0);
      model_.minibatch_gradient(at, out, batch, first, scratch);
    });
  }
  Vector surrogate_gradient(const Vector& theta, int samples, double label_noise) const override {
    return call(theta, parameters(), [&](const R* at, R* out, R* scratch) {
      SampleDraw<R> draw = draw_of<R>(samples, label_noise);
      model_.minibatch_gradient(at, out, samples, draw, scratch);
    });
  }
  bool overran() const override { return overran_; }

 private:
  // What a functor gets is full of rubbish, and guarded at the end.
  template <class Use>
  Vector call(const Vector& theta, int count, Use use) const {
    constexpr int guard = 16;
    const R rubbish = R(-1.2345e30), mark = R(4711);
    std::vector<R> at(theta.begin(), theta.end());
    at.insert(at.end(), instance_.begin(), instance_.end());
    std::vector<R> out(count + guard, mark), scratch(model_.scratch() + guard, mark);
    std::fill(out.begin(), out.end() - guard, rubbish);
    std::fill(scratch.begin(), scratch.end() - guard, rubbish);
    use(at.data(), out.data(), scratch.data());
    for (int i = 1; i <= guard; ++i) overran_ |= out[out.size() - i] != mark || scratch[scratch.size() - i] != mark;
    Vector result(count);
    for (int i = 0; i < count; ++i) result[i] = out[i];
    return result;
  }

  std::vector<std::vector<R>> storage_;  // before model_, which points into it
  AnyModel<R> model_;
  std::vector<R> instance_;
  mutable bool overran_ = false;
};

}  // namespace

template <class R>
std::unique_ptr<Functor> make_functor(const ModelDescription& description) {
  return std::make_unique<Wrapped<R>>(description);
}
template std::unique_ptr<Functor> make_functor<float>(const ModelDescription&);
template std::unique_ptr<Functor> make_functor<double>(const ModelDescription&);

}  // namespace orbitwalk::test
