// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orbitwalk/error.hpp"

namespace orbitwalk {

/// The law applies to the model, but at these parameters it does not exist: its density cannot be normalised (SGD
/// collapses onto a point), it is a point, or the moments that define it are infinite. The text gives the condition in
/// numbers. A run continues without the law, unless it is expected (run/read/experiment.hpp).
struct NoLaw : SpecError {
  using SpecError::SpecError;
};

}  // namespace orbitwalk
