// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace orbitwalk {

/// What `orbitwalk dynamics` shows of an integrator, or of a noise under Euler-Maruyama.
struct DynamicsInfo {
  std::string name;      ///< as in [dynamics] name / scheme
  std::string equation;  ///< the SDE and its sense
  std::string step;      ///< the update
  std::string weak_order, invariant_order, cost, source;
  std::vector<std::pair<std::string, std::string>> keys;  ///< of [dynamics]
};

/// The values of [dynamics] name; the first is the default.
std::vector<std::string> dynamics_names();

/// One entry per integrator, and one per noise that has texts of its own; from the traits of the two lists.
const std::vector<DynamicsInfo>& dynamics_registry();

/// SpecError for an unknown name, with the nearest valid one.
const DynamicsInfo& dynamics_info(const std::string& name);

}  // namespace orbitwalk
