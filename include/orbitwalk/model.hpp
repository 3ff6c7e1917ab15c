// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orbitwalk/export.hpp"

// The registered models: what they are called, and what a spec may say about them.
namespace orbitwalk {

/// What a model's page says.
struct ModelInfo {
  std::string summary;                                           ///< one line
  std::string equation;                                          ///< predictor, symmetry, log orbit volume
  std::vector<std::pair<std::string, std::string>> keys;         ///< of [model], with what they mean
  std::vector<std::pair<std::string, std::string>> observables;  ///< with what they mean
};

/// Names of the registered models, in the order of the catalogue.
ORBITWALK_API std::vector<std::string> model_names();

/// The page of a model. SpecError for an unknown name, with the nearest valid one.
ORBITWALK_API ModelInfo model_info(const std::string& name);

}  // namespace orbitwalk
