// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

// Numbers of a summary as text, for tables. What does not exist (null, or a key that results of earlier versions lack)
// is "-".
namespace orbitwalk {

std::string number(const nlohmann::ordered_json& json, const char* format = "%.5g");
std::string optional_number(const nlohmann::ordered_json& table, const char* key, const char* format = "%.5g");

/// "1.50029 ± 4.3e-04": as many digits as the error leaves.
std::string with_error(const nlohmann::ordered_json& mean, const nlohmann::ordered_json& error);

/// A truth value that may be unknown.
std::string yes_or_no(const nlohmann::ordered_json& table, const char* key);

}  // namespace orbitwalk
