// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// A finished run's spec, which is kept as JSON text, for people.
namespace orbitwalk {

/// As TOML: a section a table, nested tables in one line. `json` may be any JSON value.
std::string spec_as_toml(const std::string& json);

/// What headlines say of a spec.
struct SpecHeadline {
  std::string model;
  std::string dynamics = "-", step = "-";  ///< "-" where the spec has none
};
/// IoError for a spec that names no model.
SpecHeadline headline_of(const std::string& json);

}  // namespace orbitwalk
