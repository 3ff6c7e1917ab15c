// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/models/parameters.hpp"

// The host side of kernels/models/parameters.hpp.
namespace orbitwalk {

/// Parameters as a description has them: NameParameters<Stored>.
struct Stored {
  using Real = double;
  using Array = std::vector<double>;
};

/// A model's parameters on the way to the backends, in the order of their fields(). Host code reads them by name; the
/// accessors throw std::logic_error for a name that the model does not have.
class ModelParameters {
 public:
  /// Whole numbers, bools and enumerations.
  int size(std::string_view name) const { return sizes_.at(name); }
  double number(std::string_view name) const { return numbers_.at(name); }
  double& number(std::string_view name) { return numbers_.at(name); }
  const std::vector<double>& array(std::string_view name) const { return arrays_.at(name); }
  std::vector<double>& array(std::string_view name) { return arrays_.at(name); }
  bool has_size(std::string_view name) const { return sizes_.has(name); }
  const std::vector<std::vector<double>>& arrays() const { return arrays_.values; }

  /// Visitor of fields(), which takes them over; std::logic_error where there is no room for one, or its name is taken.
  template <class... Fields>
  void operator()(std::string_view names, Fields&... fields) {
    (put(names, fields), ...);
  }

 private:
  template <class Value>
  struct Named {
    std::vector<Value> values;
    std::vector<std::string> names;
    bool has(std::string_view name) const;
    const Value& at(std::string_view name) const;
    Value& at(std::string_view name) { return const_cast<Value&>(std::as_const(*this).at(name)); }
    void add(std::string_view name, Value value);
  };

  /// The first of "a, b, c", which it removes from the list.
  static std::string_view take_first(std::string_view& names);

  template <class Field>
  void put(std::string_view& names, Field& field) {
    const std::string_view name = take_first(names);
    if constexpr (requires { field.fields(*this); }) field.fields(*this);
    else if constexpr (std::is_same_v<Field, std::vector<double>>) arrays_.add(name, std::move(field));
    else if constexpr (std::is_same_v<Field, double>) numbers_.add(name, field);
    else sizes_.add(name, static_cast<int>(field));
  }

  template <class R>
  friend ModelView<R> make_view(const ModelParameters& parameters, std::vector<std::vector<R>>& storage);

  Named<int> sizes_;
  Named<double> numbers_;
  Named<std::vector<double>> arrays_;
};

/// ModelParameters from a model's own: store(RadialParameters<Stored>{...}).
template <class Parameters>
ModelParameters store(Parameters parameters) {
  ModelParameters stored;
  parameters.fields(stored);
  return stored;
}

/// A view over arrays in `storage`, which it fills with the arrays in precision R.
template <class R>
ModelView<R> make_view(const ModelParameters& parameters, std::vector<std::vector<R>>& storage) {
  ModelView<R> view;
  for (std::size_t i = 0; i < parameters.sizes_.values.size(); ++i) view.sizes[i] = parameters.sizes_.values[i];
  for (std::size_t i = 0; i < parameters.numbers_.values.size(); ++i) view.numbers[i] = parameters.numbers_.values[i];
  storage.clear();
  for (const auto& array : parameters.arrays()) storage.emplace_back(array.begin(), array.end());
  for (std::size_t i = 0; i < storage.size(); ++i) view.arrays[i] = storage[i].data();
  return view;
}

}  // namespace orbitwalk
