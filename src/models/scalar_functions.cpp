// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/scalar_functions.hpp"

#include "models/catalog.hpp"
#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace catalog {
#define ORBITWALK_MODEL(name, Type)                                  \
  ModelFunctions<float> scalar_##name(const ModelView<float>& view); \
  ModelFunctions<double> scalar_##name(const ModelView<double>& view);
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
}  // namespace catalog

namespace {
template <class R>
ModelFunctions<R> functions_of(const std::string& model, const ModelView<R>& view) {
#define ORBITWALK_MODEL(name, Type) \
  if (model == #name) return catalog::scalar_##name(view);
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
  throw SpecError("unknown model \"" + model + "\"" + suggestion(model, model_names(), "models"));
}
}  // namespace

ModelFunctions<float> scalar_functions(const std::string& model, const ModelView<float>& view) {
  return functions_of(model, view);
}
ModelFunctions<double> scalar_functions(const std::string& model, const ModelView<double>& view) {
  return functions_of(model, view);
}

}  // namespace orbitwalk
