// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/description.hpp"
#include "spec/section.hpp"

namespace orbitwalk {

/// [ensemble] init over the model's own initial state: mean and scale, one number for all parameters or one each, or
/// the mean from files, { files = { NAME = path, ... } } with the names of parameter_parts(); the scale is then 0
/// unless it is given.
InitialState read_start(const Section& init, const ModelDescription& model);

}  // namespace orbitwalk
