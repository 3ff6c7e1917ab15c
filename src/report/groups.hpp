// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace orbitwalk {

/// Observables that are one thing for several indices (w1, w2, ...), or one alone.
struct NameGroup {
  std::string stem;                ///< "w"; the name itself where it is alone
  std::vector<std::string> names;  ///< by index
  std::vector<double> indices;     ///< empty where it is alone
  bool numbered() const { return !indices.empty(); }
};

/// In the order of first appearance. A stem with a single number is no group.
std::vector<NameGroup> group_names(const std::vector<std::string>& names);

/// At most `most` of 0, ..., size - 1, evenly spread, ends included.
std::vector<std::size_t> spread(std::size_t size, std::size_t most);

}  // namespace orbitwalk
