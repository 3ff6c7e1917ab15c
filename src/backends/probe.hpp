// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/backend.hpp"

namespace orbitwalk {

/// What this machine could do at best, measured now, by as many threads and with the instruction set that the options
/// name (0 and "": as a run would take). SpecError for an instruction set that it does not have.
struct MachineLimit {
  double variates_per_second = 0;  ///< random numbers alone, in the loop that steps take them from
  double flops = 0;                ///< fused multiply-adds in registers, two operations each
};

/// `seconds` for each of the two.
MachineLimit measure_limit(const BackendOptions& options, Variates kind, bool is_double, double seconds);

}  // namespace orbitwalk
