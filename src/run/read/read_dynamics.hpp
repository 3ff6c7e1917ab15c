// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/read/experiment.hpp"

namespace orbitwalk {

/// Reads [dynamics] into the plan, the noise and the notes; the model is known. SpecError for what does not go
/// together.
void read_dynamics(const Section& dynamics, Experiment& experiment);

/// What depends on [dynamics] and [ensemble] together. SpecError.
void check_precision(const Section& dynamics, const Experiment& experiment);

}  // namespace orbitwalk
