// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kernels/models/model_functions.hpp"

namespace orbitwalk {

/// The scalar tables, for the reference backend and host code. `view` must outlive the table. SpecError for an unknown
/// name.
ModelFunctions<float> scalar_functions(const std::string& model, const ModelView<float>& view);
ModelFunctions<double> scalar_functions(const std::string& model, const ModelView<double>& view);

}  // namespace orbitwalk
