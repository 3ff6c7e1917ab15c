// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

// Numbers of a result as text, for tables. What does not exist (NaN), or is infinite, is "-".
namespace orbitwalk {

std::string number(double value, const char* format = "%.5g");

/// "1.25M" and the like.
std::string short_or_dash(double value);

/// "1.50029 ± 4.3e-04": as many digits as the error leaves.
std::string with_error(double mean, double error);

/// A truth value that may be unknown.
std::string yes_or_no(std::optional<bool> value);

}  // namespace orbitwalk
