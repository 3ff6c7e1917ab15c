// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orbitwalk/core/lane.hpp"
#include "orbitwalk/geometry/quotient.hpp"
#include "orbitwalk/io/section.hpp"

// What a model is. A model is one header with one class template
//
//   template <class R, int Fixed = 0> struct Name;    // R: float or double; Fixed: size known to the compiler, or 0
//
// whose objects are small and trivially copyable (a kernel gets them by value). Arrays are contiguous lanes; theta has
// parameters() of them. Members, all const and all ORBITWALK_HD unless said otherwise:
//
//   Name(const ModelView<R>&)                            from what describe() stored
//   int parameters(), generators(), observables()        d, k, and the number of observables
//   int scratch()                                        lanes of working space that the members below may use
//   Lane loss(theta, scratch)                            L(θ)
//   void gradient(theta, out, scratch)                   out = ∇L(θ)
//   void generator(a, theta, out)                        out = ξ_a(θ), tangent to the orbit
//   Mask project_vertical(theta, xi, out, scratch)       out = P_V ξ; the mask tells lanes with a degenerate Gram matrix
//   void observe(theta, out, scratch)                    all observables, in the order of describe()'s names
//   void minibatch_gradient(theta, out, batch, draw, scratch)   only models with data (they also have a member `samples`):
//                                                        Σ_b draw.weight(b) g(draw.index(b)), g_i the gradient of sample i's
//                                                        loss, plus the gradient of what is not data. For b = 0, 1, ... it asks
//                                                        once each for index, weight and label_noise(b, o) of every output o in
//                                                        order; the error that is propagated back is
//                                                        weight · (f_o - y_o) - label_noise(b, o)   (models/sample_draw.hpp)
//   int instance(); void draw_instance(draw, theta, scratch); void adjust_start(draw, theta)
//                                                        only models whose particles may have a problem each, behind theta's
//                                                        parameters (models/instance_draw.hpp)
//   int constraints(Gauge)                               only models with gauges: how many constraints χ_a the gauge has (0:
//   void gauge(Gauge, theta, out)                        the model lacks it), χ(θ), and ∇χ_a(θ)
//   void gauge_gradient(Gauge, a, theta, out)
//   static ModelInfo info()                              host: what `orbitwalk models` shows
//   static ModelDescription describe(Section, DataSource) host: reads the spec
//   static dispatch(view, visit)                         visit(functor), with the sizes worth compiling apart
namespace orbitwalk {

/// A size that is known when compiling (N > 0) or when running (N = 0).
template <int N>
struct Extent {
  ORBITWALK_HD constexpr explicit Extent(int) {}
  ORBITWALK_HD constexpr operator int() const { return N; }
};
template <>
struct Extent<0> {
  int value;
  ORBITWALK_HD constexpr explicit Extent(int v) : value(v) {}
  ORBITWALK_HD constexpr operator int() const { return value; }
};

/// What a functor is built from: sizes, numbers and arrays whose meaning the model's header gives. Trivially copyable.
template <class R>
struct ModelView {
  static constexpr int capacity = 12;
  int sizes[capacity] = {};
  double numbers[capacity] = {};
  const R* arrays[capacity] = {};  ///< in the memory of the backend
};

/// The same on the host, with the arrays owned.
struct ModelParameters {
  std::vector<int> sizes;
  std::vector<double> numbers;
  std::vector<std::vector<double>> arrays;
};

/// A view over arrays in `storage`, which it fills with the arrays in precision R.
template <class R>
ModelView<R> make_view(const ModelParameters& parameters, std::vector<std::vector<R>>& storage) {
  ModelView<R> view;
  for (std::size_t i = 0; i < parameters.sizes.size(); ++i) view.sizes[i] = parameters.sizes[i];
  for (std::size_t i = 0; i < parameters.numbers.size(); ++i) view.numbers[i] = parameters.numbers[i];
  storage.clear();
  for (const auto& array : parameters.arrays) storage.emplace_back(array.begin(), array.end());
  for (std::size_t i = 0; i < storage.size(); ++i) view.arrays[i] = storage[i].data();
  return view;
}

/// What a model's page says.
struct ModelInfo {
  std::string summary;   ///< one line
  std::string equation;  ///< predictor, symmetry, log orbit volume
  std::vector<std::pair<std::string, std::string>> keys;         ///< of [model], with what they mean
  std::vector<std::pair<std::string, std::string>> observables;  ///< with what they mean
};

/// Independent normal initial states: θ_i ~ N(mean_i, scale_i²).
struct InitialState {
  std::vector<double> mean, scale;
};

/// A model with its sizes and numbers, as the host knows it.
struct ModelDescription {
  std::string name;
  ModelParameters parameters;
  int dimension = 0;                      ///< d
  int generators = 0;                     ///< k
  int constraints[2] = {0, 0};            ///< of each Gauge, from the functor
  bool closed_projection = false;         ///< project_vertical solves no Gram system, so that k may be large
  std::uint64_t samples = 0;              ///< of the data that SGD draws from; 0: no data
  bool streamed = false;                  ///< SGD sees fresh samples at each step, not those
  bool batched = true;                    ///< with a number of samples a step
  int instance = 0;                       ///< lanes behind the parameters (models/instance_draw.hpp), from the functor
  std::uint64_t instance_seed = 1;
  bool shared_instance = false;           ///< one for all particles, instance number 0, instead of one each
  std::vector<std::string> observables;
  /// Observables that the model has with other data, each with the reason why not with this.
  std::vector<std::pair<std::string, std::string>> absent;
  InitialState initial;                   ///< the model's default
  /// Law-side view of an observable, where there is one.
  std::function<std::optional<Invariant>(const std::string&)> invariant = [](const std::string&) {
    return std::optional<Invariant>();
  };
  /// What the group leaves alone, as numbers: the predictor at the model's inputs, or enough of it to tell orbits apart (host,
  /// double). Differentiable at almost every θ.
  std::function<std::vector<double>(const std::vector<double>& theta)> predictor;
  /// Closed form of log v = 1/2 log det Γ at every θ, exact with its constant, where there is one; null otherwise. Generators
  /// that are dependent at every θ are left out (pseudo-determinant); where only some orbits are smaller it is -∞ on them.
  std::function<double(const std::vector<double>& theta)> log_orbit_volume;
  /// Text about the data or the fit that belongs in the result (least-squares solution, ...), shown as it is.
  std::vector<std::string> notes;
};

/// Vectors named a1, a2, ... with a short prefix.
inline std::vector<std::string> numbered(const std::string& prefix, int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

/// Index in a numbered name: "w3" with prefix "w" is 2; nothing when the name is not of that form.
inline std::optional<int> numbered_index(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0 || name.size() == prefix.size() || name.size() > prefix.size() + 6) return {};
  for (std::size_t i = prefix.size(); i < name.size(); ++i) {
    if (name[i] < '0' || name[i] > '9') return {};
  }
  return std::stoi(name.substr(prefix.size())) - 1;
}

}  // namespace orbitwalk
