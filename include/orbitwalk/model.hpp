// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orbitwalk/export.hpp"

// The registered models: their names, and what a spec may say about them.
namespace orbitwalk {

/// The help page of a model.
struct ModelInfo {
  std::string summary;                                           ///< one line
  std::string equation;                                          ///< predictor, symmetry, log orbit volume
  std::vector<std::pair<std::string, std::string>> keys;         ///< keys of [model] and their meaning
  std::vector<std::pair<std::string, std::string>> observables;  ///< names and their meaning
};

/// Names of the registered models, in the order of the catalogue.
ORBITWALK_API std::vector<std::string> model_names();

/// The help page of a model. An unknown name throws SpecError, which suggests the nearest valid name.
ORBITWALK_API ModelInfo model_info(const std::string& name);

}  // namespace orbitwalk
