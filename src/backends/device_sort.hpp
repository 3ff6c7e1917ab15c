// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace orbitwalk {

/// Sorts ascending; on the GPU where there is one with room for the values, else on the host. The values are the same
/// on both (they may not hold a NaN; -0 and +0 are equal, so their order among each other is not stated).
void device_sort(std::vector<float>& values);
void device_sort(std::vector<double>& values);

}  // namespace orbitwalk
