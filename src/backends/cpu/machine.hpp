// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace orbitwalk {

/// Cores that this process may run on: a batch job is often bound to some of the machine's.
int usable_cores();

/// The named instruction set, or the best that the machine has for ""; SpecError for one that it lacks.
std::string chosen_instruction_set(const std::string& name);

}  // namespace orbitwalk
