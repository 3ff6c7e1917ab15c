// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backends/problem.hpp"

namespace orbitwalk {

/// The tally in a file, with a checksum, the identity of the run (run_identity() as text) and the seconds that it has
/// taken. IoError.
void write_checkpoint(const std::string& path, const Problem& problem, const std::string& identity, const Tally& tally,
                      double seconds = 0);

/// Reads it back and returns the seconds. SpecError: it is of another run (with what differs), or of another format.
/// IoError: unreadable, or damaged, which includes a tally that no run of this problem can have left. The tally must
/// then be thrown away.
double read_checkpoint(const std::string& path, const Problem& problem, const std::string& identity, Tally& tally);

/// What in a tally cannot have come from a run of the problem, in words; empty where all agrees: each block is done or
/// not, every observation of the particles of done blocks has a cell, and divergences and counts are possible.
std::string contradiction(const Problem& problem, const Tally& tally);

}  // namespace orbitwalk
