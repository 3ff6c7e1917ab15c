// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/dataset.hpp"
#include "models/description.hpp"

// The registered models, as the host sees them.
namespace orbitwalk {

/// Names of the registered models, in the order of registry.hpp.
std::vector<std::string> model_names();

/// What a model's page says. SpecError for an unknown name, with the nearest valid one.
ModelInfo model_info(const std::string& name);

/// Reads [model] and, where the model has data, [data]. SpecError for bad keys.
ModelDescription describe_model(const Section& model, const DataSource& data);

namespace catalog {
#define ORBITWALK_MODEL(name, Type) \
  ModelInfo info_##name();          \
  ModelDescription describe_##name(const Section& model, const DataSource& data);
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
}  // namespace catalog

}  // namespace orbitwalk
