// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace orbitwalk {

/// A plain JSON number, or null for NaN and infinities, which JSON cannot express.
nlohmann::ordered_json json_number(double value);
nlohmann::ordered_json json_numbers(const std::vector<double>& values);

/// On one line, as short as it gets. Bytes that are not UTF-8 become replacement characters.
std::string json_text(const nlohmann::ordered_json& json);

/// Text with two spaces a level, lists of plain values on one line, keys in the order of the object, numbers with the
/// fewest digits that read back as the same double, and a final newline. Equal values give equal text. Bytes that are
/// not UTF-8 become replacement characters.
std::string pretty(const nlohmann::ordered_json& json);

/// Writes pretty(json) atomically. IoError.
void write_json(const std::string& path, const nlohmann::ordered_json& json);
/// IoError: missing, unreadable, or not JSON (with the place).
nlohmann::ordered_json read_json(const std::string& path);

}  // namespace orbitwalk
