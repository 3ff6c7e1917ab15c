// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace orbitwalk {

/// What `orbitwalk dynamics` shows of an integrator.
struct DynamicsInfo {
  std::string name;      ///< as in [dynamics] name / scheme
  std::string equation;  ///< the SDE and its sense
  std::string step;      ///< the update
  std::string weak_order, invariant_order, cost, source;
  std::vector<std::pair<std::string, std::string>> keys;  ///< of [dynamics]
};

/// One entry an integrator.
const std::vector<DynamicsInfo>& dynamics_registry();

/// SpecError for an unknown name, with the nearest valid one.
const DynamicsInfo& dynamics_info(const std::string& name);

}  // namespace orbitwalk
