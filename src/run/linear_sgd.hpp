// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "backends/problem.hpp"
#include "laws/lyapunov.hpp"

namespace orbitwalk {

/// SGD on the model `linear` with data, without l1, as the Lyapunov equation sees it; nothing for any other problem.
std::optional<SgdSetting> linear_sgd(const Problem& problem);

}  // namespace orbitwalk
