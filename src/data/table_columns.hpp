// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/data.hpp"

namespace orbitwalk::detail {

/// The column of that name, else of that index from 0. SpecError with the nearest that exists.
std::size_t find_column(const Matrix& table, const std::string& wanted, const std::string& name);
std::vector<std::size_t> find_columns(const Matrix& table, const std::vector<std::string>& wanted,
                                      const std::string& name);
Matrix pick(const Matrix& table, const std::vector<std::size_t>& columns);

}  // namespace orbitwalk::detail
