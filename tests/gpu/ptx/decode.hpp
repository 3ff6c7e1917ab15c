// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/ptx/symbols.hpp"

namespace orbitwalk::ptx {

/// The operands of a statement from token `at` on, each as its tokens.
std::vector<Tokens> operands_of(const Tokens& statement, std::size_t at);

/// Fills in an instruction that neither branches nor calls: its action and the rows of its operands. Throws where the
/// opcode, or the way in which it is used, is not known.
void decode(Instruction& instruction, Symbols& symbols, const Opcode& opcode, const std::vector<Tokens>& operands);

}  // namespace orbitwalk::ptx
