// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/dataset.hpp"
#include "models/description.hpp"

// The registered models, as the host sees them; their names and pages are in orbitwalk/model.hpp.
namespace orbitwalk {

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
