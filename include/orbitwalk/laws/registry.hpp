// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "orbitwalk/geometry/quotient.hpp"
#include "orbitwalk/laws/joint.hpp"

namespace orbitwalk {

/// One predicted law, as `orbitwalk laws` shows it. To add a law: one file in src/laws/ that defines
/// `LawInfo NAME_law()`, and one line in the list of src/laws/registry.cpp.
struct LawInfo {
  std::string name;
  std::string summary;   ///< one line
  std::string equation;  ///< joint density in ordered quotient coordinates
  std::string applies;   ///< when it holds
  std::string source;
  /// The joint law; throws SpecError where the law does not exist for this quotient, with the reason.
  JointLaw (*joint)(const Quotient&, const NoiseIntensity&) = nullptr;
};

const std::vector<LawInfo>& law_registry();

/// Throws SpecError with the nearest valid name when there is no such law.
const LawInfo& law_info(const std::string& name);

}  // namespace orbitwalk
