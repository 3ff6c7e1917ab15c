// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kernels/models/gauge.hpp"

namespace orbitwalk {

inline std::string gauge_name(Gauge gauge) { return gauge == Gauge::moment_map ? "moment_map" : "norm_difference"; }

}  // namespace orbitwalk
