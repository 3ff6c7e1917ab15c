// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "geometry/quotient.hpp"
#include "laws/context.hpp"
#include "laws/joint.hpp"

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
  JointLaw (*joint)(const Quotient&, const LawContext&) = nullptr;
  bool takes_gauge = false;  ///< the name may be followed by ":GAUGE"
  /// The law in a sentence ("Gibbs' law"), which may depend on the noise and, with takes_gauge, on the gauge.
  std::string (*in_words)(const LawContext&) = nullptr;
  /// What the law leaves out, said where it is rejected: it may depend on the gauge and on the noise, as the atlas names it.
  std::string (*shortcoming)(const LawContext&, const std::string& noise) = nullptr;
  /// Whether a spec that names no laws is held against this one, under a noise that has a temperature.
  bool (*by_default)(const NoiseIntensity&) = nullptr;
  /// Of SGD, which has no temperature: what it is a law of ("least squares in one coordinate"). Empty: of a temperature.
  std::string of_sgd = {};
  std::string only_model = {};     ///< the one model that such a law is of; empty: any whose quotient allows it
  bool needs_sgd_moments = false;  ///< LawContext::sgd
};

const std::vector<LawInfo>& law_registry();

/// Throws SpecError with the nearest valid name when there is no such law. A gauge after the name is not looked at.
const LawInfo& law_info(const std::string& name);

/// The gauge in "gauge_slice:norm_difference"; "moment_map" where none is named.
std::string gauge_of(const std::string& law_name);

}  // namespace orbitwalk
