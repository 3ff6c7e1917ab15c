// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/catalog.hpp"

#include <algorithm>
#include <iterator>

#include "models/scalar_functions.hpp"
#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

struct Entry {
  std::string name;
  ModelInfo (*info)();
  ModelDescription (*describe)(const Section&, const DataSource&);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> list = {
#define ORBITWALK_MODEL(name, Type) {#name, catalog::info_##name, catalog::describe_##name},
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
  };
  return list;
}

const Entry* find_entry(const std::string& name) {
  for (const Entry& entry : entries()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

const Entry& entry_named(const std::string& name) {
  if (const Entry* entry = find_entry(name)) return *entry;
  const std::string near = nearest_name(name, model_names());
  throw SpecError("unknown model \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.name);
  return names;
}

ModelInfo model_info(const std::string& name) { return entry_named(name).info(); }

ModelDescription describe_model(const Section& model, const DataSource& data) {
  const Entry& entry = *find_entry(model.choice("name", model_names()));
  ModelDescription description = entry.describe(model, data);
  description.name = entry.name;
  std::vector<std::vector<double>> storage;
  const ModelFunctions<double> functor =
      scalar_functions(entry.name, make_view<double>(description.parameters, storage));
  description.instance = functor.instance;
  std::copy(std::begin(functor.constraints), std::end(functor.constraints), description.constraints);
  return description;
}

}  // namespace orbitwalk
