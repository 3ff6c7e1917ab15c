// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "spec/section.hpp"

namespace orbitwalk {

/// An array of three dimensions that was read for `key` of `data` must be samples × tokens × features: read in one
/// piece, another order of the same numbers would go unnoticed. SpecError names the key and both shapes.
void check_sequences(const Section& data, const std::string& key, std::size_t tokens, std::size_t features);

}  // namespace orbitwalk
