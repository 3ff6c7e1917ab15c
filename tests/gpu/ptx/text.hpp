// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/ptx/interpreter.hpp"

namespace orbitwalk::ptx {

std::uint64_t read_integer(std::string_view text);
Variable read_variable(const Tokens& declaration);
std::uint32_t size_of_type(std::string_view type);  ///< "u32" -> 4; 0 for what is not a type

}  // namespace orbitwalk::ptx
