// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "geometry/quotient.hpp"
#include "kernels/models/model.hpp"
#include "models/model_parameters.hpp"
#include "orbitwalk/model.hpp"

// What the host knows of a model: its page, its numbers, its view by the laws.
namespace orbitwalk {

/// Independent normal initial states: θ_i ~ N(mean_i, scale_i²).
struct InitialState {
  std::vector<double> mean, scale;
};

/// A model with its sizes and numbers, as the host knows it.
struct ModelDescription {
  std::string name;
  ModelParameters parameters;
  int dimension = 0;               ///< d
  int generators = 0;              ///< k
  int constraints[2] = {0, 0};     ///< of each Gauge, from the functor
  bool closed_projection = false;  ///< project_vertical solves no Gram system, so that k may be large
  std::uint64_t samples = 0;       ///< of the data that SGD draws from; 0: no data
  bool streamed = false;           ///< SGD sees fresh samples at each step, not those
  bool batched = true;             ///< with a number of samples a step
  /// lanes behind the parameters (kernels/models/instance_draw.hpp), from the functor
  int instance = 0;
  std::uint64_t instance_seed = 1;
  bool shared_instance = false;  ///< one for all particles, instance number 0, instead of one each
  std::vector<std::string> observables;
  /// Observables that the model has with other data, each with the reason why not with this.
  std::vector<std::pair<std::string, std::string>> absent;
  InitialState initial;  ///< the model's default
  /// Law-side view of an observable, where there is one.
  std::function<std::optional<Invariant>(const std::string&)> invariant = [](const std::string&) {
    return std::optional<Invariant>();
  };
  /// What the group leaves alone, as numbers: the predictor at the model's inputs, or enough of it to tell orbits apart
  /// (host, double). Differentiable at almost every θ.
  std::function<std::vector<double>(const std::vector<double>& theta)> predictor;
  /// Closed form of log v = 1/2 log det Γ at every θ, exact with its constant, where there is one; null otherwise.
  /// Generators that are dependent at every θ are left out (pseudo-determinant); where only some orbits are smaller it
  /// is -∞ on them.
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
