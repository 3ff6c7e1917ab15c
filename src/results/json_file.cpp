// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "results/json.hpp"
#include "results/summary.hpp"
#include "support/json.hpp"

namespace orbitwalk {

void write_summary(const std::string& path, const Result& result) { write_json(path, to_json(result)); }

Result read_summary(const std::string& path) {
  const nlohmann::ordered_json json = read_json(path);
  try {
    return result_from_json(json);
  } catch (const IoError& e) {
    throw IoError(path + ": " + e.what());
  }
}

}  // namespace orbitwalk
