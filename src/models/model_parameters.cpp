// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/model_parameters.hpp"

#include <algorithm>
#include <stdexcept>

namespace orbitwalk {

std::string_view ModelParameters::take_first(std::string_view& names) {
  const std::size_t end = std::min(names.find(','), names.size()), next = names.find_first_not_of(", ", end);
  const std::string_view name = names.substr(0, end);
  names.remove_prefix(std::min(next, names.size()));
  return name;
}

template <class Value>
bool ModelParameters::Named<Value>::has(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Value>
const Value& ModelParameters::Named<Value>::at(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw std::logic_error("no model parameter " + std::string(name));
  return values[std::size_t(found - names.begin())];
}

template <class Value>
void ModelParameters::Named<Value>::add(std::string_view name, Value value) {
  if (values.size() == ModelView<double>::capacity) {
    throw std::logic_error("no room for the model parameter " + std::string(name));
  }
  if (has(name)) throw std::logic_error("two model parameters are called " + std::string(name));
  names.emplace_back(name);
  values.push_back(std::move(value));
}

template struct ModelParameters::Named<int>;
template struct ModelParameters::Named<double>;
template struct ModelParameters::Named<std::vector<double>>;

}  // namespace orbitwalk
